"""Apprise against a receiver of its JSON notifications on this machine."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import pytest

from notifier.channels.apprise import open_channel
from notifier.errors import BadAddress, TryAgain, Undeliverable
from notifier.model import Alert, ChannelOptions, Digest, Message

Receiver = Callable[..., AbstractAsyncContextManager[tuple[str, list[Any]]]]

ALERT = Alert(
    "구독", "@everyone *수출* 대책", "https://news.example.go.kr/1", None, "mss", None, None, "", ()
)
ALLOWED = ChannelOptions(apprise=True, timeout=5.0)


def _message(url: str) -> Message:
    return Message("msg_1", url.replace("http://", "json://"), None, ALERT, 1)


async def test_what_apprise_took_is_sent_with_no_mark_that_a_service_reads(
    receiver: Receiver,
) -> None:
    async with receiver("200 OK") as (url, got):
        receipt = await open_channel(ALLOWED).send(_message(url))

    said = json.loads(got[0].body)
    assert receipt.detail == "apprise JSON"
    assert (said["title"], said["type"]) == ("＠everyone ＊수출＊ 대책", "info")
    assert said["message"].split("\n")[0] == "원문 https://news.example.go.kr/1"


async def test_a_long_digest_is_cut_to_whole_entries(receiver: Receiver) -> None:
    at = "2026-11-22T08:00:00+09:00"
    long = replace(ALERT, title="수출 대책 " * 40)
    digest = Digest("구독", at, at, (long,) * 60, more=9, rest="https://pabal.example/digest/b")
    async with receiver("200 OK") as (url, got):
        await open_channel(ALLOWED).send(replace(_message(url), content=digest))

    text = json.loads(got[0].body)["message"]
    shown = text.count(" https://news.example.go.kr/1")
    assert len(text) <= 8000
    assert 20 < shown < 60
    assert f"외 {69 - shown}건 https://pabal.example/digest/b" in text


@pytest.mark.parametrize("answer", ["429 Slow", "500 Oops", "404 No"])
async def test_what_apprise_could_not_send_is_tried_again(answer: str, receiver: Receiver) -> None:
    async with receiver(answer) as (url, got):
        with pytest.raises(TryAgain, match="could not send"):
            await open_channel(ALLOWED).send(_message(url))

    assert len(got) == 1


async def test_a_service_that_says_nothing_holds_nobody_up_for_long() -> None:
    done = asyncio.Event()

    async def silence(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    async with await asyncio.start_server(silence, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        channel = open_channel(replace(ALLOWED, timeout=0.3))
        with pytest.raises(TryAgain, match="no answer"):
            await channel.send(_message(url))
        done.set()
        await channel.aclose()


async def test_it_must_be_allowed() -> None:
    channel = open_channel(ChannelOptions())

    with pytest.raises(BadAddress, match="PABAL_APPRISE=true"):
        channel.check_address("json://receiver.example")
    with pytest.raises(Undeliverable, match="PABAL_APPRISE=true"):
        await channel.send(_message("http://receiver.example"))


def test_where_it_is_not_installed_it_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    with pytest.raises(BadAddress, match=r"pip install 'pabal\[apprise\]'"):
        open_channel(ALLOWED).check_address("json://receiver.example")


@pytest.mark.parametrize(
    "address", ["json://a.example", "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"]
)
def test_an_address_that_apprise_knows_is_one(address: str) -> None:
    open_channel(ALLOWED).check_address(address)


@pytest.mark.parametrize(
    "address",
    ["https://", "nobody://x", "json://a.example, json://b.example", "json://" + "a" * 3000, "-"],
)
def test_any_other_is_none(address: str) -> None:
    with pytest.raises(BadAddress, match="not an address of Apprise"):
        open_channel(ALLOWED).check_address(address)
