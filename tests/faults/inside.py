"""Inside addresses in every spelling, and a listener on this machine that counts its visitors.

The addresses are made, not listed: every inside address in every spelling, in every place of a
URL where a parser may take it for something else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from itertools import chain

import httpx

from notifier.egress import Names, Pool, literal
from notifier.model import ChannelOptions
from notifier.posting import Poster

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


def spellings(address: IPv4Address) -> Iterator[str]:
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


def carriers(address: IPv4Address) -> Iterator[str]:
    """IPv6 addresses with ``address`` inside: mapped, compatible, NAT64, 6to4, Teredo, ISATAP."""
    number = int(address)
    for prefix in ("::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "fe80::5efe:"):
        yield f"{prefix}{address}"
        yield f"{prefix}{number >> 16:x}:{number & 0xFFFF:X}"
    yield str(IPv6Address((0x2002 << 112) | (number << 80)))
    yield str(IPv6Address((0x2001 << 112) | (number << 64) | 1))
    yield str(IPv6Address((0x2001 << 112) | (0x7F << 64) | (number ^ 0xFFFFFFFF)))
    yield IPv6Address((0xFFFF << 32) | number).exploded


V4 = [IPv4Address(text) for text in INSIDE4.split()]
HOSTS = [
    *chain.from_iterable(map(spellings, V4)),
    *(f"[{host}]" for host in chain(INSIDE6.split(), *map(carriers, V4))),
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
async def served(answer: Answer, host: str, port: int = 0) -> AsyncIterator[int]:
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
async def listening() -> AsyncIterator[Canary]:
    canary = Canary()
    async with AsyncExitStack() as stack:
        canary.port = await stack.enter_async_context(served(canary.visited, "127.0.0.1"))
        with suppress(OSError):  # a machine without IPv6
            await stack.enter_async_context(served(canary.visited, "::1", canary.port))
        yield canary


async def hostile(host: str) -> Sequence[str]:
    spelt = literal(host)
    return ["127.0.0.1" if spelt is None else str(spelt)]


@asynccontextmanager
async def guarded(*, private: bool = False, dns: Names | None = None) -> AsyncIterator[Poster]:
    """A poster as ever, but for its DNS and 2 s of patience."""
    names = dns or Names(private=private, resolve=hostile)
    pool = Pool(names, httpx.create_ssl_context(), timeout=2.0, connections=20)
    options = ChannelOptions(private_addresses=private, timeout=2.0)
    poster = Poster(options, pool, now=lambda: datetime.now(UTC))
    try:
        yield poster
    finally:
        await poster.aclose()
