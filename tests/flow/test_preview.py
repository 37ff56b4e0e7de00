"""What a rule would have brought, and why one brings nothing: from rows to what a person reads."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scrapers.registry import sources
from service.audit import Sources, audit
from service.judging.logic import canonical
from service.judging.morphemes import Morphs
from service.judging.rules import parse
from service.preview import Tools, preview, previews
from service.reading.publishers import Registry
from service.store.database import Database
from service.store.past import Past
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.tables import article, rule, source, story
from tests.commands import AwaitedPabal

Tell = Callable[..., Awaitable[None]]

DAY = timedelta(days=1)
NOW = datetime.now(UTC)


async def unasked(windows: Collection[str]) -> dict[str, Morphs]:
    raise AssertionError(f"letters should have settled {windows}")


@pytest.fixture
def tools() -> Tools:
    return Tools(unasked, Registry.load(), {"korea_kr": "government", "yna": "news"})


@pytest.fixture
def past(database: Database) -> Past:
    return Past(database)


@pytest.fixture
def tell(database: Database) -> Tell:
    """``await tell("제목", "본문", days=2)``: an article that was read, as it is stored."""

    async def tell(title: str, text: str, *, days: float, **more: Any) -> None:
        came = NOW - days * DAY
        fields = {
            "source_id": "korea_kr",
            "key": f"{title} {days}",
            "url": "https://a.example/1",
            "title": title,
            "summary": "",
            "baseline": False,
            "discovered_at": came,
            "read_at": came,
            "read_title": title,
            "read_text": text,
            "publishers": ["mss"],
            "kind": "release",
            "read_published_at": came,
            "read_precision": "second",
        } | more
        async with database.transaction() as tx:
            known = sa.select(source.c.id).where(source.c.id == fields["source_id"])
            if not (await tx.execute(known)).first():
                await tx.execute(sa.insert(source).values(id=fields["source_id"]))
            await tx.execute(sa.insert(article).values(fields))

    return tell


async def _story(database: Database) -> int:
    async with database.transaction() as tx:
        return int((await tx.execute(sa.insert(story).returning(story.c.id))).scalar_one())


async def test_a_rule_is_tried_on_what_is_stored_and_stories_are_counted_once(
    database: Database, past: Past, tools: Tools, tell: Tell
) -> None:
    event = await _story(database)
    await tell("오래된 관세 소식", "관세", days=50)
    await tell("관세 설명회", "통관을 돕는다.", days=9, story_id=event)
    await tell("관세 설명회 (재배포)", "통관을 돕는다.", days=8, story_id=event, source_id="yna")
    await tell("상담회", "바이어와 만나 관세 상담을 한다.", days=2, kind="notice")
    await tell("전시회", "누구나 온다.", days=1)

    found, filtered = await previews(
        past, [parse("관세"), parse("관세 종류:공고 출처:정부")], 30 * DAY, tools
    )

    assert (found.articles, found.stories) == (4, 2)
    assert [each.title for each in found.newest] == ["상담회", "관세 설명회"]
    assert found.newest[0].excerpt == ("바이어와 만나 관세 상담을 한다.", ((8, 10),))
    assert found.newest[1].in_title == ((0, 2),)
    assert found.newest[1].publisher == "중소벤처기업부"
    assert (found.kinds, found.sources) == ({"release": 1, "notice": 1}, {"korea_kr": 2})
    assert found.held_from == found.since
    assert found.per_week == pytest.approx(2 / (30 / 7))
    assert [each.title for each in filtered.newest] == ["상담회"]


async def test_a_young_store_counts_over_the_time_it_holds(
    past: Past, tools: Tools, tell: Tell
) -> None:
    empty = await preview(past, parse("관세"), 30 * DAY, tools)
    assert (empty.held_from, empty.stories, empty.per_week) == (None, 0, None)

    await tell("관세", "", days=0.2)
    young = await preview(past, parse("관세"), 30 * DAY, tools)
    assert (young.stories, young.per_week) == (1, None)

    await tell("관세 인하", "", days=7, discovered_at=NOW)
    week = await preview(past, parse("관세"), 30 * DAY, tools, newest=1)
    assert week.held_from == NOW - 7 * DAY
    assert week.per_week == pytest.approx(2, rel=0.01)
    assert [each.title for each in week.newest] == ["관세"]


async def test_a_silent_rule_is_told_with_what_is_wrong_with_it(
    database: Database, past: Past, tools: Tools, tell: Tell
) -> None:
    await tell("수출바우처 모집", "중소기업을 돕는다.", days=3)
    typed = ["수출바우쳐", "출처:yna 모집", "중소기업 부처:산업통상자원부", "모집"]
    written = [(each, canonical(parse(each))) for each in typed]
    await Subscriptions(database).subscribe("나", written, Endpoint("console", "-"))
    async with database.transaction() as tx:
        await tx.execute(sa.update(rule).values(created_at=NOW - 60 * DAY))
        hit = sa.update(rule).where(rule.c.text == "모집")
        await tx.execute(hit.values(last_hit_on=(NOW - 40 * DAY).date()))
    every = sources()
    polled = {each: every[each] for each in ("korea_kr", "mss_press")}

    found = await audit(past, 30 * DAY, tools, Sources(every, polled, []))

    assert (found.rules, found.articles) == (4, 1)
    reasons = {each.rule.text: [why.code for why in each.reasons] for each in found.never}
    assert reasons == {
        "수출바우쳐": ["unseen"],
        "출처:yna 모집": ["source"],
        "중소기업 부처:산업통상자원부": ["ministry-silent"],
    }
    assert [(each.rule.text, each.reasons[0].code) for each in found.stale] == [("모집", "before")]


async def test_a_rule_that_cannot_be_read_any_more_is_told(
    database: Database, past: Past, tools: Tools
) -> None:
    await Subscriptions(database).subscribe(
        "나", [("부처:x", "ministry:x")], Endpoint("console", "-")
    )

    found = await audit(past, 30 * DAY, tools, Sources({}, {}, []))

    assert [why.code for why in found.never[0].reasons] == ["broken"]


async def test_a_person_sees_what_a_rule_brings_before_and_why_it_brought_nothing_after(
    pabal: AwaitedPabal, tell: Tell
) -> None:
    await tell("통관 상담회", "누구나 온다. 관세 상담", days=29.9)
    await tell("관세 설명회", "통관을 돕는다.", days=2)

    said = (await pabal("match", "관세", "--since", "30d")).stdout
    assert "지난 30일이라면 소식 2건, 한 주에 약 0.5건" in said
    assert said.index("«관세» 설명회") < said.index("누구나 온다. «관세» 상담")

    said = (await pabal("subscribe", "나", "--rule", "관세", "--rule", "통관 -관세")).stdout
    assert "관세\n  지난 30일이라면 소식 2건, 한 주에 약 0.5건" in said
    assert "중소벤처기업부: 관세 설명회" in said
    assert "통관 -관세\n  지난 30일이라면 소식 0건 /" in said

    said = (await pabal("audit", "--since", "2w", "--json")).stdout
    *rules, summary = [json.loads(line) for line in said.splitlines()]
    assert {each["rule"]: [why["code"] for why in each["reasons"]] for each in rules} == {
        "관세": ["young", "before"],
        "통관 -관세": ["young", "barred"],
    }
    assert (summary["rules"], summary["never"], summary["stale"]) == (2, 2, 0)
