"""Pages that were told, and what is known of them after another look."""

from __future__ import annotations

import asyncpg

PAGE = "title: 제목 1\ntext: 마감은 5월 20일이다.\npublisher: 관세청"
WITH_FILE = f"{PAGE}\nfile: 안내.hwpx"
BYTES = "PK 안내문"


async def state(sql: asyncpg.Connection) -> tuple[object, ...]:
    """(text, is read, looks, waits for about a day) of the article, and how many revisions."""
    row = await sql.fetchrow(
        "SELECT text, read_at IS NOT NULL, looks, look_due > now() + interval '22 hours',"
        " (SELECT count(*) FROM revision) FROM article"
    )
    return tuple(row)


SAME = ("마감은 5월 20일이다.", True, 1, True, 0)
