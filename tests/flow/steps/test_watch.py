"""Watch: one notice when a source breaks, one when it is well again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from scrapers.errors import LayoutError, ScrapeError, Unreachable
from service.collect import Collect
from service.store.database import Database
from service.store.vitals import Known, Vitals
from service.watch import Watch, facts

LIST = "https://a.example/list/1"
EMPTY = LayoutError(LIST, "no rows", "empty")
NAMELESS = Unreachable(LIST, "no such name", "dns")

Serve = Callable[..., None]
MakeCollect = Callable[..., Collect]
Turn = Callable[[], Awaitable[list[str]]]


@pytest.fixture
def step(collect: MakeCollect) -> Collect:
    return collect()


@pytest.fixture
def watch(step: Collect, database: Database) -> Watch:
    return Watch(step.declared, Vitals(database), 1.0)


async def notices(watch: Watch) -> list[str]:
    """What a look says, in order."""
    with capture_logs() as logs:
        await watch.look()
    return [f"{each['log_level']} {each['event']} {each['source']}" for each in logs]


@pytest.fixture
def turn(step: Collect, watch: Watch, sql: asyncpg.Connection) -> Turn:
    """``await turn()``: source ``a`` is polled and all are looked at; what is said then."""

    async def turn() -> list[str]:
        await step.sources.declare(["a"])
        await sql.execute("UPDATE source SET next_due = now()")
        [(source_id, number)] = await step.sources.claim_due(["a"])
        await step.poll(source_id, number)
        return await notices(watch)

    return turn


async def items(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch("SELECT kind, subject, times, closed_at IS NULL FROM ops_item")
    return [tuple(row) for row in rows]


BROKEN, RECOVERED = "error pulse.broken a", "info pulse.recovered a"


@pytest.mark.parametrize(("error", "named_after"), [(EMPTY, 2), (NAMELESS, 3)])
async def test_a_source_that_breaks_is_told_of_once_and_once_more_when_it_is_well(
    turn: Turn, serve: Serve, sql: asyncpg.Connection, error: ScrapeError, named_after: int
) -> None:
    serve("/list/1", "k1", *[error] * 5, "k2\nk1")

    said = [await turn() for _ in range(8)]

    told = [number for number, each in enumerate(said) if each]
    assert told == [named_after, 6]
    assert (said[named_after], said[6]) == ([BROKEN], [RECOVERED])
    assert await items(sql) == [("source-broken", "a", 1, False)]


async def test_what_breaks_is_named_in_words(
    turn: Turn, serve: Serve, sql: asyncpg.Connection, watch: Watch
) -> None:
    serve("/list/1", EMPTY)
    await turn()
    with capture_logs() as logs:
        await turn()

    [line] = [each for each in logs if each["event"] == "poll.failed"]
    detail: str = await sql.fetchval("SELECT detail FROM ops_item")
    assert "빈 목록" in detail
    assert "an empty list" in detail
    assert LIST in detail
    assert line["why"] in detail
    assert await notices(watch) == []


async def test_an_item_of_a_source_that_is_paused_is_closed_without_a_word_of_recovery(
    turn: Turn, serve: Serve, sql: asyncpg.Connection, watch: Watch, step: Collect
) -> None:
    serve("/list/1", EMPTY)
    for _ in range(2):
        await turn()

    await step.sources.pause("a", "쉼")

    assert await notices(watch) == ["info pulse.unwatched a"]
    assert await items(sql) == [("source-broken", "a", 1, False)]

    await step.sources.pause("a", None)

    assert await notices(watch) == [BROKEN]


async def test_of_a_source_that_goes_on_as_ever_nothing_is_said(
    turn: Turn, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1", "k2\nk1", "k2\nk1", "k3\nk2")

    assert [await turn() for _ in range(4)] == [[]] * 4
    assert await items(sql) == []


def test_what_is_declared_is_asked_for_what_health_needs(collect: MakeCollect) -> None:
    def of(**changes: Any) -> Mapping[str, Known]:
        return facts(collect(every=600, **changes).declared, 10)

    assert of(kind="release") == of(kind="notice") == {"a": Known(government=True, every=60)}
    assert of(kind="news") == {"a": Known(government=False, every=60)}
    assert of(kind="news", searches=True)["a"].unsteady


async def test_when_some_answer_again_the_others_are_asked_soon_and_none_is_named(
    step: Collect, database: Database, sql: asyncpg.Connection
) -> None:
    names = [f"g{number:02}" for number in range(20)]
    watch = Watch(dict.fromkeys(names, step.declared["a"]), Vitals(database), 1.0)
    await step.sources.declare(names)
    await sql.execute(
        "UPDATE source SET failures = 12, trouble = 'unreachable', last_error = 'x',"
        " failing_since = now() - interval '3 days', next_due = now() + interval '5 hours'"
    )
    far = "SELECT count(*) FROM source WHERE next_due > now() + interval '4 hours'"
    well = (
        "UPDATE source SET failures = 0, trouble = NULL, failing_since = NULL, last_ok_at = now()"
        " WHERE id <= $1"
    )

    assert await notices(watch) == ["error pulse.outage government"]
    assert await sql.fetchval(far) == 20  # nothing to hasten to

    await sql.execute(well, "g05")
    assert await notices(watch) == []
    assert await sql.fetchval(far) == 6

    await sql.execute(well, "g18")
    assert await notices(watch) == ["info pulse.recovered government"]
    assert await notices(watch) == []
    assert await sql.fetchval("SELECT failures FROM source WHERE id = 'g19'") == 1
