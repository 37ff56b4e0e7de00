"""An upgrade with traffic: how long the old version's statements wait while we migrate.

``make bench BENCH=upgrade``: a database of the release before, filled, and
its writers at work on it, by the statements of that release, while it is brought to this one.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from service.ops.embedded import running
from service.store.migrate import alembic_config, migrate
from service.work import connect
from tests.faults import record

BEFORE = "0006"

FILL = """
    INSERT INTO source (id) VALUES ('a');
    INSERT INTO subscription (name) SELECT 'filled ' || n FROM generate_series(1, {some}) AS n;
    INSERT INTO rule (subscription_id, text, canonical)
    SELECT id, '수출', '수출' FROM subscription;
    INSERT INTO endpoint (subscription_id, channel, address, confirmed_at)
    SELECT id, 'console', 'filled ' || id, now() FROM subscription;
    INSERT INTO story SELECT FROM generate_series(1, {articles});
    INSERT INTO article (source_id, key, url, title, summary, text, baseline, collected_at, read_at,
                         read_title, read_text, publishers, kind, triaged_at, topics, story_id,
                         discovered_at)
    SELECT 'a', 'filled ' || n, 'https://a.example/' || n, '제목', '요약', repeat('본문 ', 60),
           n % 3 = 0, now(), now(), '제목 ' || n, repeat('본문 ', 60), '{{mss}}', 'release', now(),
           '{{export}}', n, now() - n * interval '1 minute'
      FROM generate_series(1, {articles}) AS n;
    INSERT INTO telling (reason, key, story_id, article_id, facts)
    SELECT 'alert', 'filled ' || n, n, n, '{{}}' FROM generate_series(1, {articles}, 10) AS n;
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits, settled_at,
                          outcome)
    SELECT telling.id, 1 + (telling.id + n) % {some}, 1 + (telling.id + n) % {some}, 'console',
           '[]', now(), 'sent' FROM telling, generate_series(0, 4) AS n ON CONFLICT DO NOTHING;
"""

COLLECT = """
    INSERT INTO article (source_id, key, url, title, summary, text, baseline, late, look_due)
    VALUES ('a', $1, 'https://a.example/' || $1, '제목', '요약', '본문', false, false, NULL)
    ON CONFLICT (source_id, key) DO NOTHING RETURNING id
"""
READ = """
    UPDATE article SET collected_at = now(), read_at = now(), read_title = '제목',
           read_text = '본문', publishers = '{mss}', kind = 'release', facts = '{}' WHERE id = $1
"""
TRIAGE = """
    WITH told AS (INSERT INTO story DEFAULT VALUES RETURNING id)
    UPDATE article SET triaged_at = now(), topics = '{export}', topical = '{}', story_id = told.id
      FROM told WHERE article.id = $1 RETURNING story_id
"""
OWE = """
    WITH told AS (INSERT INTO telling (reason, key, story_id, article_id, facts)
                  VALUES ('alert', $1, $2, $3, '{}') RETURNING id)
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits)
    SELECT told.id, 1, 1, 'console', '[]' FROM told ON CONFLICT DO NOTHING
"""
CLAIM = """
    WITH mine AS (
        UPDATE delivery SET due_at = now() + interval '45 s', fence = fence + 1,
               attempts = attempts + 1
         WHERE id IN (SELECT id FROM delivery
                       WHERE settled_at IS NULL AND channel = 'console' AND due_at <= now()
                       ORDER BY due_at LIMIT 10 FOR UPDATE SKIP LOCKED)
        RETURNING id, fence)
    INSERT INTO attempt (delivery_id, number) SELECT id, fence FROM mine
    RETURNING delivery_id, number
"""
SETTLE = "UPDATE delivery SET settled_at = now(), outcome = 'sent' WHERE id = $1 AND fence = $2"
SUBSCRIBE = "INSERT INTO subscription (name, language) VALUES ($1, 'ko') RETURNING id"
RULE = "INSERT INTO rule (subscription_id, text, canonical) VALUES ($1, '수출', '수출')"
ENDPOINT = """
    INSERT INTO endpoint (subscription_id, channel, address, confirmed_at, consent)
    VALUES ($1, 'console', $2, now(), '{"by": "operator"}')
"""
BOOK = "UPDATE rule_book SET version = version + 1"
NEWEST = """
    SELECT article.id, title, name FROM (
        SELECT id, title FROM article
         ORDER BY coalesce(read_published_at, published_at, discovered_at) DESC LIMIT 50) AS article
      LEFT JOIN subscription ON subscription.id = article.id
