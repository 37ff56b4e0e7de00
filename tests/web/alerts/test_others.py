"""My alerts, by whom they are not: never shown, changed or ended by somebody else."""

from __future__ import annotations

import asyncpg
import httpx
import pytest
from starlette.routing import Route

from service.store.database import Database
from service.web.app import build
from tests.web.alerts.mine import ASKED, OTHER, READER, SIGNER, URL, make, means, sign_in

# Every way to one alert: what is read, and what changes something.
READ = ("", "/history")
CHANGED = ("", "/pause", "/resume", "/snooze", "/feeds", "/end")
STATE = """
    SELECT name, cadence, feed_epoch, ended_at, paused_at, snoozed_until, account_id,
        (SELECT array_agg(text ORDER BY id) FROM rule WHERE subscription_id = subscription.id),
        (SELECT array_agg(switched_off_at ORDER BY id) FROM endpoint
            WHERE subscription_id = subscription.id)
    FROM subscription ORDER BY id
"""


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    ("method", "way"), [*(("GET", way) for way in READ), *(("POST", way) for way in CHANGED)]
)
async def test_an_alert_of_another_account_is_never_shown_changed_or_ended(
    client: httpx.AsyncClient, database: Database, sql: asyncpg.Connection, method: str, way: str
) -> None:
    ident = await make(client, rules="비밀스러운규칙")
    before = await sql.fetch(STATE)
    await sign_in(client, database, OTHER)

    answers = [
        await client.request(method, f"/alerts/{number}{way}", data={**ASKED, "until": "1d"})
        for number in (ident, ident + 1, "x", "9" * 30)
    ]

    assert [each.status_code for each in answers] == [404] * 4
    assert not any("비밀스러운규칙" in each.text or READER in each.text for each in answers)
    assert await sql.fetch(STATE) == before
    assert "비밀스러운규칙" not in (await client.get("/alerts")).text


@pytest.mark.fault(21)
async def test_every_way_to_an_alert_is_tried_by_somebody_else(database: Database) -> None:
    app = build(database, SIGNER, URL, means=means())
    ways = {
        (method, each.path.removeprefix("/alerts/{number}"))
        for each in app.routes
        if isinstance(each, Route) and each.path.startswith("/alerts/{number}")
        for method in (each.methods or set()) - {"HEAD"}
    }

    assert ways == {*(("GET", way) for way in READ), *(("POST", way) for way in CHANGED)}


@pytest.mark.parametrize("way", ["/new", *(f"/1{way}" for way in CHANGED)])
async def test_without_the_token_of_a_page_nothing_is_changed(
    client: httpx.AsyncClient, sql: asyncpg.Connection, way: str
) -> None:
    ident = await make(client)
    before = await sql.fetch(STATE)
    del client.headers["x-csrf"]

    refused = await client.post(
        f"/alerts{way}".replace("/1", f"/{ident}"), data={**ASKED, "mine": "1", "csrf": "guess"}
    )

    assert refused.status_code == 403
    assert await sql.fetch(STATE) == before


@pytest.mark.parametrize("way", ["", "/new", "/1", "/1/history"])
async def test_nobody_is_sent_to_sign_in(client: httpx.AsyncClient, way: str) -> None:
    client.cookies.clear()

    sent = await client.get(f"/alerts{way}")

    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/sign-in?next=")
