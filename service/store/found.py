"""Posts newly found on a list, as rows: stored once, each woken for what it needs next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Found
from service.store.database import TOGETHER, Wake, wake, within

# However many posts, one statement of one form: it is prepared once.
_STORE = """
    INSERT INTO article (source_id, key, url, title, publisher, published_at, precision, summary,
        text, baseline, late, collected_at)
    SELECT $1, post.key, post.url, post.title, post.publisher, post.published_at, post.precision,
        post.summary, post.text,
        $2 OR coalesce(post.published_at < $3, false) OR post.key = ANY($4::text[]), $5,
        CASE WHEN post.text IS NOT NULL THEN now() END
    FROM unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::text[],
            $12::text[], $13::text[]) WITH ORDINALITY
        AS post (key, url, title, publisher, published_at, precision, summary, text, place)
    ORDER BY post.place
    ON CONFLICT (source_id, key) DO NOTHING
    RETURNING id, text IS NOT NULL AS whole
"""
# To be read, a post of its own wake-up costs the queue three versions of a row, which nobody can
# tidy away while somebody else's transaction is open. Few enough that two workers share a list.
_AT_A_TIME = 10
_COLUMNS = attrgetter(
    "key", "url", "title", "publisher", "published_at", "precision", "summary", "text"
)


async def store(
    tx: AsyncConnection,
    source_id: str,
    posts: Sequence[Found],
    *,
    silent: bool,
    floor: datetime | None,
    slid: Collection[str] = (),
    late: bool = False,
) -> int:
    """Insert what is new, return how many; wake reading of the whole, collecting of the rest.

    All of a ``silent`` first look is baseline, and later what is older than ``floor`` or has a key
    in ``slid``. ``late``: it was out for long before we could see it. Raises what asyncpg raises.
    """
    if not posts:
        return 0
    # What none of them has goes as one NULL, and is padded: a thousand would be sent for nothing.
    found = zip(*map(_COLUMNS, posts), strict=True)
    columns = [None if each.count(None) == len(posts) else each for each in found]
    driver = await within(tx)
    stored = await driver.fetch(_STORE, source_id, silent, floor, list(slid), late, *columns)
    whole = [str(row["id"]) for row in stored if row["whole"]]
    portions = (whole[at : at + _AT_A_TIME] for at in range(0, len(whole), _AT_A_TIME))
    wakes = [Wake("read", TOGETHER.join(some)) for some in portions]
    if len(whole) < len(stored):
        wakes.append(Wake("collect", source_id))
    await wake(tx, wakes)
    return len(stored)
