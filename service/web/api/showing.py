"""What the store gives of an account's own → what the API answers with. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from service.owning import Saved
from service.preview import Preview
from service.store.asking import Endpoint
from service.store.history import Sending
from service.store.owned import Place
from service.store.subscriptions import Subscribed
from service.wanted import Wanted
from service.web.api import wanting


def shown(each: Subscribed) -> wanting.SubscriptionOut:
    """A subscription as it is answered, without what signs."""
    return wanting.SubscriptionOut(
        id=each.id,
        name=each.title,
        rules=list(each.rules),
        urgent=list(each.urgent),
        endpoints=[wanting.EndpointOut(to=place(to), agreed=to.agreed) for to in each.endpoints],
        cadence=each.cadence,
        remind=list(each.remind),
        coverage=each.coverage,
        language=each.language,
        embargoed=each.embargoed,
        expires_at=each.expires_at,
        snoozed_until=each.snoozed_until,
        muted=each.muted,
    )


def saved(said: Saved, wanted: Wanted) -> wanting.Saved:
    """What was saved, with what is shown this once."""
    return wanting.Saved(
        subscription=shown(said.subscription),
        standing=[taken.standing for _, taken in said.taken],
        secrets={place(to): to.secret for to in said.secret if to.secret},
        warnings=wanted.warnings(),
    )


def tried(found: Preview, warnings: Sequence[str]) -> wanting.Tried:
    """What a rule would have brought."""
    newest = [
        wanting.Brought(
            id=each.article_id,
            title=each.title,
            url=each.url,
            publisher=each.publisher,
            source=each.source_id,
            kind=each.kind,
            came=each.came,
            excerpt=each.excerpt.text,
            marks=list(each.excerpt.marks),
        )
        for each in found.newest
    ]
    return wanting.Tried(
        stories=found.stories,
        articles=found.articles,
        since=found.since,
        until=found.until,
        per_week=found.per_week,
        newest=newest,
        warnings=list(warnings),
    )


def delivery(each: Sending) -> wanting.Delivery:
    """One thing that was sent."""
    return wanting.Delivery(
        id=each.id,
        reason=each.reason,
        title=each.title,
        release=each.article_id,
        count=each.count,
        to=place(each),
        outcome=each.outcome,
        created_at=each.created_at,
        settled_at=each.settled_at,
        said=each.said,
        rules=[why.rule for why in each.why],
    )


def place(to: Endpoint | Place | Sending) -> str:
    """An endpoint as it is typed."""
    return f"{to.channel}:{to.address}"
