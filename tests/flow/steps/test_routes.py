"""Collect, several routes to the same posts: one that checks stores only what the others missed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import asyncpg
import pytest

from scrapers.errors import Unreachable
from scrapers.fetch import Fetcher
from scrapers.model import (
    NOBODY_ASKS,
    Answer,
    Asking,
    Detail,
    Freshness,
    Kind,
    Listing,
    Moment,
    Page,
    Part,
    Post,
    Request,
    Source,
)
from service.collect import Collect
from service.store.articles import Articles
from service.store.database import Database
from service.store.routes import Routes
from service.store.sources import Sources

HOST = "https://a.example"
SOON = timedelta(hours=1)
BOTH = {"lead": ("lead", "check")}

Serve = Callable[..., None]
Asked = Callable[[], list[tuple[str, Freshness | None, float]]]
Subscribe = Callable[..., Awaitable[None]]
Poll = Callable[[str], Awaitable[None]]


@dataclass
class List:
    """A declared source of one line a post, its key and its time; all of its posts at one host."""

    path: str
    route_of: str | None = None
    checks: bool = False
    searches: bool = False
    parts: int = 1
    publisher: str | None = None
    kind: Kind = "release"
    every: float = 600.0
    pause: float = 0.0
    max_pages: int = 1
    off: str | None = None
    needs: tuple[str, ...] = ()

    def first(self, asking: Asking = NOBODY_ASKS) -> Request:
        turn = f"/{asking.turn % self.parts}" if self.parts > 1 else ""
        words = f"?{','.join(asking.terms)}" if self.searches else ""
        return Request(f"{HOST}/{self.path}{turn}{words}")

    def read_list(self, page: Page) -> Listing:
        return Listing(tuple(self._post(*line.split()) for line in page.body.decode().split("\n")))

    def _post(self, key: str, at: str) -> Post:
        published = Moment(datetime.fromisoformat(at), "minute")
        return Post(key, f"{HOST}/posts/{key}", f"제목 {key}", published)

    def open(self, post: Post) -> Request | None:
        return Request(post.url)

    def read_post(self, page: Page) -> Detail:
        return Detail(page.body.decode())

    def read_part(self, page: Page) -> Part:
        raise AssertionError(page.url)


def listed(**posts: timedelta) -> str:
    """A list of these posts, each with its time from now."""
    now = datetime.now(UTC)
    return "\n".join(f"{key} {(now + at).isoformat()}" for key, at in posts.items())


@pytest.fixture
def step(database: Database, site: object) -> Collect:
    declared = {
        "lead": List("lead"),
        "check": List("check", route_of="lead", checks=True),
        "round": List("round", route_of="lead", checks=True, parts=2),
        "search": List("search", searches=True),
    }
    sources = {name: cast("Source", each) for name, each in declared.items()}
    fetcher = cast("Fetcher", site)
    return Collect(sources, fetcher, Sources(database), Articles(database), 1.0)


@pytest.fixture
def poll(step: Collect, sql: asyncpg.Connection) -> Poll:
    """``await poll("lead")``: the next slot of a source, due at once."""

    async def poll(source_id: str) -> None:
        await step.sources.declare([source_id])
        await sql.execute("UPDATE source SET next_due = now()")
        [(claimed, number)] = await step.sources.claim_due([source_id])
        await step.poll(claimed, number)

    return poll


async def stored(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch("SELECT source_id, key, baseline FROM article ORDER BY id")
    return [tuple(row) for row in rows]


async def sightings(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch("SELECT source_id, key FROM sighting ORDER BY 1, 2")
    return [tuple(row) for row in rows]


async def counted(database: Database, sql: asyncpg.Connection) -> dict[str, tuple[int, int]]:
    """What is counted in two days: shown and missed, by source."""
    await sql.execute("UPDATE article SET discovered_at = discovered_at - interval '2 days'")
    await sql.execute("UPDATE sighting SET seen_at = seen_at - interval '2 days'")
    await sql.execute("UPDATE source SET baselined_at = baselined_at - interval '2 days'")
    found = await Routes(database).missed(BOTH)
    return {each.source_id: (each.shown, each.missed) for each in found}


@pytest.fixture
async def begun(poll: Poll, serve: Serve, sql: asyncpg.Connection) -> None:
    """Lead and check had their first looks: a silent ``k1`` that both show."""
    serve("/lead", listed(k1=-SOON))
    serve("/check", listed(k1=-SOON))
    await poll("lead")
    await poll("check")
    assert await stored(sql) == [("lead", "k1", True)]


@pytest.mark.usefixtures("begun")
async def test_a_checking_route_stores_nothing_that_the_lead_has_and_notes_that_it_saw_it(
    poll: Poll, serve: Serve, sql: asyncpg.Connection, database: Database
) -> None:
    serve("/lead", listed(k2=SOON, k1=-SOON))
    serve("/check", listed(k2=SOON, k1=-SOON))
    await poll("lead")
    await poll("check")

    assert await stored(sql) == [("lead", "k1", True), ("lead", "k2", False)]
    assert await sightings(sql) == [("check", "k1"), ("check", "k2")]
    assert await counted(database, sql) == {"lead": (1, 0), "check": (1, 0)}


@pytest.mark.usefixtures("begun")
async def test_what_the_lead_missed_is_stored_once_opened_and_its_miss(
    poll: Poll, serve: Serve, step: Collect, sql: asyncpg.Connection, database: Database
) -> None:
    serve("/check", listed(k2=SOON, k1=-SOON), listed(k3=SOON, k2=SOON), listed(k3=SOON))
    serve("/posts/k2", "본문 k2")
    serve("/posts/k3", "본문 k3")
    for _ in range(3):
        await poll("check")
    await step.open_owed("check")

    assert await stored(sql) == [
        ("lead", "k1", True),
        ("check", "k2", False),
        ("check", "k3", False),
    ]
    texts = await sql.fetch("SELECT text FROM article WHERE source_id = 'check' ORDER BY id")
    assert [row["text"] for row in texts] == ["본문 k2", "본문 k3"]
    assert await counted(database, sql) == {"lead": (2, 2), "check": (2, 0)}


@pytest.mark.usefixtures("begun")
async def test_what_the_lead_shows_in_the_end_it_did_not_miss(
    poll: Poll, serve: Serve, sql: asyncpg.Connection, database: Database
) -> None:
    serve("/check", listed(k2=SOON))
    serve("/lead", listed(k2=SOON, k1=-SOON))
    await poll("check")
    await poll("lead")

    assert await counted(database, sql) == {"lead": (1, 0), "check": (1, 0)}


@pytest.mark.usefixtures("begun")
async def test_what_is_older_than_the_first_look_is_silent_and_nobodys_miss(
    poll: Poll, serve: Serve, sql: asyncpg.Connection, database: Database
) -> None:
    serve("/check", listed(k2=SOON, k0=-100 * SOON))
    await poll("check")

    assert set(await stored(sql)) == {
        ("lead", "k1", True),
        ("check", "k0", True),
        ("check", "k2", False),
    }
    assert await counted(database, sql) == {"lead": (1, 1), "check": (1, 0)}


@pytest.mark.usefixtures("begun")
async def test_while_the_lead_is_away_the_check_stands_in_for_it(
    poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/lead", Unreachable(f"{HOST}/lead", "reset"))
    serve("/check", listed(k3=SOON, k2=SOON))
    await poll("lead")
    await poll("check")

    assert (await stored(sql))[1:] == [("check", "k2", False), ("check", "k3", False)]


async def test_a_list_asked_part_by_part_uses_no_validator_and_is_not_slowed_by_silence(
    poll: Poll, serve: Serve, asked: Asked, sql: asyncpg.Connection
) -> None:
    parts = [listed(k1=-SOON), listed(k2=-SOON)]
    for number, each in enumerate(parts):
        page = Page(HOST, HOST, 200, {}, each.encode(), datetime.now(UTC))
        serve(f"/round/{number}", Answer(page, Freshness(f'"{number}"')))
    for _ in range(30):
        await poll("round")

    requests = asked()
    assert [path for path, _, _ in requests[:3]] == ["/round/1", "/round/0", "/round/1"]
    assert {known for _, known, _ in requests} == {Freshness()}
    rest = await sql.fetchval("SELECT next_due - now() FROM source WHERE id = 'round'")
    assert rest < timedelta(seconds=661)


async def test_what_came_while_a_search_could_not_be_asked_is_told(
    poll: Poll, serve: Serve, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("무역", "수출")
    serve("/search?수출", listed(k1=-SOON))
    await poll("search")
    await sql.execute("UPDATE source SET last_ok_at = now() - interval '9 hours'")
    serve("/search?수출", listed(k3=-timedelta(hours=8), k2=-timedelta(hours=20)))
    await poll("search")

    baseline = {key: silent for _, key, silent in await stored(sql)}
    assert (baseline["k3"], baseline["k2"]) == (False, True)


async def test_a_search_that_finds_nothing_is_asked_no_less_often(
    poll: Poll, serve: Serve, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("무역", "수출")
    serve("/search?수출", listed(k1=-SOON))
    for _ in range(30):
        await poll("search")

    rest = await sql.fetchval("SELECT next_due - now() FROM source WHERE id = 'search'")
    assert rest < timedelta(seconds=661)


async def test_a_search_is_asked_for_the_words_of_live_rules_and_for_none_without_them(
    poll: Poll, serve: Serve, asked: Asked, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    serve("/search?관세,수출", listed(k1=-SOON))
    await poll("search")
    assert asked() == []

    await subscribe("무역", "수출 -전시회", "관세 | 수출")
    await poll("search")
    assert [path for path, _, _ in asked()] == ["/search?관세,수출"]

    await sql.execute("UPDATE subscription SET ended_at = now()")
    await sql.execute("UPDATE rule_book SET version = version + 1")
    await poll("search")
    assert asked() == []
