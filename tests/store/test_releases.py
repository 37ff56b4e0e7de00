"""One release with all that is known of it, and a series over the years."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from service.model import Change
from service.store.database import Database
from service.store.embargo import Held
from service.store.releases import Release, Releases

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))

Add = Callable[..., Awaitable[int]]


@pytest.fixture
def releases(database: Database) -> Releases:
    return Releases(database)


async def test_a_number_that_no_release_has_gives_none(releases: Releases) -> None:
    assert await releases.release(1) is None
    assert await releases.series("없는 이름") == []


async def test_every_file_has_its_state(releases: Releases, add: Add) -> None:
    made = await add("article")
    now = sa.func.now()
    for values in (
        {"document": 0, "rank": 0, "settled_at": now, "reason": "broken", "detail": "왜"},
        {"document": 0, "rank": 1, "due_at": now, "settled_at": now, "text": "글자", "tables": 1},
        {"document": 0, "rank": 2},
        {"document": 1, "rank": 0, "due_at": now, "detail": "503"},
        {},
    ):
        await add("attachment", article_id=made, **values)

    release = await releases.release(made)

    assert isinstance(release, Release)
    shown = [(each.state, each.letters, each.reason, each.detail) for each in release.files]
    assert shown == [
        ("failed", None, "broken", "왜"),
        ("read", 2, None, None),
        ("spare", None, None, None),
        ("owed", None, None, "503"),
        ("unread", None, None, None),
    ]


async def test_kin_are_the_other_articles_of_the_story_and_news_of_it_that_was_first(
    releases: Releases, add: Add
) -> None:
    story = await add("story")
    first = await add("article", story_id=story)
    copy = await add("article", story_id=story, twin_id=first, joined_as="copy", why="닮음")
    news = await add(
        "article", story_id=await add("story"), twin_id=first, joined_as="coverage", kind="news"
    )
    other = await add("article", twin_id=copy, joined_as="coverage", kind="news")
    await add("article", story_id=await add("story"))
    alone = await add("article")

    release, single = await releases.release(first), await releases.release(alone)

    assert isinstance(release, Release)
    shown = [(each.id, each.joined_as, each.why) for each in release.kin]
    assert shown == [(copy, "copy", "닮음"), (news, "coverage", None), (other, "coverage", None)]
    assert isinstance(single, Release)
    assert single.kin == []


@pytest.mark.parametrize(("precision", "lead"), [("minute", timedelta(hours=2)), ("day", None)])
async def test_the_lead_of_news_is_known_where_both_hours_are_from_either_side(
    releases: Releases, add: Add, precision: str, lead: timedelta | None
) -> None:
    first = await add("article", published_at=NINE, precision="minute")
    news = await add(
        "article", published_at=NINE + timedelta(hours=2), precision=precision, kind="news",
        twin_id=first, joined_as="coverage", share=0.4,
    )  # fmt: skip

    for each in (first, news):
        release = await releases.release(each)
        assert isinstance(release, Release)
        assert [(kin.lead, kin.share) for kin in release.kin] == [(lead, 0.4)]


async def test_revisions_are_those_judged_of_the_article_and_of_what_corrects_it(
    releases: Releases, add: Add
) -> None:
    first, corrects = await add("article"), await add("article")
    changes = [{"what": "마감", "before": "5.20", "after": "5.27", "weighty": True}]
    await add("revision", article_id=first)
    await add("revision", article_id=first, changes=[])
    await add("revision", article_id=corrects, earlier_id=first, changes=changes)

    release = await releases.release(first)

    assert isinstance(release, Release)
    found = [(each.article_id, each.earlier_id, list(each.changes)) for each in release.revisions]
    assert found == [
        (corrects, first, [Change("마감", "5.20", "5.27", weighty=True)]),
        (first, None, []),
    ]


@pytest.mark.parametrize(("ahead", "held"), [(timedelta(hours=1), True), (-timedelta(1), False)])
async def test_an_embargo_holds_until_it_lifts(
    releases: Releases, add: Add, ahead: timedelta, held: bool
) -> None:
    number = await add("article", embargo_until=sa.func.now() + ahead)

    public, whole = await releases.release(number), await releases.release(number, held=True)

    assert isinstance(public, Held if held else Release)
    assert isinstance(whole, Release)
    assert (whole.held_until is not None) is held


async def test_a_series_is_told_newest_first_once_a_story(releases: Releases, add: Add) -> None:
    series = {"series": "정책협의회", "name": "제2차 정책협의회", "round": 2, "parties": ["mss"]}
    story = await add("story")
    old = await add("article", published_at=NINE - timedelta(days=900), precision="day")
    first = await add("article", story_id=story, read_published_at=NINE, read_precision="minute")
    copy = await add("article", story_id=story, source_id="b", published_at=NINE + timedelta(1))
    undated = await add("article")
    other = await add("article", published_at=NINE)
    for article in (old, first, first, copy, undated):
        await add("mention", article_id=article, **series)
    await add("mention", article_id=other, **(series | {"series": "다른 협의회"}))

    timeline = await releases.series("정책협의회")

    assert [each.article_id for each in timeline] == [first, old, undated]
    assert (timeline[0].name, timeline[0].round, timeline[0].parties) == (
        "제2차 정책협의회",
        2,
        ["mss"],
    )
    assert (timeline[0].published_at, timeline[0].precision) == (NINE, "minute")
