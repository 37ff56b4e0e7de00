from __future__ import annotations

import json
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from tests.replica import Moody

SECRET = f"whsec_{b64encode(bytes(range(32))).decode()}"
OTHER = f"whsec_{b64encode(bytes(32)).decode()}"
BODY = json.dumps({"type": "alert.created", "data": {"title": "견본"}}, ensure_ascii=False)


@pytest.fixture
def sink() -> Moody:
    return Moody(SECRET)


async def post(
    sink: Moody,
    *,
    body: str = BODY,
    secret: str = SECRET,
    message_id: str = "msg_1",
    at: datetime | None = None,
    **changed: str,
) -> httpx.Response:
    at = at or datetime.now(UTC)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body),
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    transport = httpx.ASGITransport(sink)
    async with httpx.AsyncClient(transport=transport, base_url="http://sink.test") as client:
        return await client.post("/sink/team", content=body.encode(), headers=headers)


async def test_a_signed_message_is_taken_over(sink: Moody) -> None:
    before = time.time()
    response = await post(sink)
    assert response.status_code == 204
    (receipt,) = sink.receipts
    assert (receipt.name, receipt.message_id, receipt.valid) == ("team", "msg_1", True)
    assert receipt.payload == {"type": "alert.created", "data": {"title": "견본"}}
    assert before <= receipt.at <= time.time()


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": OTHER},
        {"at": datetime.now(UTC) - timedelta(minutes=6)},
        {"webhook_signature": "v1,bm90IGl0"},
        {"webhook_signature": "nonsense"},
        {"webhook_id": "msg_2"},
        {"body": "[1]"},
        {"body": "half a {"},
    ],
)
async def test_what_is_not_signed_well_is_told_so(sink: Moody, wrong: dict[str, str]) -> None:
    response = await post(sink, **wrong)  # type: ignore[arg-type]
    assert response.status_code == 401
    assert [(receipt.valid, receipt.payload) for receipt in sink.receipts] == [(False, {})]
    assert sink.ids() == []


async def test_it_fails_as_often_as_it_was_told(sink: Moody) -> None:
    sink.fail_next(2, 503, retry_after=7)
    answers = [await post(sink) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 204]
    assert [answer.headers.get("retry-after") for answer in answers] == ["7", "7", None]
    assert len(sink.refused) == 2
    assert sink.ids() == ["msg_1"]


async def test_ids_repeat_where_messages_do(sink: Moody) -> None:
    for message_id in ("a", "b", "a"):
        await post(sink, message_id=message_id)
    assert sink.ids() == ["a", "b", "a"]


async def test_an_answer_takes_the_delay(sink: Moody) -> None:
    sink.delay = 0.05
    started = time.monotonic()
    await post(sink)
    assert time.monotonic() - started >= 0.05
    assert sink.receipts[0].at < time.time() - 0.04


async def test_only_posts_are_taken(sink: Moody) -> None:
    transport = httpx.ASGITransport(sink)
    async with httpx.AsyncClient(transport=transport, base_url="http://sink.test") as client:
        assert (await client.get("/sink/team")).status_code == 405