"""


Turn = Callable[[asyncpg.Connection, int], Awaitable[None]]


@dataclass
class Traffic:
    """The old version at work. ``longest``: seconds that one turn of each writer took at most."""

    url: str
    done: asyncio.Event = field(default_factory=asyncio.Event)
    turns: Counter[str] = field(default_factory=Counter)
    longest: dict[str, float] = field(default_factory=dict)

    async def go_on(
        self, name: str, turn: Callable[[asyncpg.Connection, int], Awaitable[None]]
    ) -> None:
        sql = await connect(self.url)
        try:
            while not self.done.is_set():
                began = time.perf_counter()
                async with sql.transaction():
                    await turn(sql, self.turns[name])
                took = time.perf_counter() - began
                self.turns[name] += 1
                self.longest[name] = max(self.longest.get(name, 0.0), took)
                await asyncio.sleep(0.002)
        finally:
            await sql.close()

    async def further(self, turns: int) -> None:
        """Wait until every writer came that much further."""
        goal = {name: count + turns for name, count in self.turns.items()}
        while any(self.turns[name] < count for name, count in goal.items()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def collect(sql: asyncpg.Connection, turn: int) -> None:
    number = await sql.fetchval(COLLECT, f"fresh {turn}")
    await sql.execute(READ, number)
    story = await sql.fetchval(TRIAGE, number)
    await sql.execute(OWE, f"fresh {turn}", story, number)


async def deliver(sql: asyncpg.Connection, _: int) -> None:
    for row in await sql.fetch(CLAIM):
        await sql.execute(SETTLE, row["delivery_id"], row["number"])


async def subscribe(sql: asyncpg.Connection, turn: int) -> None:
    number = await sql.fetchval(SUBSCRIBE, f"fresh {turn}")
    await sql.execute(RULE, number)
    await sql.execute(ENDPOINT, number, f"fresh {turn}")
    await sql.execute(BOOK)


async def look(sql: asyncpg.Connection, _: int) -> None:
    await sql.fetch(NEWEST)


@asynccontextmanager
async def traffic(url: str) -> AsyncIterator[Traffic]:
    """Four of the old version's processes on ``url``; what one of them fails at is raised."""
    made = Traffic(url)
    async with asyncio.TaskGroup() as group:
        for each in (collect, deliver, subscribe, look):
            made.turns[each.__name__] = 0
            group.create_task(made.go_on(each.__name__, each))
        try:
            await made.further(3)
            yield made
        finally:
            made.done.set()


async def before(url: str, articles: int) -> None:
    """Make the database of the release before, with ``articles`` and what belongs to them."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda plain: command.upgrade(alembic_config(plain), BEFORE))
    await engine.dispose()
    sql = await connect(url)
    await sql.execute(FILL.format(articles=articles, some=max(articles // 4, 10)), timeout=600)
    await sql.execute("ANALYZE")
    await sql.close()


async def lost(url: str, seen: Traffic) -> dict[str, int]:
    """What the writers wrote and is not there, or there twice: by kind, none where all is well."""
    sql = await connect(url)
    counts = {
        "articles": await sql.fetchval("SELECT count(*) FROM article WHERE key LIKE 'fresh%'"),
        "owed": await sql.fetchval("SELECT count(*) FROM telling JOIN delivery ON telling_id = "
                                   "telling.id WHERE key LIKE 'fresh%'"),
        "subscriptions": await sql.fetchval(
            "SELECT count(*) FROM subscription WHERE name LIKE 'fresh%'"),
    }  # fmt: skip
    await sql.close()
    wrote = {"articles": seen.turns["collect"], "owed": seen.turns["collect"],
             "subscriptions": seen.turns["subscribe"]}  # fmt: skip
    return {name: wrote[name] - counts[name] for name in wrote if wrote[name] != counts[name]}


def _say(line: str) -> None:
    print(line)  # noqa: T201 - what it is for


async def counted(url: str) -> int:
    """How many rows there are in all."""
    sql = await connect(url)
    tables = await sql.fetch("SELECT relname FROM pg_stat_user_tables")
    counts = [await sql.fetchval(f"SELECT count(*) FROM {each[0]}") for each in tables]
    await sql.close()
    return sum(counts)


async def measured(articles: int) -> int:
    start = time.monotonic()
    with TemporaryDirectory(prefix="pabal-") as made:
        Path(made).chmod(0o755)  # noqa: ASYNC240 - nothing runs yet
        async with running(Path(made) / "data") as server:
            began = time.perf_counter()
            await before(server.url, articles)
            rows = await counted(server.url)
            _say(f"filled in {time.perf_counter() - began:.0f} s: {rows} rows")
            async with traffic(server.url) as seen:
                await seen.further(20)
                quiet, seen.longest = seen.longest, {}
                began = time.perf_counter()
                await migrate(server.url)
                took = time.perf_counter() - began
                await seen.further(20)
            _say(f"migrated in {took:.1f} s; longest turn in s, before and meanwhile:")
            for name, longest in seen.longest.items():
                _say(f"  {name:10} {quiet[name]:7.3f} {longest:7.3f}  {seen.turns[name]} turns")
            gone = await lost(server.url, seen)
            _say(f"lost or doubled: {gone or 0}")
            longest = max(seen.longest.values())
            lost_rows = sum(map(abs, gone.values()))
            figures = {"rows": rows, "longest_wait_seconds": longest, "lost": lost_rows}
            good = not gone and longest <= 1
            record.script(25, __file__, figures, good=good, since=start)
            return 0 if good else 1


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--articles", type=int, default=320_000)
    sys.exit(asyncio.run(measured(asked.parse_args().articles)))
