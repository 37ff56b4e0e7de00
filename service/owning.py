"""What an account does with its subscriptions: each change is one transaction with its record."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from service.errors import UserError
from service.store.audit import What, Who
from service.store.database import Database
from service.store.owned import Owned
from service.store.subscriptions import Endpoint, Standing, Subscribed, Subscriptions, Taken
from service.store.told import Told
from service.wanted import Wanted

_MOST_ASKED = 10
"""Places of one account that were asked and have not agreed."""


class TooManyAsked(UserError):
    """Too many strangers would be waiting for an answer to give."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A subscription as it is after it was saved, and how each of its new endpoints stands."""

    subscription: Subscribed
    taken: Sequence[tuple[Endpoint, Taken]]

    @property
    def secret(self) -> Sequence[Endpoint]:
        """Those whose secret was made just now: it is shown this once."""
        return [to for to, taken in self.taken if to.made and to.secret == taken.secret]


class Owner:
    """An account and its subscriptions: nobody else's is found, and so none changed or ended."""

    def __init__(self, database: Database, who: Who) -> None:
        """Act for ``who``."""
        self._database, self._who = database, who

    async def every(self) -> Sequence[Subscribed]:
        """All that are live."""
        return await Subscriptions(self._database).listed(account_id=self._who.account_id)

    async def one(self, number: int) -> Subscribed | None:
        """The live one of that id; None where it is none of theirs, whosever it may be."""
        return next((each for each in await self.every() if each.id == number), None)

    async def make(self, wanted: Wanted) -> Saved:
        """Save a new one, titled as it is named or with a number behind. Raises UserError."""
        async with self._database.joined() as one:
            await self._check_asked(one, wanted)
            name = await Owned(one).reserve(self._who, wanted.name)
            taken = await replace(wanted, name=name).save(Subscriptions(one))
            await Owned(one).note(self._who, "alert.make", name, _detail(wanted))
            (made,) = await Subscriptions(one).listed(name)
        return Saved(made, taken)

    async def again(self, number: int) -> Saved | None:
        """What was made, as if it were now, with its secret; None where it was ended since."""
        found = await self.one(number)
        return None if found is None else Saved(found, [_taken(to) for to in found.endpoints])

    async def change(
        self,
        mine: Subscribed,
        wanted: Wanted,
        *,
        rules: Collection[str] | None,
        urgent: Collection[str] | None,
        leaving: Collection[int],
        muted: bool | None = None,
    ) -> Saved:
        """Save what is otherwise; ``rules`` and ``urgent`` are all that stay, by canonical form.

        None leaves what there is. ``leaving``: ids of endpoints. Raises UserError.
        """
        async with self._acting("alert.change", mine, _detail(wanted)) as one:
            await self._check_asked(one, wanted)
            taken = await replace(wanted, name=mine.name).save(Subscriptions(one))
            await Owned(one).keep_rules(mine.id, rules, urgent)
            await Owned(one).leave(mine.id, leaving)
            if muted is not None:
                store = Subscriptions(one)
                await (store.mute if muted else store.unmute)(mine.name)
            after = await Owner(one, self._who).one(mine.id)
        return Saved(after or mine, taken)

    async def end(self, mine: Subscribed) -> None:
        """End one, and what is still owed to it."""
        async with self._acting("alert.end", mine) as one:
            await Subscriptions(one).end(mine.name)

    async def pause(self, mine: Subscribed) -> None:
        """Tell it nothing until it is resumed."""
        async with self._acting("alert.pause", mine) as one:
            await Subscriptions(one).mute(mine.name)

    async def resume(self, mine: Subscribed) -> None:
        """Tell it again, and of what a snooze held back."""
        async with self._acting("alert.resume", mine) as one:
            await Subscriptions(one).unmute(mine.name)
            await Subscriptions(one).wake(mine.name)

    async def snooze(self, mine: Subscribed, span: timedelta) -> None:
        """Hold back whatever it would be told for that long. Raises UserError past its end."""
        async with self._acting("alert.snooze", mine, {"days": span.days}) as one:
            await Subscriptions(one).snooze(mine.name, span)

    async def renew_feeds(self, mine: Subscribed) -> None:
        """Give its feeds other addresses: those given out until now are void."""
        async with self._acting("alert.feeds", mine) as one:
            await Told(one).address(mine.name, renew=True)

    @asynccontextmanager
    async def _acting(
        self, what: What, mine: Subscribed, detail: dict[str, object] | None = None
    ) -> AsyncIterator[Database]:
        async with self._database.joined() as one:
            yield one
            await Owned(one).note(self._who, what, mine.name, detail)

    async def _check_asked(self, one: Database, wanted: Wanted) -> None:
        asked = sum(not each.agreed for each in wanted.endpoints)
        if asked and await Owned(one).pending(self._who) + asked > _MOST_ASKED:
            raise TooManyAsked(
                "아직 답하지 않은 곳이 많습니다. 답을 기다려 주세요 "
                "(many places have not answered yet: wait for them)"
            )


def _taken(to: Endpoint) -> tuple[Endpoint, Taken]:
    standing: Standing = "agreed" if to.agreed else "asked"
    return replace(to, made=to.secret is not None), Taken(to.secret, standing)


def _detail(wanted: Wanted) -> dict[str, object]:
    """What is taken down of a change: no secret, and no address of anybody."""
    return {
        "rules": [text for text, _ in wanted.rules],
        "channels": [each.channel for each in wanted.endpoints],
        "cadence": wanted.cadence,
    }
