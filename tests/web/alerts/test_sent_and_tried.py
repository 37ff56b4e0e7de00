"""What an alert has sent, and what its rules would have brought."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest

from tests.web.alerts.mine import ASKED, make


async def test_what_was_sent_is_shown_with_the_rule_and_its_words_and_an_embargo_is_kept(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    ident = await make(client)
    for title, lifts in (("바우처 모집", None), ("아직 비밀", "2999-01-01")):
        await sql.execute(
            """WITH told AS (
                   INSERT INTO telling (reason, key, facts, embargo_until)
                   VALUES ('alert', $1::text, jsonb_build_object('title', $1::text),
                       $2::timestamptz)
                   RETURNING id)
               INSERT INTO delivery
                   (telling_id, subscription_id, endpoint_id, channel, hits, outcome, settled_at)
               SELECT told.id, subscription_id, endpoint.id, 'mail', $3::jsonb,
                   CASE WHEN $2::timestamptz IS NULL THEN 'dead' END, now()
               FROM endpoint, told""",
            title,
            lifts and datetime.fromisoformat(lifts).replace(tzinfo=UTC),
            '[{"rule": "관세 <b>", "excerpt": "새 관세 안내", "marks": [[2, 4]]}]',
        )
    await sql.execute("UPDATE delivery SET last_error = '550 no such mailbox'")

    shown = (await client.get(f"/alerts/{ident}/history")).text

    assert "바우처 모집" in shown
    assert "새 <mark>관세</mark> 안내" in shown
    assert "<code>관세 &lt;b&gt;</code>" in shown
    assert "550 no such mailbox" in shown
    assert "아직 비밀" not in shown


async def test_a_rule_is_tried_on_the_last_month_before_it_is_saved(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    await sql.execute("INSERT INTO source (id) VALUES ('korea_kr')")
    await sql.execute(
        """INSERT INTO article (source_id, key, url, title, summary, baseline, discovered_at,
               read_at, read_title, read_text, publishers, kind, facts)
           SELECT 'korea_kr', day, 'https://a.example/1', '관세 상담', '', false, $1, $1,
               '관세 상담', '관세 상담을 받을 기업을 모집합니다.', '{mss}', 'notice', '{}'
           FROM unnest(ARRAY['1', '2']) AS day""",
        datetime.now(UTC) - timedelta(days=10),
    )

    shown = await client.post("/alerts/preview", data={"rules": "관세\n(수출"})
    tried = await client.post("/alerts/preview", data={"rules": "관세"})

    assert "note bad" in shown.text
    assert "<b>2건</b>" in tried.text
    assert "관세 상담" in tried.text
    assert "<html" not in tried.text
    assert await sql.fetchval("SELECT count(*) FROM subscription") == 0


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
async def test_a_form_whose_look_another_one_ended_stands_as_it_was_typed(
    client: httpx.AsyncClient, sql: asyncpg.Connection, known: bool
) -> None:
    path = f"/alerts/{await make(client)}" if known else "/alerts/new"
    typed = {"rules": "통상 -전시회", "csrf": client.headers["x-csrf"]}
    waiting = """SELECT count(*) > 0 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'"""
    async with asyncio.timeout(30):
        async with sql.transaction():
            await sql.execute("LOCK TABLE article")
            first = asyncio.create_task(client.post(path, data={**ASKED, **typed, "look": "1"}))
            while not await sql.fetchval(waiting):  # noqa: ASYNC110 - a row tells it
                await asyncio.sleep(0.01)
            second = asyncio.create_task(client.post("/alerts/preview", data=typed))
            form = await first
        assert (await second).status_code == 200

    assert form.status_code == 200
    assert ">통상 -전시회</textarea>" in form.text
    assert 'hx-trigger="load, input' in form.text, "the page looks again by itself"
