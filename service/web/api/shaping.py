"""What the store gives → what the API answers with. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from service.owning import Saved
from service.preview import Preview
from service.reading.publishers import Publisher
from service.search import Hit
from service.store.asking import Endpoint
from service.store.history import Sending
from service.store.owned import Place
from service.store.reach import Reach
from service.store.releases import Release
from service.store.subscriptions import Subscribed
from service.wanted import Wanted
from service.web.api import shapes, wanting


def ministry(body: Publisher) -> shapes.Ministry:
    """A publisher."""
    return shapes.Ministry.of(body, former=body.full_names()[1:])


def release(found: Release) -> shapes.Release:
    """A release whole."""
    said = found.reading
    return shapes.Release.of(
        found,
        kind=said.kind if said else None,
        embargo=said.embargo if said else None,
        text=said.text if said else None,
        subtitles=said.subtitles if said else (),
        contacts=said.contacts if said else (),
        call=said.call if said and said.call.is_call else None,
        series=said.mentions if said else (),
        copies=_kin(found, coverage=False),
        coverage=_kin(found, coverage=True),
        revisions=revisions(found),
    )


def revisions(found: Release) -> list[shapes.Revision]:
    """What changed of a release, the newest first."""
    return [shapes.Revision.of(each, earlier=each.earlier_id) for each in found.revisions]


def hit(found: Hit) -> shapes.Found:
    """What a search found."""
    return shapes.Found.of(
        found,
        id=found.article_id,
        excerpt=found.excerpt.text,
        marks=found.excerpt.marks,
    )


def source(found: Reach) -> shapes.Source:
    """How a source does."""
    delay = found.delay.total_seconds() if found.delay else None
    return shapes.Source.of(found, id=found.source_id, delay=delay)


def subscription(each: Subscribed) -> wanting.SubscriptionOut:
    """A subscription as it is answered, without what signs."""
    places = [wanting.EndpointOut(to=place(to), agreed=to.agreed) for to in each.endpoints]
    return wanting.SubscriptionOut.of(each, name=each.title, endpoints=places)


def saved(said: Saved, wanted: Wanted) -> wanting.Saved:
    """What was saved, with what is shown this once."""
    return wanting.Saved(
        subscription=subscription(said.subscription),
        standing=[taken.standing for _, taken in said.taken],
        secrets={place(to): to.secret for to in said.secret if to.secret},
        warnings=wanted.warnings(),
    )


def tried(found: Preview, warnings: Sequence[str]) -> wanting.Tried:
    """What a rule would have brought."""
    newest = [
        wanting.Brought.of(
            each, id=each.article_id, excerpt=each.excerpt.text, marks=each.excerpt.marks
        )
        for each in found.newest
    ]
    return wanting.Tried.of(found, newest=newest, warnings=warnings)


def delivery(each: Sending) -> wanting.Delivery:
    """One thing that was sent."""
    rules = [why.rule for why in each.why]
    return wanting.Delivery.of(each, to=place(each), rules=rules)


def place(to: Endpoint | Place | Sending) -> str:
    """An endpoint as it is typed."""
    return f"{to.channel}:{to.address}"


def _kin(found: Release, *, coverage: bool) -> list[shapes.Kin]:
    return [
        shapes.Kin.of(each, lead=each.lead.total_seconds() if each.lead is not None else None)
        for each in found.kin
        if (each.joined_as == "coverage") == coverage
    ]
