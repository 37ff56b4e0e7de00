"""A browser's push service on this machine, and the browser: it checks who pushes, and decrypts."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from http_ece import ECEException
from py_vapid import Vapid02

from notifier.channels.web_push import new_key, open_channel, public_key
from notifier.errors import BadAddress, TryAgain, Undeliverable
from notifier.model import Alert, ChannelOptions, Message

Receiver = Callable[..., AbstractAsyncContextManager[tuple[str, list[Any]]]]
Given = Callable[[str], ChannelOptions]

RECORDED = json.loads((Path(__file__).parent / "web_push" / "message.json").read_text("utf-8"))
ALERT = Alert(
    "구독", "수출 <b>대책</b>", "https://news.example.go.kr/1", None, "mss", None, None, "", ()
)


def _message(url: str, **more: Any) -> Message:
    address = RECORDED["address"].replace("{receiver}", url)
    return Message("msg_1", address, None, **{"content": ALERT, "attempt": 1, **more})


async def test_the_browser_alone_reads_it_and_the_service_knows_who_pushed(
    receiver: Receiver, given: Given, decrypted: Callable[[bytes], bytes]
) -> None:
    async with receiver("201 Created") as (url, got):
        channel = open_channel(given(url))
        receipt = await channel.send(_message(url, thread="story 12"))
        await channel.aclose()
    (request,) = got

    assert receipt.detail.startswith("201 in ")
    assert json.loads(decrypted(request.body))["title"] == "수출 <b>대책</b>"
    assert "수출".encode() not in request.body
    assert (request.headers["content-encoding"], request.headers["ttl"]) == ("aes128gcm", "604800")
    authorization = request.headers["authorization"]
    assert Vapid02.verify(authorization)
    token, _, key = authorization.removeprefix("vapid t=").partition(",k=")
    assert key == public_key(given(url).vapid_key)
    claims = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    assert (claims["aud"], claims["sub"]) == (url, "mailto:ops@pabal.example")
    assert 0 < claims["exp"] - datetime.now(UTC).timestamp() <= 12 * 3600


async def test_another_browser_reads_nothing(
    receiver: Receiver, given: Given, decrypted: Callable[[bytes], bytes]
) -> None:
    other = json.loads(RECORDED["address"])
    other["keys"]["p256dh"] = public_key(new_key())
    async with receiver() as (url, got):
        channel = open_channel(given(url))
        address = json.dumps(other).replace("{receiver}", url)
        await channel.send(replace(_message(url), address=address))
        await channel.aclose()

    with pytest.raises((ECEException, InvalidTag)):
        decrypted(got[0].body)


async def test_what_is_told_of_one_event_takes_the_place_of_what_was_told_before(
    receiver: Receiver, given: Given
) -> None:
    corrected = replace(ALERT, changes=("마감 8.20 → 8.31",))
    async with receiver() as (url, got):
        channel = open_channel(given(url))
        await channel.send(_message(url, thread="story 12"))
        await channel.send(_message(url, thread="story 12", content=corrected))
        await channel.send(_message(url, thread="story 13"))
        await channel.aclose()
    first, second, third = (request.headers["topic"] for request in got)

    assert first == second != third
    assert len(first) <= 32
    assert [request.headers["urgency"] for request in got] == ["normal", "high", "normal"]


@pytest.mark.parametrize("contact", ["https://ops.example/pabal", "mailto:ops@pabal.example", ""])
async def test_any_contact_signs(contact: str, receiver: Receiver, given: Given) -> None:
    async with receiver() as (url, got):
        channel = open_channel(replace(given(url), contact=contact))
        await channel.send(_message(url))
        await channel.aclose()

    claims = got[0].headers["authorization"].removeprefix("vapid t=").split(".")[1]
    assert json.loads(urlsafe_b64decode(claims + "=="))["sub"] == contact


POINT = RECORDED["address"].partition('"p256dh":"')[2].partition('"')[0]


@pytest.mark.parametrize(
    "address",
    [
        "https://push.example/1",
        "[]",
        "{}",
        '{"endpoint": "https://push.example/1"}',
        json.dumps({"endpoint": "https://push.example/1", "keys": {"p256dh": POINT, "auth": "x"}}),
        json.dumps({"endpoint": "https://push.example/1", "keys": {"p256dh": 1, "auth": None}}),
        json.dumps({"endpoint": 7, "keys": {"p256dh": POINT, "auth": "A" * 22}}),
        json.dumps(
            {"endpoint": "https://p.example", "keys": {"p256dh": "B" * 87, "auth": "A" * 22}}
        ),
        json.dumps({"endpoint": "http://p.example/", "keys": {"p256dh": POINT, "auth": "A" * 22}}),
        json.dumps({"endpoint": "https://10.0.0.1/", "keys": {"p256dh": POINT, "auth": "A" * 22}}),
        json.dumps(
            {"endpoint": "https://[2606:4700::1]/", "keys": {"p256dh": POINT, "auth": "A" * 22}}
        ),
        "[" * 4000,
        '{"endpoint": "https://push.example/' + "x" * 5000,
    ],
)
async def test_anything_but_a_subscription_is_no_address(address: str) -> None:
    channel = open_channel(ChannelOptions(vapid_key=new_key()))

    with pytest.raises(BadAddress):
        channel.check_address(address)
    with pytest.raises(Undeliverable):
        await channel.send(replace(_message("https://push.example"), address=address))


async def test_without_a_key_no_address_is_taken_and_what_is_owed_waits() -> None:
    message = _message("https://push.example")
    channel = open_channel(ChannelOptions())

    with pytest.raises(BadAddress, match="PABAL_VAPID_KEY"):
        channel.check_address(message.address)
    with pytest.raises(TryAgain, match="PABAL_VAPID_KEY") as caught:
        await channel.send(message)
    assert caught.value.ours
    wrong = open_channel(ChannelOptions(vapid_key="A" * 43))
    with pytest.raises(TryAgain, match="no such key") as caught:
        await wrong.send(message)
    assert caught.value.ours


def test_a_new_key_is_a_key_that_is_not_shown_with_the_options() -> None:
    key = new_key()

    point = urlsafe_b64decode(public_key(key) + "=")
    assert (len(urlsafe_b64decode(key + "=")), len(point), point[0]) == (32, 65, 4)
    assert urlsafe_b64encode(point).decode().rstrip("=") == public_key(key)
    assert key not in repr(ChannelOptions(vapid_key=key))
