"""Servers that lie, drip and flood: each is let go in time, and costs little memory."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from scrapers.errors import ScrapeError
from scrapers.fetch import Fetcher
from scrapers.model import Page, Request
from scrapers.wire import Limits
from tests.flow.sites import SOURCES, Answer, Writer, listing, page, row, silence, stream

URL = "http://ill.go.kr/list"
TOTAL = 1.0  # seconds that a page may take
MIB = 2**20
ZEROS = gzip.compress(bytes(200 * MIB))


def raw(text: bytes) -> Answer:
    """Bytes that need not be HTTP."""

    async def answer(writer: Writer) -> None:
        writer.write(text)
        await writer.drain()

    return answer


def drip(text: bytes, pause: float) -> Answer:
    """One byte at a time, without end."""

    async def answer(writer: Writer) -> None:
        while True:
            for byte in text:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(pause)

    return answer


def packed(body: bytes, encoding: str) -> Answer:
    return page(body, "200 OK", f"Content-Encoding: {encoding}")


def html(inside: str | bytes) -> Answer:
    inside = inside.encode() if isinstance(inside, str) else inside
    return page(b"<html><body>" + inside.removesuffix(b"</body></html>") + b"</body></html>")


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE = listing(row(9))
XML = '<?xml version="1.0"?><!DOCTYPE rss [{}]><rss><channel><item><title>&a;</title></item>{}'
ATTRIBUTES = " ".join(f"a{n}=b" for n in range(100_000))
LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in ("ba", "cb", "dc", "ed", "fe"))
BEHAVIOURS: dict[str, Answer] = {
    "a header that drips": drip(b"X-A: b\r\n", 0.02),
    "a body that drips": stream(b"<", 1_000, 0.02),
    "chunks without end": stream(b"5\r\nabcde\r\n", 10**6, 0.001, "Transfer-Encoding: chunked"),
    "a chunk that says it is huge": raw(CHUNKED + b"ffffffffffff\r\nx"),
    "a chunk of no size": raw(CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n"),
    "1 GB announced": stream(b"x" * 999, 9, 0.1, "Content-Length: 1073741824"),
    "1 GB sent": stream(b"x" * 65_536, 16_384, 0),
    "less than nothing announced": raw(OK + b"Content-Length: -5\r\n\r\nabcde"),
    "two lengths": raw(OK + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\nabcde"),
    "200 KB that unpack to 200 MB": packed(ZEROS, "gzip"),
    "a bomb in a bomb": packed(gzip.compress(ZEROS), "gzip"),
    "packed twice, as said": packed(gzip.compress(ZEROS), "gzip, gzip"),
    "a deflated bomb": packed(zlib.compress(bytes(100 * MIB)), "deflate"),
    "br that is gzip": packed(gzip.compress(WHOLE.encode()), "br"),
    "deflate that is gzip": packed(gzip.compress(WHOLE.encode()), "deflate"),
    "gzip that is deflate": packed(zlib.compress(WHOLE.encode()), "gzip"),
    "gzip cut short": packed(gzip.compress(WHOLE.encode() * 99)[:-20], "gzip"),
    "no HTTP at all": raw(b"SSH-2.0-OpenSSH_9.2\r\n" * 9),
    "noise": raw(bytes(range(256)) * 99),
    "nothing, then the end": raw(b""),
    "a status that is none": raw(b"HTTP/1.1 999 Hm\r\nContent-Length: 0\r\n\r\n"),
    "a megabyte of header": raw(OK + b"X-A: " + b"a" * MIB + b"\r\n\r\n"),
    "ten thousand headers": raw(OK + b"X-A: b\r\n" * 10_000 + b"\r\n"),
    "only promises": drip(b"HTTP/1.1 100 Continue\r\n\r\n", 0.001),
    "200 and nothing in it": page(""),
    "204 with a body": page(WHOLE, "204 No Content"),
    "304 that nobody asked for": page("", "304 Not Modified"),
    "a redirect to itself": page("", "302 Found", f"Location: {URL}"),
    "a redirect to metadata": page("", "302 Found", "Location: http://169.254.169.254/"),
    "a redirect to a file": page("", "302 Found", "Location: file:///etc/passwd"),
    "a redirect to nowhere": page("", "302 Found"),
    "a redirect of 100 KB": page("", "302 Found", "Location: /" + "a" * 100_000),
    "never an answer": silence,
    "a byte order mark": page(b"\xef\xbb\xbf" + WHOLE.encode()),
    "UTF-16": page(WHOLE.encode("utf-16")),
    "half of it EUC-KR": html(WHOLE.encode() + WHOLE.encode("cp949")),
    "NULs": html(WHOLE.replace("소식", "\0소\0식")),
    "surrogates": html(WHOLE.encode().replace(b"<ul", b"\xed\xa0\x80<ul")),
    "a title of 10 MB": html(listing(row(9, title="가" * (3 * MIB)))),
    "a hundred thousand tables in each other": html("<table><tr><td>" * 100_000),
    "a hundred thousand lists in each other": html("<ul class='list'><li>" * 100_000),
    "a million rows": html(f'<ul class="list">{"<li></li>" * 1_000_000}</ul>'),
    "an attribute without end": html("<a href='" + "x" * (5 * MIB)),
    "a hundred thousand attributes": html(f"<a {ATTRIBUTES}>"),
    "a comment without end": html("<!--" + "-" * MIB),
    "laughs by the billion": page(XML.format(f'<!ENTITY a "ha">{LAUGHS}', "&f;</channel></rss>")),
    "a file as an entity": page(
        XML.format('<!ENTITY a SYSTEM "file:///etc/passwd">', "</channel></rss>")
    ),
    "a page as an entity": page(
        XML.format('<!ENTITY a SYSTEM "http://169.254.169.254/">', "</channel></rss>")
    ),
    "the day 2099-99-99": html(listing(row(9, "2099-99-99"), row(8, "오늘"), row(7, "1970-01-01"))),
    "the same number a thousand times": html(listing(*[row(9)] * 1_000)),
}  # fmt: skip


def peak(*, anew: bool = False) -> int:
    """The most memory this process has had since it was asked ``anew``, in bytes."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    said = Path("/proc/self/status").read_text("ascii")
    return 1024 * int(next(line.split()[1] for line in said.splitlines() if "VmHWM" in line))


