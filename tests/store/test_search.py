"""Search and its index: from rows to hits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from service.indexing import Indexing
from service.judging.morphemes import Morph, Morphs
from service.judging.rules import parse
from service.preview import Tools
from service.reading.publishers import Registry
from service.search import BadCursorError, Results, Search
from service.store.database import Database
from service.store.search import Searching
from service.store.sweep import sweep
from service.store.tables import article, attachment, unsearched

NOW = datetime.now(UTC)
Say = Callable[..., Awaitable[int]]
Find = Callable[..., Awaitable[Results]]


async def nouns(windows: Collection[str]) -> dict[str, Morphs]:
    """Morphology without Kiwi: a stretch is one noun."""
    return {each: (Morph(each, "NNG", 0, len(each)),) for each in windows}


@pytest.fixture
def searching(database: Database) -> Searching:
    return Searching(database)


@pytest.fixture
def indexing(searching: Searching) -> Indexing:
    return Indexing(searching, nouns, {"korea_kr": "government"})


@pytest.fixture
def find(searching: Searching, indexing: Indexing) -> Find:
    """``await find("수출")``: a page, once all that is owed is entered."""
    search = Search(searching, Tools(nouns, Registry.load(), {"korea_kr": "government"}))

    async def find(text: str, **more: Any) -> Results:
        await indexing.enter_all()
        return await search.find(parse(text), **more)

    return find


@pytest.fixture
def say(database: Database) -> Say:
    """``await say("제목", "본문", days=2)``: an article that was judged; its id."""

    async def say(title: str, text: str = "", *, days: float = 0, **more: Any) -> int:
        came = NOW - timedelta(days=days)
        fields = {
            "source_id": "korea_kr", "key": f"{title} {text} {days}", "url": "https://a.example/1",
            "title": title, "summary": "", "baseline": False, "discovered_at": came,
            "collected_at": came, "read_at": came, "read_title": title, "read_text": text,
            "publishers": ["motir"], "kind": "release", "triaged_at": came, **more,
        }  # fmt: skip
        async with database.transaction() as tx:
            await tx.execute(
                sa.text("INSERT INTO source VALUES ('korea_kr') ON CONFLICT DO NOTHING")
            )
            made = await tx.execute(sa.insert(article).values(fields).returning(article.c.id))
            number = int(made.scalar_one())
            await tx.execute(sa.insert(unsearched).values(article_id=number))
        return number

    return say


def numbers(found: Results) -> list[int]:
    return [each.article_id for each in found.hits]


async def test_titles_come_first_and_each_part_newest_first(say: Say, find: Find) -> None:
    old = await say("수출 상담", days=900)
    body = await say("상담회", "수출을 돕는다", days=1)
    new = await say("수출 상담", days=30)
    assert numbers(await find("수출")) == [new, old, body]
    assert numbers(await find("수출", order="newest")) == [body, new, old]


async def test_what_is_shown_is_what_the_alert_would_mark(say: Say, find: Find) -> None:
    await say("수출 상담", "기업의 수출 바우처를 늘린다")
    (hit,) = (await find("수출바우처")).hits
    assert [hit.excerpt.text[a:b] for a, b in hit.excerpt.marks] == ["수출 바우처"]
    assert (hit.in_title, hit.publisher, hit.publishers) == ((), "산업통상부", ("motir",))


async def test_the_index_finds_more_than_holds_and_the_matcher_decides(
    say: Say, find: Find
) -> None:
    await say("회의", "수출을 논의하고 멀리 떨어져 다른 이야기를 한참 하다가 지원을 말했다")
    near = await say("회의", "수출 중소기업 지원")
    assert numbers(await find("수출 ~2 지원")) == [near]
    assert (await find("수출 지원")).total == 2


@pytest.mark.parametrize("rule", ["소재·부품 FTA", "소재ㆍ부품 ＦＴＡ", "부품 fta"])
async def test_dots_and_widths_are_one_spelling_here_as_in_alerts(
    rule: str, say: Say, find: Find
) -> None:
    said = [await say("소재ㆍ부품 ＦＴＡ"), await say("소재‧부품 FTA", days=1)]
    assert numbers(await find(rule)) == said


async def test_filters_and_barred_words_hold_as_in_alerts(say: Say, find: Find) -> None:
    one = await say("수출 공고", kind="notice", topics=["export"])
    other = await say("수출 관세", days=1)
    assert numbers(await find("종류:공고")) == [one]
    assert numbers(await find("분야:수출 수출")) == [one]
    assert numbers(await find("수출 -관세")) == [one]
    assert numbers(await find("부처:산업부 출처:정부 관세")) == [other]


async def test_what_waits_for_an_embargo_is_found_by_nobody(say: Say, find: Find) -> None:
    await say("수출 대책", embargo_until=NOW + timedelta(hours=1))
    lifted = await say("수출 대책", days=1, embargo_until=NOW - timedelta(hours=1))
    found = await find("수출")
    assert (numbers(found), found.total, found.exact) == ([lifted], 1, True)


async def test_pages_follow_one_another_with_nothing_twice(say: Say, find: Find) -> None:
    made = [await say("수출 상담", days=day) for day in range(5)]
    made += [await say("상담", "수출", days=day) for day in range(5)]
    seen: list[int] = []
    page = await find("수출", limit=3)
    assert (3 < page.total <= 10, page.exact) == (True, False)
    seen += numbers(page)
    while page.cursor is not None:
        page = await find("수출", limit=3, cursor=page.cursor)
        seen += numbers(page)
    assert seen == made


@pytest.mark.parametrize(
    "cursor", ["", "1", "0.1.1", "7.1.1.1", "1.1.1.1", "0.999999999999999999.1.1"]
)
async def test_a_cursor_that_is_none_of_ours_is_refused(find: Find, cursor: str) -> None:
    with pytest.raises(BadCursorError):
        await find("종류:공고", cursor=cursor)


async def test_copies_of_a_story_are_one_hit(say: Say, find: Find, sql: asyncpg.Connection) -> None:
    story = await sql.fetchval("INSERT INTO story DEFAULT VALUES RETURNING id")
    copy = await say("수출 상담", days=1, story_id=story)
    newest = await say("수출 상담", story_id=story)
    (hit,) = (await find("수출")).hits
    assert (hit.article_id, hit.copies) == (newest, (copy,))


async def test_a_hit_in_a_file_names_the_file(say: Say, find: Find, database: Database) -> None:
    number = await say("상담회", "누구나 온다\n\n[붙임.hwpx]\n\n수출 통계")
    file = {
        "article_id": number,
        "position": 0,
        "name": "붙임.hwpx",
        "url": "u",
        "text": "수출 통계",
    }
    async with database.transaction() as tx:
        await tx.execute(sa.insert(attachment).values(file))
    assert (await find("수출")).hits[0].files == ("붙임.hwpx",)
    assert (await find("누구나")).hits[0].files == ()


async def test_nothing_stored_finds_nothing(find: Find) -> None:
    found = await find("수출")
    assert (found.hits, found.cursor, found.total, found.exact) == ((), None, 0, True)


async def test_what_changed_while_it_was_entered_is_entered_again(
    say: Say, searching: Searching, sql: asyncpg.Connection
) -> None:
    number = await say("수출 상담")
    owed = await searching.claim()
    assert owed is not None
    assert await searching.claim() is None  # it is taken
    await sql.execute("UPDATE unsearched SET fence = fence + 1, due_at = now()")
    await searching.enter(owed, NOW, ["수출"])
    assert await sql.fetchval("SELECT count(*) FROM searchable") == 0
    again = await searching.claim()
    assert again is not None
    await searching.enter(again, NOW, ["수출"])
    assert await sql.fetch("SELECT article_id FROM searchable") == [(number,)]
    assert await searching.left() == 0


async def test_one_that_cannot_be_entered_is_settled_and_holds_up_no_other(
    say: Say, find: Find, sql: asyncpg.Connection
) -> None:
    good = await say("수출 상담")
    bad = await say("수출 폭탄", days=1)
    await sql.execute("UPDATE unsearched SET attempts = 3 WHERE article_id = $1", bad)
    assert numbers(await find("수출")) == [good]
    assert "attempts" in await sql.fetchval(
        "SELECT trouble FROM searchable WHERE article_id = $1", bad
    )


async def test_words_that_postgresql_does_not_take_are_settled_with_the_reason(
    say: Say, searching: Searching, sql: asyncpg.Connection
) -> None:
    await say("수출 상담")
    owed = await searching.claim()
    assert owed is not None
    trouble = await searching.enter(owed, NOW, ["가" * 1_000])
    assert trouble is not None
    assert await sql.fetch("SELECT words, trouble FROM searchable") == [(None, trouble)]
    assert await searching.left() == 0


async def test_all_is_entered_anew_while_it_can_be_found_as_before(
    say: Say, find: Find, searching: Searching, sql: asyncpg.Connection
) -> None:
    number = await say("수출 상담")
    await find("수출")
    await sql.execute("UPDATE article SET read_title = '관세 상담'")
    assert await searching.again() == 1
    assert await sql.fetchval("SELECT count(*) FROM searchable WHERE words @@ '''^수출'''") == 1
    assert numbers(await find("관세")) == [number]
    assert numbers(await find("수출")) == []


async def test_all_is_owed_again_however_many_parts_it_takes(
    say: Say, indexing: Indexing, searching: Searching
) -> None:
    for number in range(5):
        await say(f"수출 상담 {number}")
    await indexing.enter_all()
    assert await searching.again(part=2) == 5


async def test_the_sweep_owes_what_a_process_of_the_release_before_judged(
    say: Say, searching: Searching, database: Database, sql: asyncpg.Connection
) -> None:
    earlier = NOW - timedelta(minutes=5)
    number = await say("수출 상담", triaged_at=earlier)
    await say("관세 상담", triaged_at=earlier, read_at=None)
    await say("통상 상담", days=3)
    await sql.execute("DELETE FROM unsearched")
    await sweep(database)
    await sweep(database)
    owed = await searching.claim()
    assert owed is not None
    assert (owed.article_id, await searching.left()) == (number, 1)


async def test_without_being_exact_a_total_is_what_is_there_at_least(say: Say, find: Find) -> None:
    for number in range(5):
        await say(f"수출 상담 {number}", days=number)
        await say("상담회", f"수출을 돕는다 {number}", days=number)
    for order, limit in (("best", 3), ("best", 8), ("newest", 3)):
        found = await find("수출", order=order, limit=limit)
        assert (len(found.hits), found.exact, limit < found.total <= 10) == (limit, False, True)
    assert (await find("수출", limit=10)).total == 10
