"""The files of an article brought to what its page lists now, those that stayed left as read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.opened import Filed, file_row
from service.store.tables import attachment

_PLACE = ("position", "url", "document", "rank")
# Of each document that says nothing and has nothing due the best unread format is due.
_CALL_UP = sa.text("""
    UPDATE attachment SET due_at = now() WHERE id IN (
        SELECT DISTINCT ON (document) id FROM attachment AS spare
        WHERE article_id = :article AND document IS NOT NULL AND settled_at IS NULL
            AND NOT EXISTS (SELECT FROM attachment AS other
                WHERE other.article_id = :article AND other.document = spare.document
                AND (other.text IS NOT NULL
                     OR other.settled_at IS NULL AND other.due_at IS NOT NULL))
        ORDER BY document, rank)
""")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as stored. ``sha256`` is that of its bytes, None where they were never fetched.

    ``lacking``: they were asked for, and did not come.
    """

    id: int
    name: str
    url: str
    sha256: bytes | None
    lacking: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the page lists it now: the stored one that it is, None where it is new.

    ``swapped``: under that name other bytes came, or bytes where none had come before.
    """

    file: Filed
    kept: KeptFile | None = None
    swapped: bool = False


async def refile(tx: AsyncConnection, article_id: int, files: Sequence[Listed]) -> None:
    """Bring the article's files to what its page lists now.

    What is new or swapped, and what is another format of it, becomes a new row: a worker that is
    late with the old bytes finds nothing to settle.
    """
    swapped = {each.file.place[0] for each in files if each.swapped and each.file.place}
    stays: list[dict[str, object]] = []
    fresh: list[dict[str, object]] = []
    for position, each in enumerate(files):
        row = file_row(article_id, position, each.file)
        if each.kept is None or each.swapped or row["document"] in swapped:
            fresh.append({**row, "due_at": None})  # who is read is settled when all are there
        else:
            place = {f"new_{name}": row[name] for name in _PLACE}
            stays.append({"file_id": each.kept.id, **place})
    ids = [each["file_id"] for each in stays]
    mine = attachment.c.article_id == article_id
    await tx.execute(sa.delete(attachment).where(mine, attachment.c.id.not_in(ids)))
    if stays:
        await _move(tx, article_id, stays)
    if fresh:
        await tx.execute(insert(attachment).values(fresh))
    await tx.execute(_CALL_UP, {"article": article_id})


async def _move(tx: AsyncConnection, article_id: int, stays: Sequence[dict[str, object]]) -> None:
    """Give the files that stay their new places, first out of each other's way."""
    await tx.execute(
        sa.update(attachment)
        .where(attachment.c.article_id == article_id)
        .values(position=-1 - attachment.c.position)
    )
    await tx.execute(
        sa.update(attachment)
        .where(attachment.c.id == sa.bindparam("file_id"))
        .values({name: sa.bindparam(f"new_{name}") for name in _PLACE}),
        stays,
    )
