"""Where mail providers tell what became of our mail, asked by them and by others."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import httpx
import pytest

from service.bounces import Bounces
from service.links import Signer
from service.store.bounces import Returns
from service.store.database import Database
from service.web.app import build

SIGNER = Signer(b"a secret of this test, 32 or more")
TOKEN = SIGNER.sign("bounces")
MAIL = UUID(int=7)
COMPLAINT = {"RecordType": "SpamComplaint", "MessageID": f"msg_{MAIL}@pabal.example"}


@pytest.fixture
async def client(migrated_url: str) -> AsyncIterator[httpx.AsyncClient]:
    database = Database(migrated_url, size=2)
    app = build(database, SIGNER, heard=Bounces(Returns(database), None).heard)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as made:
        yield made
    await database.close()


async def test_a_complaint_is_settled_once(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    await sql.execute(
        """WITH owner AS (INSERT INTO subscription (name) VALUES ('나') RETURNING id), place AS (
               INSERT INTO endpoint (subscription_id, channel, address)
               SELECT id, 'mail', 'Reader@a.example' FROM owner RETURNING id, subscription_id
           ), told AS (
               INSERT INTO telling (reason, key, facts) VALUES ('alert', '가', '{}') RETURNING id
           )
           INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, message_id,
               settled_at, outcome)
           SELECT told.id, subscription_id, place.id, 'mail', $1, now(), 'sent' FROM told, place""",
        MAIL,
    )
    for _ in range(2):
        answer = await client.post(f"/bounces/{TOKEN}", json=[COMPLAINT, {"event": "delivered"}])
        assert (answer.status_code, answer.json()) == (200, {"settled": 1})

    assert await sql.fetchval("SELECT address FROM suppressed") == "reader@a.example"


async def test_whoever_does_not_know_the_address_says_nothing(client: httpx.AsyncClient) -> None:
    body = json.dumps(COMPLAINT)
    others = ["", "x", TOKEN[:-1], SIGNER.sign("end", 0, 0), SIGNER.sign("feed", 1, 0)]
    answers = [await client.post(f"/bounces/{each}", content=body) for each in others]
    assert {each.status_code for each in answers} == {404}
    assert (await client.get(f"/bounces/{TOKEN}")).status_code in {404, 405}


@pytest.mark.parametrize("body", [b"", b"null", b"[" * 100_000, b"\xff", b'{"Message": 1}'])
async def test_any_body_is_answered(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(f"/bounces/{TOKEN}", content=body)
    assert (answer.status_code, answer.json()) == (200, {"settled": 0})


async def test_more_than_a_megabyte_is_not_read(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"/bounces/{TOKEN}", content=b" " * 1_000_001)
    assert answer.status_code == 413


async def test_no_token_of_any_page_is_written_to_a_log(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = {"confirm": (1, 0, 1), "end": (1, 0), "mine": (1, 0), "dismiss": (1, 1), "rest": (1, 1)}
    tokens = [TOKEN]
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("httpx").disabled = True  # the test's own client
        await client.post(f"/bounces/{TOKEN}", content=b'{"SubscribeURL": "https://a.example/"}')
        for purpose, numbers in pages.items():
            tokens.append(token := SIGNER.sign(purpose, *numbers))  # type: ignore[arg-type]
            page = "digest" if purpose == "rest" else purpose
            await client.get(f"/{page}/{token}")
            await client.post(f"/{page}/{token}")
    said = caplog.text + "".join(capsys.readouterr())
    assert "bounces.asked" in said
    assert [each for each in tokens if each in said] == []
