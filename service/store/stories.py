"""Which story an article belongs to: joined by identity, else by the twin that was found alike."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import SEOUL, Tie
from service.store.embargo import is_told
from service.store.tables import article, excerpt, fingerprint, story, story_key

_LONGEST_KEY = 200  # characters
_COMPARED = 16_000  # characters of a text that are compared at all
_APART = timedelta(days=14)  # between two that may be one
_FOLLOWS = timedelta(days=4)  # between a release and news of it


@dataclass(frozen=True, slots=True)
class Place:
    """What decides where an article belongs. It is kept, so that later ones find their place by it.

    ``keys``: identities, the surest first. ``numbers`` and ``excerpts`` are for finding its copies
    and news of it, by ``day``, in Seoul. ``tie``: what was found of those that are ``seen``;
    ``covered_by``: news of it that was there first, with the share that it repeats.
    """

    keys: Sequence[str]
    day: date | None = None
    numbers: Sequence[int] = ()
    excerpts: Sequence[int] = ()
    seen: frozenset[int] = frozenset()
    tie: Tie | None = None
    covered_by: Mapping[int, Tie] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """A judged article that another may be a copy or the coverage of.

    ``publisher`` is an id of the registry, else a name as printed; ``text`` its beginning;
    ``equal``: how many numbers they have in common.
    """

    id: int
    url: str
    title: str
    text: str
    publisher: str | None
    day: date
    news: bool
    equal: int


class UnseenTwin(Exception):
    """A likely copy was stored while this article was being judged."""


def day_of(at: datetime) -> date:
    """The day in Seoul."""
    return at.astimezone(SEOUL).date()


@dataclass(frozen=True, slots=True)
class Kindred:
    """Judged articles worth a comparison, the likeliest first.

    ``alike`` may be copies; of ``telling`` and the article one may be news made from the other.
    """

    alike: Sequence[Known]
    telling: Sequence[Known]


async def likely(tx: AsyncConnection, place: Place, own: int) -> Kindred:
    """What the numbers of an article lead to."""
    alike = await _sharing(tx, fingerprint, place.numbers, place.day, _APART, own)
    telling = await _sharing(tx, excerpt, place.excerpts, place.day, _FOLLOWS, own)
    return Kindred(await _known(tx, alike), await _known(tx, telling))


async def join(tx: AsyncConnection, article_id: int, place: Place, *, story_id: int | None) -> int:
    """Put an article into its story and keep what later ones find it by; returns the story.

    1. Lock what identifies it in one order, so that two copies judged at once wait for each other.
    2. An identity that is known comes before likeness; raises UnseenTwin where a likely twin is
       there that was not judged.
    3. An article that is judged again stays where it is, in ``story_id``.
    """
    await _lock(tx, place)
    keys = [_bounded(each) for each in place.keys]
    rows = await tx.execute(sa.select(story_key).where(story_key.c.key.in_(keys)))
    known = {row.key: row.story_id for row in rows}
    if story_id is None:
        named = next((known[key] for key in keys if key in known), None)
        story_id = await _placed(tx, article_id, place, named)
    fresh = [{"key": key, "story_id": story_id} for key in dict.fromkeys(keys) if key not in known]
    if fresh:
        await tx.execute(insert(story_key).values(fresh))
    if place.day is not None:
        for table, numbers in ((fingerprint, place.numbers), (excerpt, place.excerpts)):
            given = {"numbers": list(numbers), "day": place.day, "article_id": article_id}
            await tx.execute(sa.text(_KEPT.format(table=table.name)), given)
    for news_id, tie in sorted(place.covered_by.items()):
        await _tie(tx, news_id, tie)
    return story_id


async def _placed(tx: AsyncConnection, article_id: int, place: Place, named: int | None) -> int:
    """Tie a new article to its twin; the story of that, or one of its own."""
    if named is not None:
        if tie := await _identical(tx, article_id, named):
            await _tie(tx, article_id, tie)
        return named
    twins = await _sharing(tx, fingerprint, place.numbers, place.day, _APART, article_id)
    if any(equal >= _SURELY for each, equal in twins.items() if each not in place.seen):
        raise UnseenTwin
    if place.tie is not None:
        await _tie(tx, article_id, place.tie)
        twin = sa.select(article.c.story_id).where(article.c.id == place.tie.article_id)
        if place.tie.joined_as == "coverage":
            # News of what is still under embargo is public: it is told, not held back with it.
            twin = twin.where(is_told())
        if joined := await tx.scalar(twin):
            return int(joined)
    return int((await tx.execute(insert(story).returning(story.c.id))).scalar_one())


async def _identical(tx: AsyncConnection, article_id: int, story_id: int) -> Tie | None:
    """The tie of an article to the first one of a story that a key of it names."""
    first = (
        sa.select(article.c.id, article.c.kind)
        .where(article.c.story_id == story_id, article.c.id != article_id)
        .order_by(article.c.id)
        .limit(1)
    )
    row = (await tx.execute(first)).one_or_none()
    if row is None:
        return None
    mine = await tx.scalar(sa.select(article.c.kind).where(article.c.id == article_id))
    news = (mine == "news") and row.kind != "news"
    why = "같은 주소나 본문 (same address or text)"
    return Tie(row.id, "coverage" if news else "copy", 1.0, why)


async def _tie(tx: AsyncConnection, article_id: int, tie: Tie) -> None:
    """Tie an article that has no tie yet."""
    await tx.execute(
        sa.update(article)
        .where(article.c.id == article_id, article.c.twin_id.is_(None))
        .values(twin_id=tie.article_id, joined_as=tie.joined_as, share=tie.share, why=tie.why)
    )


_LOCK = sa.text("""
    SELECT pg_advisory_xact_lock(number)
    FROM (SELECT unnest(CAST(:numbers AS bigint[])) AS number ORDER BY number) AS ordered
