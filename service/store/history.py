"""What a subscription was sent: what, by which rule and words, where, when, and how it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from service.model import Reason
from service.store.database import Intentions
from service.store.embargo import IS_THEIRS
from service.store.tables import delivery, dismissal, endpoint, subscription, telling

Outcome = Literal["sent", "dead", "ended", "owed"]
"""How it went: taken over, refused for good, wanted no more, or still on its way."""


@dataclass(frozen=True, slots=True)
class Why:
    """One rule that brought something. ``pieces`` are its words, each with whether it is a hit."""

    rule: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Sending:
    """One thing that was sent to one endpoint, or is owed to it. Times are aware.

    ``title`` is empty and ``count`` set where it was a digest of so many. ``due_at``: when it is
    tried next. ``said``: what the receiver said where it was refused.
    """

    id: int
    reason: Reason
    title: str
    article_id: int | None
    count: int | None
    channel: str
    address: str
    outcome: Outcome
    created_at: datetime
    settled_at: datetime | None
    due_at: datetime
    said: str
    why: tuple[Why, ...]
    dismissed: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was sent, the newest first. ``before``: where the next page begins, or None."""

    sendings: Sequence[Sending]
    before: int | None


class History(Intentions):
    """Reads only, a transaction each."""

    async def page(self, subscription_id: int, before: int | None, most: int) -> Page:
        """At most ``most`` of what was sent ``before`` a delivery, or lately; questions left out.

        What an embargo holds back is not theirs yet, and so left out too.
        """
        query = _SENT.where(delivery.c.subscription_id == subscription_id)
        if before is not None:
            last = sa.select(delivery.c.created_at).where(
                delivery.c.id == before, delivery.c.subscription_id == subscription_id
            )
            here = sa.tuple_(delivery.c.created_at, delivery.c.id)
            query = query.where(here < sa.tuple_(last.scalar_subquery(), sa.literal(before)))
        rows = await self._rows(query.limit(most + 1))
        shown = [_sending(row) for row in rows[:most]]
        return Page(shown, shown[-1].id if len(rows) > most else None)


_SENT = (
    sa.select(
        *delivery.c["id", "created_at", "settled_at", "due_at", "channel"],
        sa.func.coalesce(delivery.c.outcome, "owed").label("outcome"),
        delivery.c.last_error,
        delivery.c.hits,
        telling.c.reason,
        telling.c.article_id,
        telling.c.facts["title"].astext.label("title"),
        sa.cast(telling.c.facts["total"].astext, sa.Integer).label("count"),
        endpoint.c.address,
        sa.exists()
        .where(
            dismissal.c.subscription_id == delivery.c.subscription_id,
            dismissal.c.telling_id == delivery.c.telling_id,
        )
        .label("dismissed"),
    )
    .join_from(delivery, telling, telling.c.id == delivery.c.telling_id)
    .join(endpoint, endpoint.c.id == delivery.c.endpoint_id)
    .join(subscription, subscription.c.id == delivery.c.subscription_id)
    .where(telling.c.reason != "confirm", IS_THEIRS)
    .order_by(delivery.c.created_at.desc(), delivery.c.id.desc())
)


def _sending(row: sa.Row[Any]) -> Sending:
    fields = row._asdict()
    hits, said = fields.pop("hits") or (), fields.pop("last_error") or ""
    return Sending(
        **fields | {"title": fields["title"] or ""},
        said=said if fields["outcome"] == "dead" else "",
        why=tuple(_why(each) for each in hits),
    )


def _why(hit: dict[str, Any]) -> Why:
    """The words around a hit, cut at its marks."""
    text, at = str(hit.get("excerpt", "")), 0
    pieces: list[tuple[str, bool]] = []
    for first, last in hit.get("marks", ()):
        pieces += [(text[at:first], False), (text[first:last], True)]
        at = last
    pieces.append((text[at:], False))
    return Why(str(hit.get("rule", "")), tuple(each for each in pieces if each[0]))
