from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from service.judging.morphemes import Morphs
from service.judging.rules import parse
from service.model import Reading
from service.preview import Tools
from service.reading.publishers import Registry
from service.store.past import Past, Reach
from service.store.rows import Seen
from service.web.alerts.looks import Busy, Looks, Outdated, TooBroad

NOW = datetime(2026, 6, 30, 9, tzinfo=UTC)
RULES = [parse("관세")]


class Slow(Past):
    """A past whose articles come one a batch, as many as are let."""

    def __init__(self, let: int) -> None:
        self._let = let
        self.asked = asyncio.Event()
        self.more = asyncio.Event()

    async def reach(self) -> Reach:
        return Reach(NOW, NOW - timedelta(days=300))

    async def articles(self, since: datetime) -> AsyncIterator[Sequence[Seen]]:
        for number in range(self._let):
            yield [_seen(number, since + timedelta(days=number))]
        self.asked.set()
        await self.more.wait()


def _seen(number: int, came: datetime) -> Seen:
    said = Reading("관세 상담회", "관세 상담회를 엽니다.", ("mss",), None)
    return Seen(number, ("article", number), "a", "https://a.example", None, came, None, said)


async def _unasked(windows: Collection[str]) -> dict[str, Morphs]:
    raise AssertionError(f"letters should have settled {windows}")


def _looks(past: Past, seconds: float = 6, patience: float = 8) -> Looks:
    return Looks(past, Tools(_unasked, Registry.load(), {}), seconds, patience)


async def test_a_later_question_of_a_session_ends_the_one_before() -> None:
    past = Slow(2)
    looking = _looks(past)
    first = asyncio.create_task(looking.look(1, RULES))
    await asyncio.wait_for(past.asked.wait(), 10)

    second = asyncio.create_task(looking.look(1, RULES))

    with pytest.raises(Outdated):
        await first
    past.more.set()
    assert [each.stories for each in await second] == [2]


async def test_no_more_than_two_look_back_at_once() -> None:
    past = Slow(1)
    looking = _looks(past, patience=0.01)
    two = [asyncio.create_task(looking.look(number, RULES)) for number in (1, 2)]
    await asyncio.wait_for(past.asked.wait(), 10)

    with pytest.raises(Busy):
        await looking.look(3, RULES)

    past.more.set()
    assert [len(await each) for each in two] == [1, 1]
    assert len(await looking.look(3, RULES)) == 1


async def test_a_look_that_takes_too_long_says_how_far_it_came() -> None:
    (found,) = await _looks(Slow(3), seconds=0.5).look(1, RULES)

    assert not found.whole
    assert (found.stories, found.articles) == (3, 3)
    assert found.until == NOW - timedelta(days=28)
    assert found.per_week == pytest.approx(3 / 2 * 7)


async def test_a_look_that_sees_nothing_in_time_says_so() -> None:
    with pytest.raises(TooBroad):
        await _looks(Slow(0), seconds=0.05).look(1, RULES)


async def test_whoever_goes_away_stops_the_look() -> None:
    past = Slow(1)
    looking = _looks(past)
    asking = asyncio.create_task(looking.look(1, RULES))
    await asyncio.wait_for(past.asked.wait(), 10)

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await asyncio.sleep(0)

    past.more.set()
    assert len(await looking.look(1, RULES)) == 1
