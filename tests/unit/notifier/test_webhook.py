from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from notifier.channels.webhook import new_secret, sign
from notifier.egress import Reply
from notifier.errors import TryAgain, Undeliverable
from notifier.model import Content, Digest, Message, Notice, Reminder
from tests.unit.notifier.receiver import (
    ALERT,
    AT,
    KEY,
    MESSAGE,
    SECRET,
    Receiver,
    Request,
    open_webhooks,
)


async def _sent(message: Message, now: datetime = AT, **options: Any) -> Request:
    receiver = Receiver()
    await open_webhooks(receiver, now, **options).send(message)
    (request,) = receiver.got
    return request


async def test_the_signature_covers_id_time_and_the_exact_bytes() -> None:
    request = await _sent(MESSAGE)

    signed = b"msg_7.1785717005." + request.content
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-id"] == "msg_7"
    assert request.headers["webhook-timestamp"] == "1785717005"
    assert request.headers["webhook-signature"] == f"v1,{expected}"


@pytest.mark.fault(15)
def test_the_signature_is_that_of_the_specifications_example() -> None:
    at = datetime.fromtimestamp(1_614_265_330, ZoneInfo("Asia/Seoul"))

    made = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        at,
        b'{"test": 2432232314}',
    )

    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.fault(15)
async def test_the_reference_package_verifies_what_is_sent() -> None:
    request = await _sent(replace(MESSAGE, secret=SECRET), datetime.now(UTC))

    payload = Webhook(SECRET).verify(request.content, dict(request.headers))
    assert payload["type"] == "alert.created"
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(SECRET).verify(request.content + b" ", dict(request.headers))


@pytest.mark.fault(15)
async def test_several_secrets_give_a_signature_for_each() -> None:
    old, new = new_secret(), new_secret()

    request = await _sent(replace(MESSAGE, secret=f"{old} {new}"), datetime.now(UTC))

    assert len(request.headers["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        Webhook(secret).verify(request.content, dict(request.headers))
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(new_secret()).verify(request.content, dict(request.headers))


async def test_the_body_is_the_whole_alert_in_readable_utf8() -> None:
    request = await _sent(MESSAGE)

    payload = json.loads(request.content)
    assert payload == {
        "type": "alert.created",
        "timestamp": "2026-08-03T00:30:05+00:00",
        "data": json.loads(json.dumps(asdict(ALERT))),
    }
    assert "수출 물류비 “지원”을".encode() in request.content
    assert request.headers["content-type"] == "application/json"


DIGEST = Digest("구독", "2026-08-03T08:00:00+09:00", "2026-08-04T08:00:00+09:00", (ALERT, ALERT), 3)
NOTICE = Notice("구독", "멈춥니다", ("이틀째 답이 없습니다",))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (ALERT, "alert.created"),
        (replace(ALERT, changes=("마감 8.20 → 8.27 (deadline)",)), "alert.corrected"),
        (replace(ALERT, coverage="전에 알린 제목"), "alert.covered"),
        (DIGEST, "digest.created"),
        (Reminder(replace(ALERT, days_left=7), was="2026-08-01"), "reminder.due"),
        (NOTICE, "notice.created"),
    ],
)
async def test_each_thing_told_has_a_type_and_is_told_whole(content: Content, kind: str) -> None:
    payload = json.loads((await _sent(replace(MESSAGE, content=content))).content)

    assert payload["type"] == kind
    assert payload["data"] == json.loads(json.dumps(asdict(content)))


async def test_a_retry_keeps_id_and_alert_and_renews_time_and_signature() -> None:
    first = await _sent(MESSAGE)
    second = await _sent(replace(MESSAGE, attempt=2), AT + timedelta(minutes=3))

    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert json.loads(first.content)["data"] == json.loads(second.content)["data"]
    assert second.headers["webhook-timestamp"] == "1785717185"
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


async def test_half_a_surrogate_pair_is_replaced_rather_than_fatal() -> None:
    request = await _sent(replace(MESSAGE, content=replace(ALERT, title="반쪽 \ud83d")))

    assert json.loads(request.content)["data"]["title"] == "반쪽 ?"


@pytest.mark.parametrize("secret", [None, "", " ", "whsec_", "whsec_A", "whsec_!!!!", "whsec_키"])
async def test_without_a_usable_secret_nothing_is_sent(secret: str | None) -> None:
    receiver = Receiver()

    with pytest.raises(Undeliverable, match="no usable secret"):
        await open_webhooks(receiver).send(replace(MESSAGE, secret=secret))

    assert receiver.got == []


@pytest.mark.parametrize(
    ("contact", "agent"),
    [("", "Pabal/1"), ("https://pabal.example", "Pabal/1 (+https://pabal.example)")],
)
async def test_the_user_agent_names_us_and_a_contact(contact: str, agent: str) -> None:
    assert (await _sent(MESSAGE, contact=contact)).headers["user-agent"] == agent


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("Mon, 03 Aug 2026 00:31:05 GMT", 59.3),
        ("Mon, 03 Aug 2026 09:31:05 +0900", 59.3),
        ("Mon, 03 Aug 2026 00:31:05 -0000", 59.3),
        ("Mon, 03 Aug 2026 00:00:00 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("9" * 5000, None),
        ("soon", None),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
        ("Mon, 03 Aug 2026 00:31:05 +99999999999", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_read_in_both_forms(
    status: int, header: str, wait: float | None
) -> None:
    with pytest.raises(TryAgain) as caught:
        await open_webhooks(Receiver(Reply(status, retry_after=header))).send(MESSAGE)

    assert caught.value.retry_after == wait


def test_a_new_secret_is_32_random_bytes() -> None:
    first, second = new_secret(), new_secret()

    assert first != second
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32
    assert first.startswith("whsec_")


async def test_a_clock_in_any_zone_gives_the_same_timestamp() -> None:
    west = timezone(timedelta(hours=-7))

    request = await _sent(MESSAGE, AT.astimezone(west))

    assert request.content == (await _sent(MESSAGE)).content
    assert (
        request.headers["webhook-signature"] == (await _sent(MESSAGE)).headers["webhook-signature"]
    )
