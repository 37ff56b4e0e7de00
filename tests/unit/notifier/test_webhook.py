from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from notifier.channels.webhook import Webhooks, new_secret
from notifier.errors import BadAddress, TryAgain, Undeliverable
from notifier.model import Alert, ChannelOptions, Hit, Message
from notifier.posting import Poster

AT = datetime(2026, 8, 3, 9, 30, 5, 700_000, tzinfo=ZoneInfo("Asia/Seoul"))
KEY = b"a key of this test, 32 bytes long"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
ALERT = Alert(
    subscription="수출 소식",
    title="수출 물류비 “지원”을 늘립니다",
    url="https://news.example.go.kr/1",
    publisher="산업통상부",
    source="motir",
    published_at="2026-08-03T09:30:00+09:00",
    published_precision="minute",
    summary="한도를 올린다.",
    hits=(Hit("수출", "…수출 물류비를…"),),
)
MESSAGE = Message("msg_7", "https://receiver.example/hook", SECRET, ALERT, attempt=1)


def _answer(status: int, retry_after: str = "") -> httpx.Response:
    """An answer whose body is still to be read, as off a wire."""
    headers = [(b"retry-after", retry_after.encode())]
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(b""))


class Receiver:
    """Takes requests in memory and gives the answers it was told."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.got: list[httpx.Request] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        return self._answers.pop(0) if self._answers else _answer(204)


def _webhooks(receiver: Any, now: datetime = AT, **options: Any) -> Webhooks:
    transport = httpx.MockTransport(receiver)
    return Webhooks(Poster(ChannelOptions(**options), transport, now=lambda: now))


async def _sent(message: Message, now: datetime = AT, **options: Any) -> httpx.Request:
    receiver = Receiver()
    await _webhooks(receiver, now, **options).send(message)
    (request,) = receiver.got
    return request


async def test_the_signature_covers_id_time_and_the_exact_bytes() -> None:
    request = await _sent(MESSAGE)

    signed = b"msg_7.1785717005." + request.content
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-id"] == "msg_7"
    assert request.headers["webhook-timestamp"] == "1785717005"
    assert request.headers["webhook-signature"] == f"v1,{expected}"


async def test_the_reference_package_verifies_what_is_sent() -> None:
    request = await _sent(replace(MESSAGE, secret=SECRET), datetime.now(UTC))

    payload = Webhook(SECRET).verify(request.content, dict(request.headers))
    assert payload["type"] == "alert.created"
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(SECRET).verify(request.content + b" ", dict(request.headers))


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


async def test_a_correction_has_a_type_of_its_own() -> None:
    corrected = replace(ALERT, changes=("마감 8.20 → 8.27 (deadline)",))

    payload = json.loads((await _sent(replace(MESSAGE, alert=corrected))).content)

    assert payload["type"] == "alert.corrected"
    assert payload["data"]["changes"] == ["마감 8.20 → 8.27 (deadline)"]


async def test_a_retry_keeps_id_and_alert_and_renews_time_and_signature() -> None:
    first = await _sent(MESSAGE)
    second = await _sent(replace(MESSAGE, attempt=2), AT + timedelta(minutes=3))

    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert json.loads(first.content)["data"] == json.loads(second.content)["data"]
    assert second.headers["webhook-timestamp"] == "1785717185"
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


async def test_half_a_surrogate_pair_is_replaced_rather_than_fatal() -> None:
    request = await _sent(replace(MESSAGE, alert=replace(ALERT, title="반쪽 \ud83d")))

    assert json.loads(request.content)["data"]["title"] == "반쪽 ?"


@pytest.mark.parametrize("secret", [None, "", " ", "whsec_", "whsec_A", "whsec_!!!!", "whsec_키"])
async def test_without_a_usable_secret_nothing_is_sent(secret: str | None) -> None:
    receiver = Receiver()

    with pytest.raises(Undeliverable, match="no usable secret"):
        await _webhooks(receiver).send(replace(MESSAGE, secret=secret))

    assert receiver.got == []


async def test_an_address_that_is_no_longer_allowed_is_undeliverable() -> None:
    receiver = Receiver()

    with pytest.raises(Undeliverable, match="https only"):
        await _webhooks(receiver).send(replace(MESSAGE, address="http://receiver.example/"))

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
    receiver = Receiver(_answer(status, header))

    with pytest.raises(TryAgain) as caught:
        await _webhooks(receiver).send(MESSAGE)

    assert caught.value.retry_after == wait


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("x"),
        httpx.ConnectTimeout("x"),
        httpx.ReadError("x"),
        httpx.WriteError("x"),
        httpx.RemoteProtocolError("x"),
        TimeoutError(),
    ],
)
async def test_a_network_failure_is_tried_again(error: Exception) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(TryAgain) as caught:
        await _webhooks(fail).send(MESSAGE)

    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    "address",
    [
        "https://receiver.example",
        "https://receiver.example:8443/a/b?c=d&e=%20",
        "https://한국.example/훅",
        "https://receiver.example./",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]:443/",
        "HTTPS://RECEIVER.EXAMPLE/",
        "https://a_b.example/",
    ],
)
def test_an_absolute_https_url_is_an_address(address: str) -> None:
    _webhooks(Receiver()).check_address(address)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://receiver.example/", "https only"),
        ("ftp://receiver.example/", "https only"),
        ("file:///etc/passwd", "https only"),
        ("//receiver.example/", "https only"),
        ("receiver.example/hook", "https only"),
        (" https://receiver.example/", "https only"),
        ("", "https only"),
        ("https:///hook", "no such host"),
        ("https:/receiver.example", "no such host"),
        ("https://receiver.example:0/", "no such host or port"),
        ("https://receiver.example:99999/", "no such host or port"),
        ("https://receiver.example:x/", "not a URL"),
        ("https://receiver .example/", "no such host"),
        ("https://a..example/", "no such host"),
        ("https://%31%32%37.0.0.1/", "no such host"),
        ("https://exa%00mple/", "no such host"),
        ("https://[fe80::1%25lo]/", "no such host"),
        ("https://[receiver]/", "not a URL"),
        ("https://receiver.example/\n", "not a URL"),
        ("https://①②⑦.0.0.1/", "not a URL"),
        ("https://xn--9q8h.example/", "not a URL"),
        ("https://me@receiver.example/", "no user name"),
        ("https://me:word@receiver.example/", "no user name"),
        ("https://good.example\\@receiver.example/", "no user name"),
        ("https://receiver.example/#part", "no fragment"),
        ("https://receiver.example/#", "no fragment"),
        ("https://127.0.0.1/", "not a public address"),
        ("https://0x7f.1/", "not a public address"),
        ("https://2130706433/", "not a public address"),
        ("https://127。0。0。1/", "not a public address"),
        ("https://10.1.2.3:8443/", "not a public address"),
        ("https://[::1]/", "not a public address"),
        ("https://[::ffff:8.8.8.8]/", "not a public address"),
        ("https://receiver.example/" + "x" * 2048, "too long"),
    ],
)
def test_what_can_never_work_is_refused_when_typed(address: str, why: str) -> None:
    with pytest.raises(BadAddress, match=why):
        _webhooks(Receiver()).check_address(address)


def test_private_networks_and_plain_http_are_allowed_together() -> None:
    webhooks = _webhooks(Receiver(), private_addresses=True)

    webhooks.check_address("http://10.1.2.3:8080/hook")
    webhooks.check_address("https://[::1]/hook")
    with pytest.raises(BadAddress, match="https only"):
        webhooks.check_address("ftp://10.1.2.3/hook")
    with pytest.raises(BadAddress, match="no user name"):
        webhooks.check_address("http://me@10.1.2.3/hook")


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
