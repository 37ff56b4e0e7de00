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
    places = [wanting.EndpointOut(to=place(to), agreed=to.agreed) for to in each.endpoints]
    return wanting.SubscriptionOut.of(each, name=each.title, endpoints=places)


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
