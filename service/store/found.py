"""Posts newly found on a list, as rows: stored once, each woken for what it needs next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Found
from service.store.database import Wake, wake
from service.store.tables import article

_ROWS = 500  # inserted at once; a statement holds 32,767 values


async def store(
    tx: AsyncConnection,
    source_id: str,
    posts: Sequence[Found],
    *,
    silent: bool,
    floor: datetime | None,
    late: bool = False,
) -> int:
    """Insert what is new, return how many; wake reading of the whole, collecting of the rest.

    All of a ``silent`` first look is baseline, and later what is older than ``floor``. ``late``: it
    was out for long before we could see it.
    """
    stored: list[sa.Row[tuple[int, str]]] = []
    for start in range(0, len(posts), _ROWS):
        inserted = await tx.execute(
            insert(article)
            .values(
                [
                    _row(source_id, each, baseline=silent or _before(each, floor), late=late)
                    for each in posts[start : start + _ROWS]
                ]
            )
            .on_conflict_do_nothing(index_elements=["source_id", "key"])
            .returning(article.c.id, article.c.text)
        )
        stored += inserted.all()
    wakes = [Wake("read", str(row.id)) for row in stored if row.text is not None]
    if len(wakes) < len(stored):
        wakes.append(Wake("collect", source_id))
    await wake(tx, wakes)
    return len(stored)


def _before(post: Found, floor: datetime | None) -> bool:
    return floor is not None and post.published_at is not None and post.published_at < floor


def _row(source_id: str, post: Found, *, baseline: bool, late: bool) -> dict[str, object]:
    return {
        "source_id": source_id,
        "key": post.key,
        "url": post.url,
        "title": post.title,
        "publisher": post.publisher,
        "published_at": post.published_at,
        "precision": post.precision,
        "summary": post.summary,
        "text": post.text,
        "baseline": baseline,
        "late": late,
        "collected_at": None if post.text is None else sa.func.now(),
    }