""")


async def _lock(tx: AsyncConnection, place: Place) -> None:
    hashes = [hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest() for key in place.keys]
    keyed = [int.from_bytes(each[:8], signed=True) for each in hashes]
    await tx.execute(_LOCK, {"numbers": [*keyed, *place.numbers]})


SHARE = 3
"""Equal numbers, of signatures or excerpts, from which on two articles are worth a comparison."""
_SURELY = 8  # from so many on they are hardly anything else than copies
# For each number the articles that have it; where it stands in many only the latest are looked at.
_HAVING = """
    SELECT ARRAY(
        SELECT article_id FROM {table}
        WHERE number = wanted AND day BETWEEN :first AND :last
        ORDER BY day DESC LIMIT 24
    ) FROM unnest(CAST(:numbers AS bigint[])) AS wanted
"""
_MOST = 16

_KEPT = """
    INSERT INTO {table} (number, day, article_id)
    SELECT number, :day, :article_id FROM unnest(CAST(:numbers AS bigint[])) AS number
    ON CONFLICT DO NOTHING
"""


async def _sharing(
    tx: AsyncConnection,
    table: sa.Table,
    numbers: Sequence[int],
    day: date | None,
    apart: timedelta,
    own: int,
) -> dict[int, int]:
    """Articles with enough equal numbers, and how many: by id, the likeliest first."""
    if day is None or not numbers:
        return {}
    rows = await tx.execute(
        sa.text(_HAVING.format(table=table.name)),
        {"numbers": list(numbers), "first": day - apart, "last": day + apart},
    )
    return likeliest(rows.scalars(), own, SHARE)


def likeliest(having: Iterable[Sequence[int]], own: int, share: int) -> dict[int, int]:
    """Of those that have each number, who has enough of them, and how many: by id.

    The likeliest come first: each number says as much less as more have it, because what two have
    to themselves counts. Done here, as in SQL it takes as long as the look-up itself.
    """
    said: dict[int, list[float]] = defaultdict(list)
    for those in having:
        for each in those:
            said[each].append(1 / len(those))
    enough = [
        (sum(says), each, len(says))
        for each, says in said.items()
        if len(says) >= share and each != own
    ]
    return {each: equal for _, each, equal in sorted(enough, reverse=True)[:_MOST]}


async def _known(tx: AsyncConnection, found: Mapping[int, int]) -> list[Known]:
    if not found:
        return []
    query = sa.select(
        article.c.id,
        article.c.url,
        article.c.read_title,
        sa.func.left(article.c.read_text, _COMPARED),
        sa.func.coalesce(article.c.publishers[1], article.c.publisher),
        sa.func.coalesce(
            article.c.read_published_at, article.c.published_at, article.c.discovered_at
        ),
        article.c.kind == "news",
    ).where(article.c.id.in_(found))
    rows = await tx.execute(query)
    known = {
        i: Known(i, u, t, x, p, day_of(at), news, found[i]) for i, u, t, x, p, at, news in rows
    }
    return [known[each] for each in found if each in known]


def _bounded(key: str) -> str:
    """A b-tree row holds under 2,704 bytes; an address may not."""
    return key if len(key) <= _LONGEST_KEY else "sha256:" + hashlib.sha256(key.encode()).hexdigest()
