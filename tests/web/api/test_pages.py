"""The pages about the API: what it has, drawn from itself, and one's own keys."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256

import httpx
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from service.links import Signer
from service.store import tables
from service.store.database import Database
from service.store.keys import LOOKS_LIKE_ONE, Keys
from service.web.app import build

Add = Callable[..., Awaitable[int]]


@pytest.fixture
async def browser(database: Database, account: Add) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is signed in."""
    mine = await account("a@x.example")
    async with database.transaction() as tx:
        session = sa.insert(tables.session).values(
            sha256=sha256(b"token").digest(),
            account_id=mine,
            expires_at=sa.func.now() + sa.text("interval '1 day'"),
        )
        await tx.execute(session)
    app = build(database, Signer(b"a secret of this test, 32 or more"))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://pabal.test", cookies={"pabal": "token"}
    ) as client:
        yield client


def csrf(page: httpx.Response) -> str:
    field = BeautifulSoup(page.text, "lxml").select_one('main form input[name="csrf"]')
    assert field is not None
    return str(field["value"])


async def test_the_page_shows_every_route_and_every_problem(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/api")
    schema = (await browser.get("/api/v1/openapi.json")).json()

    shown = {each.text for each in BeautifulSoup(page.text, "lxml").select("h3 code")}
    declared = {
        f"{method.upper()} {path}" for path, held in schema["paths"].items() for method in held
    }
    assert shown == declared
    assert schema["openapi"].startswith("3.1")
    assert 'id="problem-limit"' in page.text
    assert "http" not in re.sub(r"https?://(pabal\.test|example\.org)", "", page.text)


async def test_a_key_is_made_shown_once_exchanged_and_revoked(
    browser: httpx.AsyncClient, database: Database
) -> None:
    page = await browser.get("/alerts/keys")
    asked = {"name": "장부", "scope": ["read", "alerts"], "lasts": "30", "csrf": csrf(page)}

    made = await browser.post("/alerts/keys", data=asked)
    key = LOOKS_LIKE_ONE.search(made.text)
    again = await browser.get("/alerts/keys")
    assert key is not None
    bearer = await Keys(database).bearer(key[0])
    assert bearer is not None
    (listed,) = await Keys(database).listed(bearer.account_id)
    token = {"csrf": csrf(again)}
    new = LOOKS_LIKE_ONE.search(
        (await browser.post(f"/alerts/keys/{listed.id}/exchange", data=token)).text
    )
    revoked = await browser.post(f"/alerts/keys/{listed.id}/revoke", data=token)

    assert key[0] not in again.text
    assert made.headers["cache-control"] == "private, no-store"
    assert bearer.scopes == {"read", "alerts"}
    assert new is not None
    assert revoked.status_code == 303
    assert await Keys(database).bearer(key[0]) is None
    assert await Keys(database).bearer(new[0]) is not None


async def test_a_key_is_not_made_without_the_token_of_the_page(
    browser: httpx.AsyncClient,
) -> None:
    refused = await browser.post("/alerts/keys", data={"name": "x", "scope": "read"})

    assert refused.status_code == 403


async def test_keys_are_for_who_is_signed_in(browser: httpx.AsyncClient) -> None:
    browser.cookies.clear()

    sent = await browser.get("/alerts/keys")

    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/sign-in")