@pytest.mark.fault(10)
@pytest.mark.faults
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_a_hostile_server_is_let_go_in_time_and_costs_little_memory(
    behaviour: str, measured: Callable[..., None]
) -> None:
    """What comes is read as a board, a feed and a sitemap: read or refused, and nothing else."""
    answering: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: Writer) -> None:
        answering.add(asyncio.current_task())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            robots = b" /robots.txt " in head
            await (page("", "404 Not Found") if robots else BEHAVIOURS[behaviour])(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    limits = Limits(total=TOTAL)
    fetcher = Fetcher(contact="test@example.org", replica=base, pace=10_000, limits=limits)
    before, began = peak(anew=True), time.monotonic()
    crashed: Exception | None = None
    took = 0.0
    try:
        got = (await fetcher.get(Request(URL))).page
        took = time.monotonic() - began
        if got is not None:
            read(got)
    except ScrapeError:
        took = time.monotonic() - began
    except Exception as error:  # noqa: BLE001 - what is counted
        crashed = error
    more = (peak() - before) / MIB
    server.close()
    await fetcher.aclose()
    for task in filter(None, answering):
        task.cancel()
    await asyncio.gather(*filter(None, answering), return_exceptions=True)

    over = max(0, took - TOTAL)
    figures = {"overtime_seconds": round(over, 2), "memory_mb": round(more)}
    measured(behaviours=1, crashes=int(crashed is not None), **figures)
    assert crashed is None
    assert over <= 1
    assert more <= 64


def read(got: Page) -> None:
    for source in SOURCES.values():
        with suppress(ScrapeError):
            source.read_list(got)
