from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from yarl import URL

from notifier.channels.webhook import Webhooks, new_secret, sign
from notifier.egress import Reply
from notifier.errors import BadAddress, TryAgain, Undeliverable
from notifier.model import (
    Alert,
    ChannelOptions,
    Content,
    Digest,
    File,
    Hit,
    Message,
    Notice,
    Question,
    Reminder,
)
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
    hits=(Hit("수출", "…수출 물류비를…", ((1, 3),)),),
    files=(File("붙임.hwpx", "https://news.example.go.kr/f/1"),),
)
MESSAGE = Message("msg_7", "https://receiver.example/hook", SECRET, ALERT, attempt=1)


@dataclass(frozen=True)
class Request:
    """What goes to a receiver."""

    content: bytes
    headers: Mapping[str, str]


class Receiver:
    """Takes posts in memory, and says to all what it was told to."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.got: list[Request] = []
        self._reply = reply or Reply(204)

    async def post(self, url: URL, content: bytes, headers: Mapping[str, str]) -> Reply:
        assert str(url) == MESSAGE.address
        self.got.append(Request(content, headers))
        return self._reply

    async def aclose(self) -> None:
        pass


def _webhooks(receiver: Receiver, now: datetime = AT, **options: Any) -> Webhooks:
    return Webhooks(Poster(ChannelOptions(**options), receiver, now=lambda: now))


async def _sent(message: Message, now: datetime = AT, **options: Any) -> Request:
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


QUESTION = Question("구독", ("수출",), link="https://pabal.example/confirm/x", code="c0de-1")


async def test_a_question_asks_for_its_challenge_and_tells_nothing_else() -> None:
    receiver = Receiver(Reply(200, body=b"c0de-1"))

    await _webhooks(receiver).send(replace(MESSAGE, content=QUESTION))

    payload = json.loads(receiver.got[0].content)
    assert (payload["type"], payload["data"]) == ("endpoint.verify", {"challenge": "c0de-1"})


@pytest.mark.parametrize(
    "body", [b'{"challenge": "c0de-1", "more": 1}', b"c0de-1", b" c0de-1\r\n", b'"c0de-1"']
)
@pytest.mark.parametrize("status", [200, 202])
async def test_an_answer_with_the_challenge_is_proof(status: int, body: bytes) -> None:
    webhooks = _webhooks(Receiver(Reply(status, body=body)))

    assert (await webhooks.send(replace(MESSAGE, content=QUESTION))).proven


async def test_an_alert_proves_nothing() -> None:
    assert not (await _webhooks(Receiver(Reply(200, body=b"c0de-1"))).send(MESSAGE)).proven


@pytest.mark.parametrize(
    "body",
    [b"", b"ok", b'{"challenge": "c0de-2"}', b'{"challenge": ["c0de-1"]}', b"not c0de-1", b"\xff"],
)
async def test_a_2xx_without_the_challenge_is_no_proof(body: bytes) -> None:
    with pytest.raises(Undeliverable, match=r"200: .*did not answer the challenge"):
        await _webhooks(Receiver(Reply(200, body=body))).send(replace(MESSAGE, content=QUESTION))


async def test_a_question_without_a_challenge_is_never_answered() -> None:
    blank = replace(MESSAGE, content=replace(QUESTION, code=""))

    with pytest.raises(Undeliverable, match="did not answer"):
        await _webhooks(Receiver(Reply(204))).send(blank)


async def test_a_question_whose_answer_broke_off_is_asked_again() -> None:
    webhooks = _webhooks(Receiver(Reply(200, body=b'{"chall', broken=True)))

    with pytest.raises(TryAgain, match="broke off"):
        await webhooks.send(replace(MESSAGE, content=QUESTION))


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
    with pytest.raises(TryAgain) as caught:
        await _webhooks(Receiver(Reply(status, retry_after=header))).send(MESSAGE)

    assert caught.value.retry_after == wait


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
        (" https://receiver.example/", "not a URL"),
        ("", "https only"),
        ("https:///hook", "no such host"),
        ("https:/receiver.example", "no such host"),
        ("https://receiver.example:0/", "no such host or port"),
        ("https://receiver.example:99999/", "not a URL"),
        ("https://receiver.example:x/", "not a URL"),
        ("https://receiver .example/", "not a URL"),
        ("https://a..example/", "no such host"),
        ("https://8.8.8.8./", "no such host"),
        ("https://256.1.1.1/", "no such host"),
        ("https://%31%32%37.0.0.1/", "no such host"),
        ("https://exa%00mple/", "no such host"),
        ("https://[fe80::1%25lo]/", "no such host"),
        ("https://[receiver]/", "not a URL"),
        ("https://receiver.example/\n", "not a URL"),
        ("https://①②⑦.0.0.1/", "not a public address"),
        ("https://receiver.example\\.other.example/", "not a URL"),
        ("https://" + "x" * 64 + ".example/", "no such host"),
        ("https://me@receiver.example/", "no user name"),
        ("https://me:word@receiver.example/", "no user name"),
        ("https://good.example\\@receiver.example/", "not a URL"),
        ("https://receiver.example/#part", "no fragment"),
        ("https://receiver.example/#", "no fragment"),
        ("https://127.0.0.1/", "not a public address"),
        ("https://0x7f.1/", "not a public address"),
        ("https://2130706433/", "not a public address"),
        ("https://127。0。0。1/", "not a public address"),
        ("https://0x8080808/", "an odd spelling"),
        ("https://8.8.2056/", "an odd spelling"),
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
