"""Of very many the first are owed ahead, so that they are told before the last row is written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.database import Database
from service.store.stories import Place
from service.store.verdicts import Verdict, Verdicts
from tests.store.owing.owed import CORRECTED, FACTS, corrected, sent, to

Add = Callable[..., Awaitable[int]]
_OWED = "SELECT array_agg(subscription_id ORDER BY subscription_id) FROM delivery"


class Dying(Database):
    """Of one worker, that is killed in its second transaction."""

    begun = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        self.begun += 1
        async with super().transaction() as tx:
            yield tx
            if self.begun == 2:
                raise ConnectionResetError


@pytest.fixture
async def readers(add: Add) -> list[int]:
    made = [await add("subscription") for _ in range(5)]
    for each in made:
        await add("endpoint", subscription_id=each)
    return made


@pytest.fixture
async def dying(migrated_url: str) -> AsyncIterator[Verdicts]:
    database = Dying(migrated_url, size=1)
    yield Verdicts(database, ahead=2)
    await database.close()


@pytest.fixture
async def broken_off(dying: Verdicts, add: Add, readers: list[int]) -> tuple[int, Verdict]:
    """An article whose judgement broke off once the first were owed, and that judgement."""
    made, verdict = await add("article"), Verdict(Place(["url:1"]), FACTS, to(*readers))
    with pytest.raises(ConnectionResetError):
        await dying.settle(made, verdict)
    return made, verdict


@pytest.mark.usefixtures("broken_off")
async def test_the_first_are_owed_and_waked_for_before_the_others(
    readers: list[int], sql: asyncpg.Connection
) -> None:
    assert await sql.fetchval(_OWED) == readers[:2]
    assert await sql.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'deliver'") == 1
    assert await sql.fetchval("SELECT triaged_at FROM article") is None


async def test_what_broke_off_between_them_is_owed_to_the_others_and_to_nobody_twice(
    broken_off: tuple[int, Verdict],
    readers: list[int],
    sql: asyncpg.Connection,
    database: Database,
) -> None:
    made, verdict = broken_off
    await sent(sql)

    assert await Verdicts(database, ahead=2).settle(made, verdict) == 3

    assert await sql.fetchval(_OWED) == readers
    assert await sql.fetchval("SELECT count(*) FROM telling") == 1
    assert await sql.fetchval("SELECT count(*) FROM story") == 1
    assert await sql.fetchval("SELECT triaged_at FROM article") is not None


async def test_a_copy_that_is_judged_between_them_owes_to_the_others_once(
    broken_off: tuple[int, Verdict],
    add: Add,
    readers: list[int],
    sql: asyncpg.Connection,
    database: Database,
) -> None:
    made, verdict = broken_off
    whole = Verdicts(database, ahead=2)

    assert await whole.settle(await add("article", source_id="b"), verdict) == 3
    assert await whole.settle(made, verdict) == 0

    assert await sql.fetchval(_OWED) == readers


async def test_a_correction_that_comes_between_them_is_what_the_others_are_told(
    broken_off: tuple[int, Verdict],
    add: Add,
    readers: list[int],
    sql: asyncpg.Connection,
    database: Database,
) -> None:
    made, verdict = broken_off
    await sent(sql)
    later, whole = await add("article", source_id="b"), Verdicts(database, ahead=2)

    correction = corrected(earlier_id=made)
    assert await whole.settle(later, replace(correction, facts={})) == 2
    assert await whole.settle(made, verdict) == 3

    told = await sql.fetch(
        "SELECT facts ->> 'title' AS title, array_agg(subscription_id ORDER BY 1) AS readers"
        " FROM delivery JOIN telling ON telling.id = telling_id"
        " WHERE settled_at IS NULL GROUP BY telling.id ORDER BY telling.id"
    )
    assert [row["title"] for row in told] == [CORRECTED["title"]] * 2
    assert [sorted(row["readers"]) for row in told] == [readers[2:], readers[:2]]


async def test_owed_ahead_or_not_each_is_owed_once_and_all_are_counted(
    add: Add, readers: list[int], sql: asyncpg.Connection, database: Database
) -> None:
    whole = Verdicts(database, ahead=2)
    verdict = Verdict(Place(["url:1"]), FACTS, to(*readers))

    assert await whole.settle(await add("article"), verdict) == 5
    assert await sql.fetchval(_OWED) == readers
