"""Subscriptions in the store: who wants to be told of what, where and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import starmap
from typing import Any, Literal, TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.cadence import kept, quiet_end
from service.errors import UserError
from service.model import Language
from service.store.asking import Endpoint, Standing, Taken, put
from service.store.database import Intentions
from service.store.ending import LIVE, ON, OVER, end, turn_page
from service.store.rows import record
from service.store.rulebook import asked_for, texts
from service.store.silence import give_up, hold, let_go
from service.store.tables import endpoint, rule, subscription
from service.store.titles import TITLE

__all__ = [
    "Choices", "Embargoed", "Endpoint", "SnoozedPastEnd", "Standing", "Subscribed",
    "Subscriptions", "Taken",
]  # fmt: skip

Embargoed = Literal["wait", "badge"]
"""What is done with news under embargo: told when it lifts, or at once with a badge."""


class Choices(TypedDict, total=False):
    """What a subscription can choose; None, or a name left out, leaves what was chosen before.

    ``cadence`` as service.cadence writes it, ``remind`` in days before a deadline.
    """

    embargoed: Embargoed | None
    expires_at: datetime | None
    cadence: str | None
    remind: Sequence[int] | None
    coverage: bool | None
    language: Language | None
    ops: bool | None


class SnoozedPastEnd(UserError):
    """A snooze would last until the subscription ends: what it holds back would never come."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription as listed, with the rules as typed and the endpoints that are on.

    It ends by itself at ``expires_at`` and is silent until ``snoozed_until``, a time to come, or
    for as long as it is ``muted``. ``urgent`` are the rules that break its quiet. ``title`` is what
    its account calls it.
    """

    name: str
    rules: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    embargoed: Embargoed = "wait"
    expires_at: datetime | None = None
    snoozed_until: datetime | None = None
    urgent: tuple[str, ...] = ()
    cadence: str = "at-once"
    remind: tuple[int, ...] = ()
    coverage: bool = False
    language: Language = "ko"
    ops: bool = False
    muted: bool = False
    id: int = field(default=0, compare=False)
    title: str = field(default="", compare=False)


class Subscriptions(Intentions):
    """Intentions about subscriptions, a transaction each."""

    async def subscribe(
        self,
        name: str,
        rules: Sequence[tuple[str, str]],
        *endpoints: Endpoint,
        urgent: Sequence[tuple[str, str]] = (),
        **choices: Unpack[Choices],
    ) -> list[Taken]:
        """Add rules (text, canonical form) and endpoints to the subscription called ``name``.

        What is there already stays as it is; an endpoint that was switched off is on again, and its
        owner is asked again. What is chosen about embargoes counts for news that is judged later.
        Returns how each endpoint stands. Raises SnoozedPastEnd, and Suppressed for an address.
        """
        chosen = {key: value for key, value in choices.items() if value is not None}
        async with self._database.transaction() as tx:
            await end(tx, (subscription.c.name == name) & OVER, "expired")
            subscription_id = await _named(tx, name, chosen)
            await _add_rules(tx, subscription_id, rules, urgent=False)
            await _add_rules(tx, subscription_id, urgent, urgent=True)
            mine = subscription.c.id == subscription_id
            said = await tx.scalar(sa.select(asked_for()).where(mine)) or ()
            # In one order: two who ask the same addresses wait for each other.
            order = sorted(set(endpoints), key=lambda to: (to.channel, to.address))
            taken = {to: await put(tx, subscription_id, to, said) for to in order}
            await turn_page(tx)
        return [taken[each] for each in endpoints]

    async def end(self, name: str) -> bool:
        """End a subscription and what is still owed to it; False where none of that name is live.

        Triage that owes at this moment waits for us, or we for it: nothing is owed afterwards.
        """
        async with self._database.transaction() as tx:
            ended = await end(tx, subscription.c.name == name, "unsubscribed")
            await turn_page(tx)
        return ended

    async def end_expired(self) -> None:
        """End every subscription whose time is over: a transaction each, so that none waits."""
        query = sa.select(subscription.c.id).where(subscription.c.ended_at.is_(None), OVER)
        for (each,) in await self._rows(query):
            async with self._database.transaction() as tx:
                if await end(tx, (subscription.c.id == each) & OVER, "expired"):
                    await turn_page(tx)

    async def snooze(self, name: str, until: timedelta | datetime) -> datetime | None:
        """Hold back whatever a subscription would be told before ``until``; it comes then.

        A timedelta counts from now. What is owed already is held too, but for messages on their
        way; one that is snoozed gets the new end. Returns the end, which is that of quiet hours
        where it would lie in them, None where none of that name is live. Raises SnoozedPastEnd.
        """
        now = sa.func.now()
        asked = (now + until if isinstance(until, timedelta) else sa.literal(until)).label("asked")
        named = (subscription.c.name == name) & LIVE
        async with self._database.transaction() as tx:
            found = await tx.execute(
                sa.select(subscription.c.cadence, asked).where(named).with_for_update()
            )
            wish = found.one_or_none()
            if wish is None:
                return None
            ends: datetime = quiet_end(kept(wish.cadence), wish.asked) or wish.asked
            snoozed = sa.update(subscription).where(named).values(snoozed_until=ends)
            done = await tx.execute(
                snoozed.returning(*_SPAN, (subscription.c.snoozed_until - now).label("rest"))
            )
            row = done.one()
            _awake_at_end(name, row)
            await hold(tx, row.id, ends, row.rest)
        return ends

    async def wake(self, name: str) -> int | None:
        """End a snooze; what it held back is due as if there had been none: no embargo is broken.

        Returns how many alerts that is, None where none of that name is live.
        """
        async with self._database.transaction() as tx:
            subscription_id = await _set(tx, name, snoozed_until=None)
            return None if subscription_id is None else await let_go(tx, subscription_id)

    async def mute(self, name: str) -> bool:
        """Tell a subscription nothing, from now until ``unmute``; what is owed to it is given up.

        False where none of that name is live.
        """
        return await self._pause(name, paused_at=sa.func.now())

    async def unmute(self, name: str) -> bool:
        """Tell it again of what comes from now on. False where none of that name is live."""
        return await self._pause(name, paused_at=None, resumed_at=sa.func.now())

    async def _pause(self, name: str, **at: sa.ColumnElement[datetime] | None) -> bool:
        named = (subscription.c.name == name) & LIVE
        query = sa.select(subscription.c.id, subscription.c.paused_at).where(named)
        async with self._database.transaction() as tx:
            row = (await tx.execute(query.with_for_update())).one_or_none()
            # Of one who was not muted, unmuting leaves nothing out; of one who was, it leaves out
            # what triage was about to owe when they muted it.
            if row is not None and (row.paused_at or at["paused_at"] is not None):
                its = subscription.c.id == row.id
                await tx.execute(sa.update(subscription).where(its).values(**at))
                await give_up(tx, row.id)
        return row is not None

    async def listed(
        self, name: str | None = None, *, account_id: int | None = None
    ) -> list[Subscribed]:
        """Every live subscription, by name; or the one of that ``name``, or those of an account."""
        snoozed = subscription.c.snoozed_until
        query = (
            sa.select(
                subscription.c.name,
                texts(urgent=False).label("rules"),
                _places().label("endpoints"),
                subscription.c.embargoed,
                subscription.c.expires_at,
                sa.case((snoozed > sa.func.now(), snoozed)).label("snoozed_until"),
                texts(urgent=True).label("urgent"),
                *subscription.c["cadence", "remind", "coverage", "language", "ops"],
                subscription.c.paused_at.is_not(None).label("muted"),
                subscription.c.id,
                TITLE.label("title"),
            )
            .where(LIVE)
            .order_by(subscription.c.name)
        )
        if name is not None:
            query = query.where(subscription.c.name == name)
        if account_id is not None:
            query = query.where(subscription.c.account_id == account_id)
        return [_listed(row) for row in await self._rows(query)]


def _places() -> sa.ScalarSelect[list[list[object]]]:
    place = sa.func.jsonb_build_array(
        *endpoint.c["channel", "address", "secret"],
        sa.false(),
        endpoint.c.confirmed_at.is_not(None),
    )
    return (
        sa.select(sa.func.jsonb_agg(aggregate_order_by(place, endpoint.c.id)))
        .where(endpoint.c.subscription_id == subscription.c.id, ON)
        .scalar_subquery()
    )


def _listed(row: sa.Row[Any]) -> Subscribed:
    lists = {each: tuple(getattr(row, each) or ()) for each in ("rules", "urgent", "remind")}
    return record(Subscribed, row, **lists, endpoints=tuple(starmap(Endpoint, row.endpoints or ())))


_SPAN = (subscription.c.id, subscription.c.snoozed_until, subscription.c.expires_at)


def _awake_at_end(name: str, row: sa.Row[tuple[object, ...]]) -> None:
    if row.snoozed_until and row.expires_at and row.snoozed_until >= row.expires_at:
        raise SnoozedPastEnd(
            f"{name}: 쉼이 구독보다 늦게 끝나 그동안의 알림을 잃습니다 "
            "(the snooze would outlast the subscription and its alerts be lost)"
        )


async def _set(tx: AsyncConnection, name: str, **values: object) -> int | None:
    """The id of the live subscription of that name, so changed; None where there is none."""
    named = sa.update(subscription).where(subscription.c.name == name, LIVE)
    query = named.values(**values).returning(subscription.c.id)
    found: int | None = (await tx.execute(query)).scalar_one_or_none()
    return found


async def _named(tx: AsyncConnection, name: str, chosen: dict[str, object]) -> int:
    """The id of the subscription of that name, made or taken up again."""
    made = await tx.execute(
        insert(subscription)
        .values(name=name, **chosen)
        .on_conflict_do_update(index_elements=["name"], set_={"ended_at": None, **chosen})
        .returning(*_SPAN)
    )
    row = made.one()
    _awake_at_end(name, row)
    return int(row.id)


async def _add_rules(
    tx: AsyncConnection, subscription_id: int, rules: Sequence[tuple[str, str]], *, urgent: bool
) -> None:
    rows = [
        {"subscription_id": subscription_id, "text": text, "canonical": form, "urgent": urgent}
        for text, form in rules
    ]
    if rows:
        await tx.execute(insert(rule).values(rows).on_conflict_do_nothing())
