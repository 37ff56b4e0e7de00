"""Consent in the store: who agreed to be told, how they said so, and how they leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.addressed import addressed
from service.store.asking import answered, unask
from service.store.database import Intentions
from service.store.ending import LIVE, ON, leave
from service.store.rows import record
from service.store.rulebook import asked_for
from service.store.tables import endpoint, instance, subscription
from service.store.titles import TITLE

_OPEN_FOR = timedelta(hours=48)
"""How long a question may be answered."""


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint as its owner sees it. ``rules`` as typed, those that are urgent left out."""

    subscription: str
    rules: tuple[str, ...]
    channel: str
    address: str
    confirmed: bool
    ended: bool


class Consent(Intentions):
    """Intentions about consent, a transaction each. An endpoint is known by its id and epoch."""

    async def secret(self) -> bytes:
        """What this installation signs links with, where nobody has chosen a secret."""
        return bytes(await self._value(sa.select(instance.c.secret)))

    async def question(self, endpoint_id: int, epoch: int, asked_at: int) -> Place | None:
        """What a question is about: None unless it may be answered, or was, by who is told still.

        ``asked_at`` in seconds since 1970: a question is open for two days.
        """
        async with self._database.transaction() as tx:
            return await _place(tx, _asked(endpoint_id, epoch, asked_at))

    async def confirm(
        self, endpoint_id: int, epoch: int, asked_at: int, consent: Mapping[str, str]
    ) -> Place | None:
        """Take down that the owner agrees; who has done so already stays as they are.

        ``consent`` says by which way, in which words and from where. None as for ``question``.
        """
        async with self._database.transaction() as tx:
            asked = _asked(endpoint_id, epoch, asked_at)
            place = await _place(tx, asked)
            if place is not None:
                agreed = sa.update(endpoint).where(endpoint.c.confirmed_at.is_(None), asked)
                await tx.execute(agreed.values(**answered(place.rules, **consent)))
                await unask(tx, endpoint_id)
        return place

    async def answer_for(self, name: str, channel: str, address: str) -> bool:
        """The operator answers for an address; False where the subscription does not have it."""
        here = ON & addressed(channel, address)
        async with self._database.transaction() as tx:
            query = _PLACE.where(here, LIVE, subscription.c.name == name)
            row = (await tx.execute(query.add_columns(endpoint.c.id))).one_or_none()
            if row is not None and not row.confirmed:
                await tx.execute(
                    sa.update(endpoint)
                    .where(endpoint.c.id == row.id, endpoint.c.confirmed_at.is_(None))
                    .values(**answered(row.rules, by="operator"))
                )
                await unask(tx, row.id)
        return row is not None

    async def place(self, endpoint_id: int, epoch: int) -> Place | None:
        """The endpoint; None where it is gone. A link to leave by counts for ever."""
        async with self._database.transaction() as tx:
            return await _place(tx, _given(endpoint_id, epoch))

    async def end(self, endpoint_id: int, epoch: int) -> Place | None:
        """End the endpoint and what is owed to it; what has ended stays so. None as for ``place``.

        A subscription ends with its last endpoint.
        """
        async with self._database.transaction() as tx:
            await leave(tx, _given(endpoint_id, epoch), "unsubscribed")
            return await _place(tx, _given(endpoint_id, epoch))


_PLACE = sa.select(
    TITLE.label("subscription"),
    asked_for().label("rules"),
    endpoint.c.channel,
    endpoint.c.address,
    endpoint.c.confirmed_at.is_not(None).label("confirmed"),
    sa.or_(~ON, ~LIVE).label("ended"),
).join_from(endpoint, subscription, subscription.c.id == endpoint.c.subscription_id)


def _given(endpoint_id: int, epoch: int) -> sa.ColumnElement[bool]:
    """That a link with these numbers was given out, now or before it was taken up again."""
    return (endpoint.c.id == endpoint_id) & (endpoint.c.epoch >= epoch)


def _asked(endpoint_id: int, epoch: int, asked_at: int) -> sa.ColumnElement[bool]:
    """That the endpoint is the one which was asked then, not too long ago, and has not left."""
    then = sa.func.to_timestamp(asked_at)
    open_still = (then > sa.func.now() - _OPEN_FOR) & (then <= sa.func.now())
    known = (endpoint.c.id == endpoint_id) & (endpoint.c.epoch == epoch)
    return known & ON & open_still


async def _place(tx: AsyncConnection, chosen: sa.ColumnElement[bool]) -> Place | None:
    row = (await tx.execute(_PLACE.where(chosen))).one_or_none()
    return None if row is None else record(Place, row, rules=tuple(row.rules))
