"""Rows that nobody but the rules knows of any more are found at night, and made anew.

Invented releases are read and judged by the ordinary steps; what came to be owed is the oracle.
Then wake-ups, deliveries, waiting rows and whole tellings are deleted at random.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import asyncpg
import pytest
from structlog.testing import capture_logs

from scrapers.registry import sources
from service.analyser import Analyser
from service.demo import invent
from service.judging.rules import canonical, parse
from service.judging.topics import Topics
from service.read import Read
from service.reading.publishers import Registry
from service.reconcile import Reconcile
from service.store.database import Database
from service.store.digests import Digests
from service.store.readings import Readings
from service.store.reconciled import Reconciled
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.sweep import sweep
from service.store.verdicts import Verdicts
from service.triage import Triage

# Each is told of enough; none of them needs morphology.
RULES = ("kind:release | kind:notice", "kind:release", "kind:release | kind:news")
CADENCES = ("at-once", "hourly", "at-once")
OWED = """
    SELECT telling.key, telling_id, subscription_id, endpoint_id FROM delivery
    JOIN telling ON telling.id = telling_id
    UNION ALL SELECT telling.key, telling_id, subscription_id, 0 FROM waiting
    JOIN telling ON telling.id = telling_id WHERE told_by IS NULL
"""
Measured = Callable[..., None]


class Unasked:
    """Rules of facts alone: no morphology is needed."""

    async def analyse(self, windows: object) -> dict[str, Any]:
        assert not windows
        return {}


class House:
    """Read and judge, over a database with subscriptions of two places each."""

    def __init__(self, database: Database, sql: asyncpg.Connection) -> None:
        self.database, self.sql = database, sql
        registry, declared = Registry.load(), sources()
        self.read = Read(declared, registry, Readings(database))
        analyser = cast("Analyser", Unasked())
        self.triage = Triage(declared, Verdicts(database), analyser, registry, Topics.load())
        reconciled = Reconciled(database, patience=timedelta(0))
        self.reconcile = Reconcile(self.triage.again, reconciled)

    async def subscribe(self, name: str, rule: str, **choices: Any) -> None:
        for place in ("집", "일터"):
            to = Endpoint("console", f"{name} {place}", agreed=True)
            written = [(rule, canonical(parse(rule)))]
            await Subscriptions(self.database).subscribe(name, written, to, **choices)

    async def publish(self, count: int, seed: int = 5) -> Sequence[int]:
        """Invented releases, read and judged as ever; their numbers."""
        await self.sql.execute(
            "INSERT INTO source (id) VALUES ('mss_press') ON CONFLICT DO NOTHING"
        )
        start = datetime.now(UTC) - timedelta(hours=30)
        made: list[int] = []
        for each in invent.releases(seed, count, start, hours=24):
            number = await self.sql.fetchval(
                "INSERT INTO article (source_id, key, url, title, summary, text, baseline,"
                " collected_at, published_at, precision) VALUES ('mss_press', $1, $1, $2, '', $3,"
                " false, now(), $4, 'minute') RETURNING id",
                f"https://a.example/{seed}/{len(made)}", each.title, f"{each.title}\n{each.text}",
                each.published,
            )  # fmt: skip
            await self.read.read(number)
            await self.triage.judge(number)
            made.append(number)
        return made

    async def owed(self) -> Counter[tuple[object, ...]]:
        return Counter(tuple(row) for row in await self.sql.fetch(OWED))


@pytest.fixture
async def house(database: Database, sql: asyncpg.Connection) -> House:
    made = House(database, sql)
    for number, (rule, cadence) in enumerate(zip(RULES, CADENCES, strict=True)):
        await made.subscribe(f"구독 {number}", rule, cadence=cadence)
    return made


async def _delete(sql: asyncpg.Connection, table: str, key: str, share: float, seed: int) -> int:
    """Delete rows of a table at random, the same for the same seed; how many."""
    keys = sorted(row[0] for row in await sql.fetch(f"SELECT DISTINCT {key} FROM {table}"))
    chosen = random.Random(seed).sample(keys, int(len(keys) * share))
    done = await sql.execute(f"DELETE FROM {table} WHERE {key} = ANY($1)", chosen)
    return int(done.split()[-1])


@pytest.mark.fault(26)
@pytest.mark.parametrize("count", [20, pytest.param(400, marks=pytest.mark.faults)])
async def test_whatever_is_deleted_at_random_is_owed_again_and_nothing_twice(
    house: House, measured: Measured, count: int
) -> None:
    await house.publish(count)
    before = await house.owed()
    assert len(before) > 3 * count

    jobs = await _delete(house.sql, "pgqueuer", "id", 1.0, 1)
    rows = await _delete(house.sql, "delivery", "id", 0.4, 2)
    waits = await _delete(house.sql, "waiting", "telling_id", 0.4, 3)
    tellings = await _delete(house.sql, "telling", "id", 0.1, 4)
    left = await house.owed()
    missing = sum((before - left).values())
    assert missing >= rows + waits

    woken = await sweep(house.database, patience=timedelta(0))
    with capture_logs() as logs:
        await house.reconcile.look()

    after = await house.owed()
    measured(
        deleted=jobs + rows + waits + tellings,
        found_percent=100 * sum((after & before).values()) / sum(before.values()),
    )
    assert after == before
    assert woken["deliver"] == 1
    (line,) = [each for each in logs if each.get("step") == "reconcile" or "missing" in each]
    assert line["missing"] >= rows
    kinds = await house.sql.fetch("SELECT DISTINCT kind FROM ops_item WHERE closed_at IS NULL")
    assert [row["kind"] for row in kinds] == ["alert-lost"]


@pytest.mark.fault(26)
async def test_where_nothing_is_lost_nothing_is_owed_and_nobody_is_told(house: House) -> None:
    await house.publish(20)
    before = await house.owed()

    assert await house.reconcile.look() == 0

    assert await house.owed() == before
    assert await house.sql.fetchval("SELECT count(*) FROM ops_item") == 0


async def test_whoever_came_or_was_silent_meanwhile_is_not_told_of_what_was_before(
    house: House,
) -> None:
    subscriptions = Subscriptions(house.database)
    await house.subscribe("잠든 이", RULES[0])
    await subscriptions.mute("잠든 이")
    await house.publish(8)
    await subscriptions.unmute("잠든 이")
    await house.subscribe("새 이", RULES[0])
    await house.subscribe("새 규칙", "kind:news")
    await house.subscribe("새 규칙", RULES[0])
    to = Endpoint("console", "새 자리", agreed=True)
    await subscriptions.subscribe("구독 0", [], to)
    await subscriptions.mute("구독 2")
    before = await house.owed()

    assert await house.reconcile.look() == 0

    assert await house.owed() == before


async def test_a_lost_digest_comes_to_the_place_that_did_not_get_it(house: House) -> None:
    await house.publish(10)
    await house.sql.execute("UPDATE waiting SET window_at = now() - interval '1 second'")
    assert await Digests(house.database).tell(1000) > 0
    digests = "SELECT telling_id, endpoint_id FROM delivery JOIN telling ON telling.id = telling_id"
    digests += " WHERE reason = 'digest' ORDER BY 1, 2"
    before = await house.sql.fetch(digests)
    await house.sql.execute(
        "DELETE FROM delivery WHERE id = (SELECT max(delivery.id) FROM delivery JOIN telling"
        " ON telling.id = telling_id WHERE reason = 'digest')"
    )
    assert await house.sql.fetch(digests) != before

    assert await house.reconcile.look() == 1

    assert await house.sql.fetch(digests) == before
    assert await house.reconcile.look() == 0


async def test_what_a_lost_digest_told_of_is_told_in_the_next(house: House) -> None:
    await house.publish(10)
    await house.sql.execute("UPDATE waiting SET window_at = now() - interval '1 second'")
    await Digests(house.database).tell(1000)
    waited = await house.sql.fetchval("SELECT count(*) FROM waiting WHERE told_by IS NOT NULL")
    await house.sql.execute("DELETE FROM telling WHERE reason = 'digest'")

    await house.reconcile.look()
    await Digests(house.database).tell(1000)

    told = "SELECT count(*) FROM waiting JOIN telling ON telling.id = told_by"
    assert await house.sql.fetchval(told) == waited > 0
    late = "SELECT count(*) FROM delivery WHERE outcome = 'ended'"
    assert await house.sql.fetchval(late) == 2  # of the digest that is gone, at both places
