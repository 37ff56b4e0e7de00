"""An article on its way from a list to its reading, and the workers that share the work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.model import Article
from service.store.articles import Articles
from service.store.database import Database
from service.store.leases import Owed
from service.store.opened import Filed, Opened

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
UNOPENED = {"collected_at": None, "read_at": None, "text": None}

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]


@pytest.fixture
def articles(database: Database) -> Articles:
    return Articles(database)


async def come_due(sql: asyncpg.Connection) -> None:
    await sql.execute("UPDATE article SET collect_due = now() - interval '1 second'")


async def claimed(articles: Articles, source_id: str = "a") -> Owed:
    owed = await articles.claim_owed(source_id)
    assert owed is not None
    return owed


# whose page is opened next


async def test_news_is_claimed_before_the_baseline_and_the_oldest_first(
    articles: Articles, add: Add
) -> None:
    baseline = [await add("article", baseline=True, **UNOPENED) for _ in range(2)]
    news = [await add("article", **UNOPENED) for _ in range(2)]

    order = [(await claimed(articles)).article.id for _ in range(4)]

    assert order == [*news, *baseline]
    assert await articles.claim_owed("a") is None


async def test_only_what_is_owed_due_and_of_the_source_is_claimed(
    articles: Articles, add: Add, sql: asyncpg.Connection
) -> None:
    await add("article")
    await add("article", source_id="b", **UNOPENED)
    later = await add("article", **UNOPENED)
    await sql.execute(
        "UPDATE article SET collect_due = now() + interval '1 minute' WHERE id = $1", later
    )

    assert await articles.claim_owed("a") is None


async def test_a_claim_brings_the_article_as_its_list_told_it(
    articles: Articles, add: Add, sql: asyncpg.Connection
) -> None:
    made = await add(
        "article",
        key="k",
        url="https://a.example/k",
        title="제목",
        publisher="관세청",
        published_at=NINE,
        precision="day",
        baseline=True,
        **UNOPENED,
    )
    discovered = await sql.fetchval("SELECT discovered_at FROM article")

    owed = await claimed(articles)

    assert owed.article == Article(
        "k", "https://a.example/k", "제목", "관세청", NINE, "day", "요약", "", made, "a", True,
        discovered,
    )  # fmt: skip
    assert (owed.fence, owed.failures) == (1, 0)


async def test_eight_workers_never_get_the_same_article(eight: list[Database], add: Add) -> None:
    made = [await add("article", **UNOPENED) for _ in range(24)]

    async def work(articles: Articles) -> list[int]:
        claims = [await articles.claim_owed("a") for _ in range(3)]
        return [owed.article.id for owed in claims if owed is not None]

    shares = await asyncio.gather(*(work(Articles(each)) for each in eight))

    assert sorted(article_id for share in shares for article_id in share) == made


async def test_a_lease_that_ran_out_hands_the_article_on_and_fences_the_first_worker(
    articles: Articles, add: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await add("article", **UNOPENED)
    first = await claimed(articles)
    assert await articles.claim_owed("a") is None
    await come_due(sql)
    second = await claimed(articles)
    before = await sql.fetchrow("SELECT * FROM article")

    assert not await articles.renew(first)
    assert not await articles.store_opened(first, Opened("옛 본문"), problem="old")
    await articles.put_off(first, "old", 600.0)

    assert (first.fence, second.fence) == (1, 2)
    assert await sql.fetchrow("SELECT * FROM article") == before
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0
    assert await wakes() == []
    assert await articles.store_opened(second, Opened("새 본문"))


async def test_a_renewed_lease_is_kept(
    articles: Articles, add: Add, sql: asyncpg.Connection
) -> None:
    await add("article", **UNOPENED)
    owed = await claimed(articles)
    await come_due(sql)

    assert await articles.renew(owed)

    assert await articles.claim_owed("a") is None
    assert await articles.store_opened(owed, Opened("본문"))
    assert not await articles.renew(owed)  # nothing is left to keep


async def test_an_article_put_off_comes_due_later_with_a_wake_up_for_then(
    articles: Articles, add: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await add("article", **UNOPENED)

    await articles.put_off(await claimed(articles), "Unreachable: no answer", 300.0)

    row = await sql.fetchrow("SELECT *, collect_due - now() AS rest FROM article")
    assert (row["failures"], row["last_error"]) == (1, "Unreachable: no answer")
    assert timedelta(seconds=290) < row["rest"] <= timedelta(seconds=300)
    assert await wakes() == ["collect:a"]
    wait = await sql.fetchval("SELECT execute_after - now() FROM pgqueuer")
    assert timedelta(seconds=290) < wait <= timedelta(seconds=300)
    assert await articles.claim_owed("a") is None
    await come_due(sql)
    assert (await claimed(articles)).failures == 1


# what its own page adds


async def test_what_the_page_says_replaces_what_the_list_said(
    articles: Articles, add: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await add("article", title="목록 제목", publisher="관세청", **UNOPENED)
    files = (
        Filed("첨부 1.hwpx", "https://a.example/1", (0, 0)),
        Filed("첨부 2.pdf", "https://a.example/2", (0, 1)),
        Filed("사진.jpg", "https://a.example/3"),
    )
    opened = Opened("본문", "본 제목", "중소벤처기업부", NINE, "minute", files)

    assert await articles.store_opened(await claimed(articles), opened)

    row = await sql.fetchrow("SELECT * FROM article")
    assert row["collected_at"] is not None
    assert (row["text"], row["title"], row["publisher"]) == ("본문", "본 제목", "중소벤처기업부")
    assert (row["published_at"], row["precision"], row["last_error"]) == (NINE, "minute", None)
    rows = await sql.fetch(
        "SELECT position, name, url, document, rank, due_at IS NOT NULL FROM attachment"
        " ORDER BY position"
    )
    assert [tuple(each) for each in rows] == [
        (0, "첨부 1.hwpx", "https://a.example/1", 0, 0, True),
        (1, "첨부 2.pdf", "https://a.example/2", 0, 1, False),
        (2, "사진.jpg", "https://a.example/3", None, None, False),
    ]
    assert await wakes() == ["attach:a"]
    assert await articles.claim_owed("a") is None


async def test_without_a_file_to_read_the_article_itself_is_next(
    articles: Articles, add: Add, wakes: Wakes
) -> None:
    made = await add("article", **UNOPENED)
    picture = Filed("사진.jpg", "https://a.example/1")

    assert await articles.store_opened(await claimed(articles), Opened("본문", files=(picture,)))

    assert await wakes() == [f"read:{made}"]


async def test_what_the_page_leaves_out_stays_as_the_list_said(
    articles: Articles, add: Add, sql: asyncpg.Connection
) -> None:
    await add(
        "article", title="제목", publisher="관세청", published_at=NINE, precision="day", **UNOPENED
    )

    await articles.store_opened(await claimed(articles), Opened("본문"))

    row = await sql.fetchrow("SELECT title, publisher, published_at, precision FROM article")
    assert tuple(row) == ("제목", "관세청", NINE, "day")


async def test_a_page_that_cannot_be_read_lets_the_article_go_on_and_tells_a_person(
    articles: Articles, add: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    made = await add("article", url="https://a.example/k", **UNOPENED)
    owed = await claimed(articles)

    assert await articles.store_opened(owed, Opened("요약"), problem="Gone: 404")

    row = await sql.fetchrow("SELECT text, last_error, collected_at IS NULL FROM article")
    assert tuple(row) == ("요약", "Gone: 404", False)
    items = await sql.fetch("SELECT kind, subject, detail FROM ops_item")
    assert [tuple(each) for each in items] == [
        ("post-unreadable", "https://a.example/k", "Gone: 404")
    ]
    assert await wakes() == [f"read:{made}"]


@pytest.mark.parametrize("look_in", [timedelta(hours=1), None], ids=["looked at again", "never"])
async def test_a_page_is_looked_at_again_when_that_was_asked_for(
    articles: Articles,
    add: Add,
    sql: asyncpg.Connection,
    wakes: Wakes,
    look_in: timedelta | None,
) -> None:
    made = await add("article", failures=2, **UNOPENED)

    await articles.store_opened(await claimed(articles), Opened("본문"), look_in=look_in)

    row = await sql.fetchrow("SELECT look_due - collected_at, failures FROM article")
    assert tuple(row) == (look_in, 0)
    assert await wakes() == [f"read:{made}"] + ["revisit:a"] * (look_in is not None)
