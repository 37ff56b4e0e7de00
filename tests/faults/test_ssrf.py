"""Whatever a user types, nothing reaches this machine: a listener here counts its visitors.

The addresses are made, not listed: every inside address in every spelling, in every place of a URL
where a parser may take it for something else. The DNS of these tests is hostile: any name that is
not spelt as a number is this machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from itertools import chain

import httpx
import pytest

from notifier.channels.webhook import Webhooks, new_secret, open_channel
from notifier.egress import Names, Pool, literal
from notifier.errors import BadAddress, TryAgain, Undeliverable
from notifier.model import Alert, ChannelOptions, Message
from notifier.posting import Poster, judge

INSIDE4 = """
127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.254 192.168.0.1 100.64.0.1
169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 192.0.0.192 198.18.0.1 224.0.0.1
255.255.255.255
"""
"""Loopback, private, shared and link-local networks, and where clouds keep their secrets."""

INSIDE6 = """
::1 :: 0:0:0:0:0:0:0:1 0000::0001 fe80::1 fe80::a9fe:a9fe fec0::1 fc00::1 fd00::1 fd00:ec2::254
fd20:ce::254 ff01::1 ff02::1 ff0e::1 100::1 2001:db8::1 2001:10::1 3fff::1 4000::1 5f00::1
fe80::1%25lo fe80::1%lo ::1%25lo ::1%251
"""

NAMES = """
localhost LOCALHOST localhost. LocalHost.LocalDomain localhost6 ip6-localhost 127.0.0.1. 127.1.
127.0.0.1.nip.example 1.0.0.127.in-addr.arpa metadata.google.internal metadata.google.internal.
metadata instance-data kubernetes.default.svc host.docker.internal db ㅋㅋ.example 파발.한국
xn--9q8h.example ﬁle.example ＬＯＣＡＬＨＯＳＴ ⓛⓞⓒⓐⓛⓗⓞⓢⓣ loc%61lhost %6c%6f%63alhost 256.0.0.1
127.0.0.1.1 1e3.0.0.1 0x7f.0x.1 08.0.0.1 -127.0.0.1 127..1 .127.0.0.1 _.example a..b [localhost]
127.0.0.1%00.example 127.0.0.1%2eexample 127.0.0.1%09 %00 %5B::1%5D [::1].example [127.0.0.1]
"""

PLACES = (
    "{scheme}://receiver.example@{host}:{port}/",
    "{scheme}://8.8.8.8:80@{host}:{port}/",
    "{scheme}://8.8.8.8%40{host}:{port}/",
    "{scheme}://8.8.8.8\\@{host}:{port}/",
    "{scheme}://{host}:{port}\\@8.8.8.8.example/",
    "{scheme}://{host}:{port}#@8.8.8.8.example/",
    "{scheme}://{host}:{port}?@8.8.8.8.example/",
    "{scheme}://{host}:{port};@8.8.8.8.example/",
    "{scheme}:\\\\{host}:{port}/",
    "{scheme}:{host}:{port}/",
    "{scheme}:/{host}:{port}/",
    "{scheme}:///{host}:{port}/",
    "{scheme}:////{host}:{port}/",
    "//{host}:{port}/",
    "{host}:{port}/",
    " {scheme}://{host}:{port}/",
    "\t{scheme}://{host}:{port}/",
    "ht\ntps://{host}:{port}/",
    "{scheme}://{host}:{port}/\r\nhost: receiver.example",
    "{scheme}://@{host}:{port}/",
    "{scheme}://:@{host}:{port}/",
    "{scheme}://{host} :{port}/",
    "{scheme}://{host}\u200b:{port}/",
    "{scheme}://{host}\u00ad:{port}/",
    "{scheme}://{host}:0{port}/",
    "{scheme}://{host}:{port}:80/",
    "{scheme}://{host}:0/",
    "{scheme}://{host}:65536/",
    "{scheme}://{host}:-1/",
    "{scheme}://{host}:+{port}/",
    "{scheme}://{host}:/",
    "{scheme}://{host}:٨٠/",
    "{scheme}://{host}.:{port}/",
    "{scheme}://{host}:{port}/?url={scheme}://receiver.example/",
    "gopher://{host}:{port}/",
    "file://{host}/etc/passwd",
    "unix://{host}:{port}/",
    "blob:{scheme}://{host}:{port}/",
)


def _spellings(address: IPv4Address) -> Iterator[str]:
    """What the C library, a browser or a careless parser reads as ``address``."""
    number, (a, b, c, d) = int(address), address.packed
    low = number & 0xFFFFFF
    yield from (str(address), f"{number}", f"{number:#x}", f"{number:#X}", f"0{number:o}")
    yield from (f"{a:#x}.{b:#x}.{c:#x}.{d:#x}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}")
    yield from (f"{a:03}.{b:03}.{c:03}.{d:03}", f"{a:#x}.{b}.0{c:o}.{d}", f"{a}.{low}")
    yield from (f"{a}.{b}.{low & 0xFFFF}", f"{a:#x}.{low:#x}", f"{a:#06x}.{b}.{c}.{d}")
    yield from (str(address).replace(".", dot) for dot in "。．｡")
    yield "".join(chr(ord(each) + 0xFEE0) if each.isdigit() else each for each in str(address))
    yield "".join(f"%{ord(each):02x}" for each in str(address))


def _carriers(address: IPv4Address) -> Iterator[str]:
    """IPv6 addresses with ``address`` inside: mapped, compatible, NAT64, 6to4, Teredo, ISATAP."""
    number = int(address)
    for prefix in ("::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "fe80::5efe:"):
        yield f"{prefix}{address}"
        yield f"{prefix}{number >> 16:x}:{number & 0xFFFF:X}"
    yield str(IPv6Address((0x2002 << 112) | (number << 80)))
    yield str(IPv6Address((0x2001 << 112) | (number << 64) | 1))
    yield str(IPv6Address((0x2001 << 112) | (0x7F << 64) | (number ^ 0xFFFFFFFF)))
    yield IPv6Address((0xFFFF << 32) | number).exploded


_V4 = [IPv4Address(text) for text in INSIDE4.split()]
HOSTS = [
    *chain.from_iterable(map(_spellings, _V4)),
    *(f"[{host}]" for host in chain(INSIDE6.split(), *map(_carriers, _V4))),
    *NAMES.split(),
]
FORMS = list(
    dict.fromkeys(
        [
            *(f"{{scheme}}://{host}:{{port}}/" for host in HOSTS),
            *(
                place.replace("{host}", host)
                for host in ("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "2130706433")
                for place in PLACES
            ),
        ]
    )
)


def test_there_are_many_forms_of_inside_addresses() -> None:
    assert len(FORMS) > 700


class Canary:
    """A listener on both loopbacks that hangs up at once: its port and its visitors."""

    def __init__(self) -> None:
        self.port = 0
        self.visitors: list[str] = []

    async def visited(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visitors.append(str(writer.get_extra_info("peername")))
        raise ConnectionError


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _serving(answer: Answer, host: str, port: int = 0) -> AsyncIterator[int]:
    """A listener that answers each request until its client hangs up: its port."""
    serving = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await answer(reader, writer)
        writer.close()

    async with await asyncio.start_server(serve, host, port) as server:
        yield server.sockets[0].getsockname()[1]
    await asyncio.gather(*filter(None, serving))


@asynccontextmanager
async def _canary() -> AsyncIterator[Canary]:
    canary = Canary()
    async with AsyncExitStack() as stack:
        canary.port = await stack.enter_async_context(_serving(canary.visited, "127.0.0.1"))
        with suppress(OSError):  # a machine without IPv6
            await stack.enter_async_context(_serving(canary.visited, "::1", canary.port))
        yield canary


async def hostile(host: str) -> Sequence[str]:
    spelt = literal(host)
    return ["127.0.0.1" if spelt is None else str(spelt)]


@asynccontextmanager
async def _poster(*, private: bool = False, dns: Names | None = None) -> AsyncIterator[Poster]:
    """A poster as ever, but for its DNS and 2 s of patience."""
    names = dns or Names(private=private, resolve=hostile)
    pool = Pool(names, httpx.create_ssl_context(), timeout=2.0, connections=20)
    options = ChannelOptions(private_addresses=private, timeout=2.0)
    poster = Poster(options, pool, now=lambda: datetime.now(UTC))
    try:
        yield poster
    finally:
        await poster.aclose()


def _message(address: str) -> Message:
    alert = Alert("구독", "제목", "https://news.example.go.kr/1", None, "mss", None, None, "", ())
    return Message("msg_1", address, new_secret(), alert, attempt=1)


@pytest.mark.fault(18)
async def test_no_form_of_an_inside_address_gets_a_message(
    measured: Callable[..., None],
) -> None:
    passed = []
    async with _canary() as canary, _poster() as poster:
        channel = Webhooks(poster)
        for form in FORMS:
            try:
                await channel.send(_message(form.format(scheme="https", port=canary.port)))
            except Undeliverable:
                continue
            except TryAgain:
                pass
            passed.append(form)

    measured(addresses=len(FORMS), connected=len(canary.visitors))
    assert (passed, canary.visitors) == ([], [])


async def test_the_names_that_pass_when_typed_are_refused_by_what_they_resolve_to() -> None:
    refused = 0
    async with _canary() as canary, _poster() as poster:
        for name in NAMES.split():
            address = f"https://{name}:{canary.port}/"
            with suppress(BadAddress):
                poster.check(address)
                with pytest.raises(Undeliverable, match="not a public address"):
                    await poster.post(address, b"x", {})
                refused += 1

    assert refused > 15
    assert canary.visitors == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST.", "ＬＯＣＡＬＨＯＳＴ"])
async def test_the_canary_is_reached_where_private_addresses_are_allowed(host: str) -> None:
    async with _canary() as canary, _poster(private=True) as poster:
        with pytest.raises(TryAgain, match="no connection"):
            await poster.post(f"http://{host}:{canary.port}/", b"x", {})

    assert len(canary.visitors) == 1


async def test_an_ordinary_channel_is_guarded_with_the_systems_resolver() -> None:
    channel = open_channel(ChannelOptions())
    async with _canary() as canary:
        for host in ("127.0.0.1", "0x7f.1", "[::1]", "localhost"):
            with pytest.raises(Undeliverable, match="not a public address"):
                await channel.send(_message(f"https://{host}:{canary.port}/"))
        await channel.aclose()

    assert canary.visitors == []


class Flipping(Names):
    """A DNS that says something else each time, from the first of ``answers`` on."""

    def __init__(self, *answers: Sequence[str], private: bool = False) -> None:
        super().__init__(private=private, resolve=self._next)
        self.asked = 0
        self._answers = answers

    async def _next(self, _: str) -> Sequence[str]:
        self.asked += 1
        return self._answers[(self.asked - 1) % len(self._answers)]


@pytest.mark.fault(18)
async def test_a_name_that_is_rebound_after_it_was_judged_leads_nowhere_else() -> None:
    """Of two loopback addresses one stands for outside: there is a receiver, no canary."""
    got = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readuntil(b"\r\n\r\nx"))
        writer.write(b"HTTP/1.1 204 Fine\r\n\r\n")

    dns = Flipping(["127.0.0.2"], ["127.0.0.1"], private=True)
    async with (
        _canary() as canary,
        _serving(take, "127.0.0.2", canary.port),
        _poster(private=True, dns=dns) as poster,
    ):
        for _ in range(20):
            assert (await poster.post(f"http://flip.example:{canary.port}/", b"x", {})).taken

    assert (len(got), dns.asked, canary.visitors) == (20, 1, [])


@pytest.mark.fault(18)
@pytest.mark.parametrize("inside", ["127.0.0.1", "::1", "169.254.169.254", "::ffff:127.0.0.1"])
async def test_a_public_address_beside_an_inside_one_does_not_help(inside: str) -> None:
    dns = Flipping(["8.8.8.8", inside], [inside, "8.8.8.8"])
    async with _canary() as canary, _poster(dns=dns) as poster:
        for _ in range(4):
            with pytest.raises(Undeliverable, match="not a public address"):
                await poster.post(f"https://flip.example:{canary.port}/", b"x", {})

    assert (dns.asked, canary.visitors) == (4, [])


@pytest.mark.fault(18)
@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
@pytest.mark.parametrize(
    "where",
    [
        "location: http://127.0.0.1:{port}/",
        "location: //localhost:{port}/",
        "location: http://[::ffff:127.0.0.1]:{port}/",
        "location: http://2130706433:{port}/",
        "location: file:///etc/passwd",
        "location: http://[broken",
        "uri: http://127.0.0.1:{port}/",
        "refresh: 0; url=http://127.0.0.1:{port}/",
        'link: <http://127.0.0.1:{port}/>; rel="canonical"',
        'alt-svc: http/1.1="127.0.0.1:{port}"',
    ],
)
async def test_a_redirect_to_inside_is_not_followed(status: int, where: str) -> None:
    async def send_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\nx")
        head = f"HTTP/1.1 {status} Away\r\n{where.format(port=canary.port)}\r\n"
        writer.write(f"{head}content-length: 0\r\n\r\n".encode())

    async with (
        _canary() as canary,
        _serving(send_on, "127.0.0.1") as port,
        _poster(private=True) as poster,
    ):
        answer = await poster.post(f"http://127.0.0.1:{port}/hook", b"x", {})
        with pytest.raises(Undeliverable, match=f"{status}: .*redirect"):
            judge(answer)

    assert canary.visitors == []
