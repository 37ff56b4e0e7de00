"""What a database refuses: it cannot just now, or what it was asked is a bug of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from service.store.database import Database
from service.store.server import AWAY, is_away, is_cut

Asking = Callable[[Database, str], Awaitable[object]]


async def by_the_driver(database: Database, statement: str) -> None:
    await database.at_once(statement)


async def by_sqlalchemy(database: Database, statement: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(sa.text(statement))


@pytest.mark.parametrize("asking", [by_the_driver, by_sqlalchemy])
@pytest.mark.parametrize(
    ("code", "away"),
    [("read_only_sql_transaction", True), ("disk_full", True), ("unique_violation", False)],
)
async def test_what_passes_by_itself_is_told_from_a_bug(
    database: Database, asking: Asking, code: str, away: bool
) -> None:
    statement = f"DO $$ BEGIN RAISE 'not now' USING ERRCODE = '{code}'; END $$"

    with pytest.raises(AWAY, match="not now") as refused:
        await asking(database, statement)

    assert is_away(refused.value) is is_cut(refused.value) is away
