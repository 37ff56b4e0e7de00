"""Whatever a user types, nothing reaches this machine: a listener here counts its visitors.

The DNS of these tests is hostile: any name that is not spelt as a number is this machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from notifier.channels.webhook import Webhooks, new_secret, open_channel
from notifier.egress import PublicOnly, literal, open_transport
from notifier.errors import BadAddress, TryAgain, Undeliverable
from notifier.model import Alert, ChannelOptions, Message
from notifier.posting import Poster

LITERALS = """
127.0.0.1 127.1 127.0.1 127.000.000.001 0177.0.0.1 0177.1 0177.0.1 00177.0.0.1 017700000001
0x7f.0.0.1 0x7f.1 0X7F.1 0x7f.0x0.0x0.0x1 0x7f000001 0x7F000001 2130706433 0x7f.0.1 0x7f.00.01
127.0.0.2 127.255.255.254 127.127.127.127 0 0.0.0.0 0x0 00 0.0 0.0.0
[::1] [::] [0:0:0:0:0:0:0:1] [0000::0001] [::127.0.0.1] [::7f00:1]
[::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:7F00:1] [0:0:0:0:0:ffff:127.0.0.1] [::ffff:0:127.0.0.1]
[64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [64:ff9b:1::127.0.0.1]
[2002:7f00:1::] [2002:7f00:1::1] [2001::7f00:1] [2001:0:7f00:1::80ff:fffe]
[fe80::1] [fec0::1] [fc00::1] [fd00::1] [ff02::1] [ff01::1] [100::1] [5f00::1]
[fe80::1%25lo] [::1%25lo] [fe80::1%lo]
10.0.0.1 10.1 172.16.0.1 192.168.0.1 192.168.1 100.64.0.1 192.0.0.8 192.0.0.170 192.88.99.1
169.254.169.254 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.43518 198.18.0.1 224.0.0.1
255.255.255.255 240.0.0.1 192.0.2.1 198.51.100.1 203.0.113.1 [2001:db8::1] [3fff::1]
"""
NAMES = """
localhost LOCALHOST localhost. LocalHost.LocalDomain localhost6 ip6-localhost 127.0.0.1. 127.1.
127.0.0.1.nip.example 1.0.0.127.in-addr.arpa metadata.google.internal kubernetes.default.svc db
xn--9q8h.example ㅋㅋ.example 파발.한국 ﬁle.example ＬＯＣＡＬＨＯＳＴ loc%61lhost %31%32%37.0.0.1
127。0。0。1 127．0．0．1 127｡0｡0｡1 １２７.0.0.1 ①②⑦.⓪.⓪.① 256.0.0.1 127.0.0.1.1 1e3.0.0.1
0x7f.0x.1 08.0.0.1 -127.0.0.1 127..1 .127.0.0.1 _.example a..b 127.0.0.1%00.example
127.0.0.1%2eexample 127.0.0.1%09 %00 %5B::1%5D
"""
WHOLE = (
    "{scheme}://receiver.example@127.0.0.1:{port}/",
    "{scheme}://8.8.8.8@127.0.0.1:{port}/",
    "{scheme}://8.8.8.8:80@127.0.0.1:{port}/",
    "{scheme}://8.8.8.8%40127.0.0.1:{port}/",
    "{scheme}://8.8.8.8\\@127.0.0.1:{port}/",
    "{scheme}://127.0.0.1:{port}\\@8.8.8.8.example/",
    "{scheme}://127.0.0.1:{port}#@8.8.8.8.example/",
    "{scheme}://127.0.0.1:{port}?@8.8.8.8.example/",
    "{scheme}:\\\\127.0.0.1:{port}/",
    "{scheme}:127.0.0.1:{port}/",
    "{scheme}:/127.0.0.1:{port}/",
    "{scheme}:///127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    " {scheme}://127.0.0.1:{port}/",
    "\t{scheme}://127.0.0.1:{port}/",
    "{scheme}://127.0.0.1:{port}/\r\nhost: receiver.example",
    "{scheme}://@127.0.0.1:{port}/",
    "{scheme}://:@127.0.0.1:{port}/",
    "{scheme}://127.0.0.1 :{port}/",
    "{scheme}://127.0.0.1\u200b:{port}/",
    "{scheme}://127.0.0.1:0{port}/",
    "{scheme}://127.0.0.1:{port}:80/",
)
FORMS = [
    *(f"{{scheme}}://{host}:{{port}}/" for host in (*LITERALS.split(), *NAMES.split())),
    *WHOLE,
]


async def hostile(host: str) -> Sequence[str]:
    spelt = literal(host)
    return ["127.0.0.1" if spelt is None else str(spelt)]


def _guarded() -> PublicOnly:
    return PublicOnly(httpx.AsyncHTTPTransport(), hostile)


def _message(address: str) -> Message:
    alert = Alert("구독", "제목", "https://news.example.go.kr/1", None, "mss", None, None, "", ())
    return Message("msg_1", address, new_secret(), alert, attempt=1)


@asynccontextmanager
async def _canary() -> AsyncIterator[tuple[int, list[str]]]:
    """A listener on the loopback that hangs up at once: its port and its visitors."""
    visitors: list[str] = []

    async def visited(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visitors.append(str(writer.get_extra_info("peername")))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(visited, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], visitors


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_form_of_a_private_address_passes_the_guard(scheme: str) -> None:
    passed = []
    async with _canary() as (port, visitors), httpx.AsyncClient(transport=_guarded()) as client:
        for form in FORMS:
            try:
                await client.post(form.format(scheme=scheme, port=port), content=b"x")
            except (Undeliverable, httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError):
                continue  # by the guard, or by httpx before it
            passed.append(form)

    assert (passed, visitors) == ([], [])


async def test_no_form_of_a_private_address_gets_a_webhook() -> None:
    passed = []
    options = ChannelOptions(timeout=2.0)
    async with _canary() as (port, visitors):
        poster = Poster(options, _guarded(), now=lambda: datetime.now(UTC))
        channel = Webhooks(poster)
        for form in FORMS:
            address = form.format(scheme="https", port=port)
            try:
                await channel.send(_message(address))
            except Undeliverable:
                continue
            passed.append(form)
        await channel.aclose()

    assert (passed, visitors) == ([], [])


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "localhost"])
async def test_the_canary_is_reached_where_private_addresses_are_allowed(host: str) -> None:
    async with _canary() as (port, visitors):
        channel = open_channel(ChannelOptions(private_addresses=True))
        with pytest.raises(TryAgain, match="no connection"):
            await channel.send(_message(f"http://{host}:{port}/"))
        await channel.aclose()

    assert len(visitors) == 1


async def test_the_ordinary_transport_is_guarded_with_the_systems_resolver() -> None:
    transport = open_transport(private_addresses=False, connections=1)
    async with _canary() as (port, visitors), httpx.AsyncClient(transport=transport) as client:
        for host in ("127.0.0.1", "0x7f.1", "localhost"):
            with pytest.raises(Undeliverable, match="not a public address"):
                await client.get(f"http://{host}:{port}/")

    assert visitors == []


def test_an_ordinary_webhook_refuses_a_private_address_when_it_is_typed() -> None:
    with pytest.raises(BadAddress, match="not a public address"):
        open_channel(ChannelOptions()).check_address("https://169.254.169.254/latest/meta-data")


def test_there_are_more_than_a_hundred_forms() -> None:
    assert len(set(FORMS)) == len(FORMS) > 100
