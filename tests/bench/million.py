"""A store of very many releases for measurements: real paragraphs in new order.

Every paragraph of a recorded month, which is not part of the project, is analysed once; PostgreSQL
puts them together, texts and words alike. A release has a real title with the ministry, topics and
kind that go with it, and some paragraphs of other releases.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from service.judging import facts, lexemes
from service.judging.lexemes import Lexicon
from service.judging.morphemes import Morphology
from service.judging.topics import Topics
from service.model import Given
from service.reading import release
from service.reading.publishers import Registry
from service.store.migrate import migrate
from service.store.rows import facts_of
from service.store.server import plain

STREAM = Path(__file__).parents[2].parent / "shared" / "data" / "stream" / "2026-03.jsonl.gz"
SOURCE = "korea_kr"
NEWEST = datetime(2026, 11, 20, 18, tzinfo=ZoneInfo("Asia/Seoul"))
PER_DAY = 1_500
_PARAGRAPHS = 5  # of a release, one of which may be long
_PORTION = 20_000


def records(most: int | None = None) -> list[dict[str, Any]]:
    """The releases of the month."""
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines][:most]


async def build(url: str, count: int, *, of: int | None = None) -> None:
    """Fill the empty database at ``url`` (``postgresql+asyncpg://…``) with so many releases.

    They came ``PER_DAY`` a day until NEWEST, and each is a story. ``of``: so many releases of the
    month are made use of, all by default.
    """
    await migrate(url)
    connection = await asyncpg.connect(plain(url))
    try:
        await _pools(connection, records(of))
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("INSERT INTO source (id) VALUES ($1)", SOURCE)
        await connection.execute("DROP INDEX ix_searchable_words")
        for first in range(1, count + 1, _PORTION):
            last = min(count, first + _PORTION - 1)
            await connection.execute(_MAKE, first, last, count, NEWEST, PER_DAY)
        await connection.execute(
            "SELECT setval(pg_get_serial_sequence('article', 'id'), $1)", count
        )
        await connection.execute("SELECT setval(pg_get_serial_sequence('story', 'id'), $1)", count)
        await connection.execute("SET maintenance_work_mem = '2GB'")
        await connection.execute(
            "CREATE INDEX ix_searchable_words ON searchable USING gin (words)"
            " WITH (fastupdate = off)"
        )
        await connection.execute("DROP TABLE pool_title, pool_text")
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def _pools(connection: asyncpg.Connection, releases: list[dict[str, Any]]) -> None:
    await connection.execute(
        "CREATE UNLOGGED TABLE pool_title (number serial PRIMARY KEY, title text,"
        " publishers text[], kind text, topics text[], facts jsonb, words text[]);"
        "CREATE UNLOGGED TABLE pool_text (number serial PRIMARY KEY, text text, words text[])"
    )
    enter = _Entering()
    texts = list(dict.fromkeys(part for each in releases for part in _parts(each)))
    await connection.copy_records_to_table(
        "pool_text",
        records=[(each, enter.words("", each)) for each in texts],
        columns=["text", "words"],
    )
    await connection.copy_records_to_table(
        "pool_title",
        records=list(_titles(releases, enter)),
        columns=["title", "publishers", "kind", "topics", "facts", "words"],
    )
    await connection.execute(
        "ALTER TABLE pool_title ALTER words TYPE tsvector USING array_to_tsvector(words);"
        "ALTER TABLE pool_text ALTER words TYPE tsvector USING array_to_tsvector(words)"
    )


class _Entering:
    """What texts are entered under, without a process beside."""

    def __init__(self) -> None:
        self.registry = Registry.load()
        self._morphology = Morphology(self.registry.names())
        self._lexicon = Lexicon()

    def words(self, title: str, text: str) -> list[str]:
        runs = self._lexicon.unknown((title, text))
        asked = list(lexemes.stretches(runs))
        self._lexicon.learn(runs, dict(zip(asked, self._morphology.analyse(asked), strict=True)))
        return self._lexicon.lexemes(title, text)


def _titles(releases: list[dict[str, Any]], enter: _Entering) -> Iterator[tuple[object, ...]]:
    topics = Topics.load()
    for each in releases:
        given = Given(
            text=each["text"] or "",
            title=each["title"],
            publisher=each["ministry"],
            published_at=datetime.fromisoformat(each["approve_date"]).replace(tzinfo=NEWEST.tzinfo),
        )
        said = release.read(given, (), enter.registry)
        publisher = said.publishers[0] if said.publishers else None
        codes = [topic.code for topic in topics.judge(said.title, said.text, publisher).topics]
        known = facts.of_reading(said, codes, SOURCE, "government")
        yield (
            said.title,
            list(said.publishers),
            said.kind,
            codes,
            json.dumps(facts_of(said)),
            enter.words(said.title, "") + lexemes.of_facts(known),
        )


def _parts(record: dict[str, Any]) -> list[str]:
    return [each for each in (record["text"] or "").split("\n\n") if len(each.split()) > 3]


# What is drawn comes from the release's number: the same store each time.
_DRAWN = "hashtextextended({what} || drawn.number::text, 0) & 9223372036854775807"
_TEXTS = ", ".join(f"t{n}.text" for n in range(_PARAGRAPHS))
_WORDS = " || ".join(f"t{n}.words" for n in range(_PARAGRAPHS))
_JOINS = "\n".join(
    f"JOIN pool_text t{n} ON t{n}.number = 1 + ({_DRAWN.format(what=repr(f't{n}'))})"
    " % (SELECT max(number) FROM pool_text)"
    for n in range(_PARAGRAPHS)
)
_MAKE = f"""
WITH made AS MATERIALIZED (
    SELECT drawn.number AS id, t.title, t.publishers, t.kind, t.topics, t.facts,
        concat_ws(E'\\n\\n', {_TEXTS}) AS text,
        date_trunc('minute', $4::timestamptz - (($3 - drawn.number) * interval '1 day') / $5::int)
            AS at,
        t.words || {_WORDS} AS words
    FROM generate_series($1::bigint, $2::bigint) AS drawn (number)
    JOIN pool_title t ON t.number = 1 + ({_DRAWN.format(what="'title'")})
        % (SELECT max(number) FROM pool_title)
    {_JOINS}
), told AS (
    INSERT INTO story (id, created_at) OVERRIDING SYSTEM VALUE SELECT id, at FROM made
), said AS (
    INSERT INTO article (id, source_id, key, url, title, published_at, precision, summary, text,
        baseline, discovered_at, collected_at, read_at, read_title, read_text, publishers, kind,
        read_published_at, read_precision, facts, triaged_at, topics, story_id)
    OVERRIDING SYSTEM VALUE
    SELECT id, '{SOURCE}', id::text, 'https://example.org/' || id, title, at, 'minute', '', '',
        false, at, at, at, title, text, publishers, kind, at, 'minute', facts, at, topics, id
    FROM made
)
INSERT INTO searchable (article_id, out_at, words)
SELECT id, at, words || array_to_tsvector(ARRAY['@', to_char(at AT TIME ZONE 'UTC', '"@"YYYY'),
    to_char(at AT TIME ZONE 'UTC', '"@"YYYY-MM'), to_char(at AT TIME ZONE 'UTC', '"@"YYYY-MM-DD')])
FROM made
"""
