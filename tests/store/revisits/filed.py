"""Articles that were told and are due for another look, with their files."""

from __future__ import annotations

from datetime import timedelta

import asyncpg

from service.store.opened import Filed
from service.store.refile import Listed
from service.store.revisits import Due, Revisits

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
LADDER = (HOUR, DAY, WEEK)
SHA = bytes(range(32))


def paired(due: Due, *now: Filed, swapped: str = "") -> list[Listed]:
    """The files of a page, each with the stored one of its name."""
    kept = {each.name: each for each in due.files}
    return [Listed(each, kept.get(each.name), each.name == swapped) for each in now]


async def claimed(revisits: Revisits) -> Due:
    due = await revisits.claim_due("a")
    assert due is not None
    return due


async def files(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    """(name, text, is due, rank) of every file, in the order of the page."""
    rows = await sql.fetch(
        "SELECT name, text, settled_at IS NULL AND due_at IS NOT NULL, rank FROM attachment"
        " ORDER BY position"
    )
    return [tuple(row) for row in rows]
