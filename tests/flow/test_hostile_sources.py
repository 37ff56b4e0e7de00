"""Hostile publishers against the whole collecting side: a bad answer costs that poll and no more.

Three invented sites stand on one loopback server: a board that falls ill, a feed and a news
sitemap that stay well.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from scrapers.errors import TROUBLES
from scrapers.fetch import Fetcher
from scrapers.wire import Limits
from service.collect import Collect
from service.store.articles import Articles
from service.store.database import Database
from service.store.sources import Sources
from service.store.vitals import Vitals
from service.watch import Watch
from tests.flow.hostile import HOSTILE, TOTAL
from tests.flow.sites import LIST, SOURCES, Sites, listing, page, row, rows


@pytest.fixture
def sites() -> Sites:
    return Sites()


@pytest.fixture
async def collect(database: Database, sites: Sites) -> AsyncIterator[Collect]:
    """The step with its real tools; every host is the loopback server."""
    server = await asyncio.start_server(sites.serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    limits = Limits(total=TOTAL, size=2 * 2**20)
    fetcher = Fetcher(contact="test@example.org", replica=base, pace=10_000, limits=limits)
    sources = Sources(database)
    await sources.declare(SOURCES)
    yield Collect(SOURCES, fetcher, sources, Articles(database), pace=1.0)
    await fetcher.aclose()
    server.close()
    for task in filter(None, sites.answering):
        task.cancel()
    await asyncio.gather(*filter(None, sites.answering), return_exceptions=True)


@pytest.fixture
async def look(database: Database, collect: Collect) -> Callable[[], Awaitable[None]]:
    """``await look()``: every source is due now, polled at the same time, its posts opened."""

    async def look() -> None:
        await rows(database, "UPDATE source SET next_due = now() RETURNING id")
        claimed = await collect.sources.claim_due(SOURCES)
        assert len(claimed) == len(SOURCES)
        await asyncio.gather(*(collect.poll(*each) for each in claimed))
        await asyncio.gather(*(collect.open_owed(each) for each in SOURCES))

    return look


async def stored(database: Database) -> dict[tuple[str, str], str]:
    """Every article and its files, whole, by source and key."""
    whole = await rows(
        database,
        "SELECT source_id, key, article::text || coalesce(string_agg(f::text, ' '), '')"
        " FROM article LEFT JOIN attachment AS f ON article_id = article.id GROUP BY article.id",
    )
    return {(source, key): text for source, key, text in whole}


Look = Callable[[], Awaitable[None]]


@pytest.mark.fault(10)
@pytest.mark.parametrize("behaviour", HOSTILE)
async def test_a_bad_answer_fails_that_poll_loudly_and_touches_nothing_else(
    behaviour: str, database: Database, sites: Sites, look: Look, measured: Callable[..., None]
) -> None:
    answer, trouble, cause = HOSTILE[behaviour]
    await look()
    before = await stored(database)
    assert len(before) == 6
    # Passing trouble is told to a person when it comes the third time.
    await rows(database, "UPDATE source SET failures = 2 WHERE id = 'ill' RETURNING id")

    sites.whole_list, sites.numbers = answer, [3, 2, 1]
    with capture_logs() as logs:
        await look()

    ((outcome, detail),) = await rows(
        database, "SELECT outcome, detail FROM poll WHERE source_id = 'ill' AND slot = 2"
    )
    assert outcome == "failed"
    assert detail.startswith(f"{LIST}: ")
    assert cause in detail
    (line,) = [each for each in logs if each["event"] == "poll.failed"]
    assert (line["source"], line["url"], line["trouble"]) == ("ill", LIST, trouble)
    assert cause in line["why"]
    assert line["log_level"] == "error"
    after = await stored(database)
    assert {key: after[key] for key in before} == before
    assert set(after) - set(before) == {("feed", "3"), ("news", "3")}
    assert await rows(database, "SELECT trouble FROM poll WHERE trouble <> ''") == [(trouble,)]
    watch = Watch(SOURCES, Vitals(database), 1.0)
    await watch.look()
    open_items = (
        "SELECT subject, detail FROM ops_item WHERE kind = 'source-broken' AND closed_at IS NULL"
    )
    ((subject, told),) = await rows(database, open_items)
    assert subject == "ill"
    assert detail in told
    assert TROUBLES[trouble][0] in told

    sites.whole_list = None
    await look()
    await watch.look()
    assert await rows(database, open_items) == []
    assert set(await stored(database)) - set(after) == {("ill", "3")}
    health = "SELECT failures, last_error FROM source WHERE id = 'ill'"
    assert await rows(database, health) == [(0, None)]
    measured(behaviours=1)


ODD_LISTS: dict[str, tuple[str | bytes, dict[str, tuple[str, str | None]]]] = {
    "NUL bytes": (
        listing(row(9, title="가\0나"), row(2)), {"9": ("가나", "2026-03-02")},
    ),
    "one date in 2099": (
        listing(row(9, "2099-01-01"), row(2)), {"9": ("소식 9", None)},
    ),
    "one date in 1970": (
        listing(row(9, "1970-01-01"), row(2)), {"9": ("소식 9", "1970-01-01")},
    ),
    "one date in the year 1": (
        listing(row(8), row(9, "0001-01-01"), row(2)), {"8": ("소식 8", "2026-03-02"),
                                                         "9": ("소식 9", None)},
    ),
    "the same post twice": (
        listing(row(9), row(9, title="다시"), row(2)), {"9": ("소식 9", "2026-03-02")},
    ),
    "a label that lies": (
        f"<?xml encoding='utf-8'?>{listing(row(9, title='똠방각하 펲'), row(2))}".encode("cp949"),
        {"9": ("똠방각하 펲", "2026-03-02")},
    ),
    "a title of a megabyte": (
        listing(row(9, title="가" * 300_000), row(2)), {"9": ("가" * 1000, "2026-03-02")},
    ),
    "half a surrogate pair": (
        listing(row(9, title="가&#xD800;나"), row(2)), {"9": ("가나", "2026-03-02")},
    ),
    "markup in a title": (
        listing(row(9, title="<속보> A&lt;script&gt;<b>B</b>"), row(2)),
        {"9": ("<속보> A<script>B", "2026-03-02")},
    ),
    "elements twenty thousand deep": (
        listing(row(9, title="<b>" * 20_000 + "깊이"), row(2)), {"9": ("깊이", "2026-03-02")},
    ),
    "three thousand new posts": (
        listing(*(row(n) for n in range(4_000, 1_000, -1)), row(2)),
        {str(n): (f"소식 {n}", "2026-03-02") for n in range(1_001, 4_001)},
    ),
}  # fmt: skip
"""By oddity: a list that is still read, and by key the title and day of what is new on it."""


@pytest.mark.fault(10)
@pytest.mark.parametrize("oddity", ODD_LISTS)
async def test_an_odd_post_is_stored_as_far_as_it_can_be_read(
    oddity: str, database: Database, sites: Sites, collect: Collect, measured: Callable[..., None]
) -> None:
    body, new = ODD_LISTS[oddity]
    await _poll_ill(database, collect)
    before = await stored(database)
    sites.whole_list = page(body)
    await _poll_ill(database, collect)
    outcomes = await rows(database, "SELECT outcome, new FROM poll ORDER BY slot DESC LIMIT 1")
    assert outcomes == [("ok", len(new))]
    found = await rows(
        database,
        "SELECT key, title, (published_at AT TIME ZONE 'Asia/Seoul')::date::text FROM article"
        " WHERE key NOT IN ('1', '2')",
    )
    assert {key: (title, day) for key, title, day in found} == new
    after = await stored(database)
    assert {key: after[key] for key in before} == before
    measured(behaviours=1)


async def _poll_ill(database: Database, collect: Collect) -> None:
    await rows(database, "UPDATE source SET next_due = now() RETURNING id")
    (claimed,) = await collect.sources.claim_due(["ill"])
    await collect.poll(*claimed)


async def test_a_post_whose_page_is_broken_holds_up_no_other(
    database: Database, sites: Sites, look: Look
) -> None:
    await look()
    sites.numbers = [6, 5, 4, 3, 2, 1]
    sites.posts = {
        "/view?id=3": page("<html><body>다른 얼굴</body></html>"),
        "/view?id=4": page("", "500 Oops"),
        "/view?id=5": page("", "410 Gone"),
    }
    with capture_logs() as logs:
        await look()
    failed = {each["why"].split(": ")[1] for each in logs if each["event"] == "open.failed"}
    assert failed == {
        f"{TROUBLES[each][0]} ({TROUBLES[each][1]})" for each in ("layout", "server", "gone")
    }
    opened = await rows(
        database,
        "SELECT key, text, failures FROM article WHERE source_id = 'ill' ORDER BY id",
    )
    # These three are tried again; what is still gone then is told by its list's words.
    assert sorted(opened) == [
        ("1", "본문 /view?id=1", 0),
        ("2", "본문 /view?id=2", 0),
        ("3", None, 1),
        ("4", None, 1),
        ("5", None, 1),
        ("6", "본문 /view?id=6", 0),
    ]
    items = "SELECT kind, subject FROM ops_item WHERE closed_at IS NULL"
    assert await rows(database, items) == []

    sites.posts = {"/view?id=5": page("", "410 Gone")}
    await rows(database, "UPDATE article SET failures = 2 WHERE key = '5' RETURNING id")
    await rows(database, "UPDATE article SET collect_due = now() RETURNING id")
    await look()
    texts = "SELECT text FROM article WHERE key IN ('3', '4') AND source_id = 'ill' ORDER BY key"
    assert await rows(database, texts) == [("본문 /view?id=3",), ("본문 /view?id=4",)]
    told = [("post-unreadable", "https://www.ill.go.kr/view?id=5")]
    assert await rows(database, items) == told
