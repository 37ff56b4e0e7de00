"""A deadline that moved or went, and what was told of it before: whom that reminds, and of what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

import asyncpg

from service.store.reminders import Reminders
from service.store.rows import WITHDRAWN
from tests.store.reminders.called import END, LAST, SEOUL, TODAY, TOLD, of, only, reminded, rung

Add = Callable[..., Awaitable[int]]
Tell = Callable[..., Awaitable[int]]


async def test_who_sleeps_is_not_reminded_of_a_deadline_that_has_moved_meanwhile(
    reminders: Reminders, story: int, add: Add, tell: Tell, sql: asyncpg.Connection
) -> None:
    until = datetime.now(SEOUL) + timedelta(hours=1)
    await tell(story, snoozed_until=until)
    await reminders.remind(replace(rung(await only(reminders)), over=until + timedelta(hours=1)))
    outcome = "SELECT outcome FROM delivery ORDER BY id DESC LIMIT 1"

    await reminders.forget_outdated()
    assert await sql.fetchval(outcome) is None

    article_id = await sql.fetchval("SELECT id FROM article")
    await add("telling", reason="correction", **of(story, article_id, apply_by="2026-10-25"))
    await reminders.forget_outdated()
    assert await sql.fetchval(outcome) == "ended"


async def test_a_moved_deadline_says_what_was_told_before_to_whom_it_was(
    reminders: Reminders, story: int, add: Add, tell: Tell, sql: asyncpg.Connection
) -> None:
    article_id = await sql.fetchval("SELECT id FROM article")
    first, second, third = [await tell(story, at=TOLD + timedelta(days=each)) for each in (0, 2, 4)]
    for days, before in ((1, "2026-10-14"), (3, "2026-10-22")):
        revision_id = await add(
            "revision",
            article_id=article_id,
            facts={"call": {"end": before, "end_clock": "18:00"}},
        )
        values = of(story, article_id) | {"created_at": TOLD + timedelta(days=days)}
        await add("telling", reason="correction", revision_id=revision_id, **values)

    assert await reminders.remind(rung(await only(reminders))) == 3

    assert await reminded(sql) == {
        first: "2026-10-14 18:00",
        second: "2026-10-22 18:00",
        third: None,
    }


async def test_the_newest_telling_says_until_when(
    reminders: Reminders, story: int, add: Add, sql: asyncpg.Connection
) -> None:
    release = await add("article", story_id=story, kind="notice", call_end=date(2026, 10, 25))
    earlier = await add(
        "article", story_id=story, facts={"call": {"end": "2026-10-20", "end_clock": None}}
    )
    revision_id = await add("revision", article_id=release, earlier_id=earlier)
    values = of(story, release, apply_by="2026-10-25", title="연장")
    await add("telling", reason="correction", revision_id=revision_id, **values)
    news = await add("article", story_id=story, kind="news")
    await add("telling", reason="alert", **of(story, news, apply_by="2026-10-30"))

    call = await only(reminders)

    title = await sql.fetchval(
        "SELECT facts ->> 'title' FROM telling WHERE id = $1", call.newest_id
    )
    assert (call.apply_by, title) == ("2026-10-25", "연장")
    assert call.moves == [(TOLD, "2026-10-20")]


async def test_a_call_that_is_withdrawn_or_has_no_end_any_more_reminds_nobody(
    reminders: Reminders, story: int, add: Add, sql: asyncpg.Connection
) -> None:
    article_id = await sql.fetchval("SELECT id FROM article")
    other = await add("story")
    cancelled = await add("article", story_id=other, call_end=END)
    await add("telling", **of(other, cancelled, apply_by=None))
    assert (await only(reminders)).story_id == story

    await add("revision", article_id=article_id, changes=[asdict(WITHDRAWN)])

    assert await reminders.calls(TODAY, LAST) == []
