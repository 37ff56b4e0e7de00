"""How the reading back of a list ends: with the list, at its gap, or given up."""

from __future__ import annotations

from collections.abc import Callable

import asyncpg
import pytest

from service.store.backfills import Backfills, Leaf
from service.store.polled import Polled
from service.store.sources import Sources
from tests.store.backfills import MARCH, MAY, MORE, claimed, gap, items, state

MakePolled = Callable[..., Polled]


async def test_a_list_that_shows_the_same_for_thirty_pages_has_ended(
    backfills: Backfills, sql: asyncpg.Connection
) -> None:
    await backfills.open("a", MARCH)
    pages = 0
    while filling := await backfills.claim("a"):
        pages += 1
        await backfills.turn(filling, Leaf(20, oldest_at=MAY, met=True, more=MORE), 0.0)

    assert (pages, *await state(sql, "outcome")) == (31, "ended")


async def test_a_list_that_ends_in_a_gap_is_a_possible_gap(
    backfills: Backfills, sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    await gap(sources, sql, polled)
    await backfills.turn(await claimed(backfills, sql), Leaf(3, oldest_at=MAY, more=MORE), 3.0)
    assert await items(sql) == []

    await backfills.turn(await claimed(backfills, sql), Leaf(outcome="ended"), 3.0)

    assert await items(sql) == ["possible-gap"]


@pytest.mark.parametrize("outcome", ["reached", "ended"])
async def test_a_gap_that_was_bridged_and_a_silent_end_are_none(
    backfills: Backfills, sql: asyncpg.Connection, outcome: str
) -> None:
    await backfills.open("a", MARCH)
    if outcome == "ended":
        await sql.execute("UPDATE backfill SET told_from = since, met = true")

    await backfills.turn(await claimed(backfills, sql), Leaf(outcome=outcome), 3.0)  # type: ignore[arg-type]

    assert await items(sql) == []


async def test_a_page_that_failed_is_read_again_later(
    backfills: Backfills, sql: asyncpg.Connection
) -> None:
    await backfills.open("a", MARCH)
    await backfills.put_off(await claimed(backfills, sql), "reset", 600.0)

    assert await backfills.claim("a") is None
    [far] = await backfills.progress("a")
    assert (far.last_error, far.pages) == ("reset", 0)
    assert 590.0 < far.rest <= 600.0
    again = await claimed(backfills, sql)
    assert (again.request, again.tries) == (None, 2)


async def test_giving_up_is_told_until_another_backfill_of_the_source_works(
    backfills: Backfills, sql: asyncpg.Connection
) -> None:
    await backfills.open("a", MARCH)
    await backfills.give_up(await claimed(backfills, sql), "robots.txt")
    assert await items(sql) == ["backfill-failed"]
    assert await state(sql, "outcome", "last_error") == ("failed", "robots.txt")
    assert await backfills.claim("a") is None

    await backfills.open("a", MARCH)
    await backfills.turn(await claimed(backfills, sql), Leaf(outcome="ended"), 3.0)

    assert await items(sql) == []
