"""Webhooks against a receiver on this machine that answers as receivers do, badly included."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from notifier.channels.webhook import Webhooks, new_secret, open_channel
from notifier.errors import EndpointGone, SendError, TryAgain, Undeliverable
from notifier.model import Alert, ChannelOptions, Message, Question
from notifier.posting import open_poster

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def _message(url: str) -> Message:
    alert = Alert(
        subscription="시험",
        title="제목",
        url="https://news.example.go.kr/1",
        publisher=None,
        source="mss",
        published_at=None,
        published_precision=None,
        summary="",
        hits=(),
    )
    return Message(id="msg_1", address=url, secret=new_secret(), content=alert, attempt=1)


@asynccontextmanager
async def _receiver(answer: Answer) -> AsyncIterator[tuple[Webhooks, str, list[int]]]:
    """Webhooks with a deadline of 0.3 s, a receiver's URL, and what happened at it.

    The list gets a 0 for each connection and a 1 for each request. Every connection is served
    until the client closes it.
    """
    seen: list[int] = []
    serving = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(0)
        serving.append(asyncio.current_task())
        with suppress(ConnectionError):  # the client may hang up in the middle
            while b"POST" in await reader.readline():
                seen.append(1)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                await answer(writer)
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    channel = open_channel(ChannelOptions(private_addresses=True, timeout=0.3))
    async with server:
        try:
            yield channel, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook", seen
        finally:
            await channel.aclose()
            await asyncio.gather(*filter(None, serving), return_exceptions=True)


def _says(head: str, body: bytes = b"") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {head}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)

    return answer


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_is_a_receipt_with_status_and_time(status: int) -> None:
    async with _receiver(_says(f"{status} Fine", b"" if status == 204 else b"ok")) as (
        channel,
        url,
        _,
    ):
        receipt = await channel.send(_message(url))

    assert receipt.detail.startswith(f"{status} in ")
    assert receipt.detail.endswith(" ms")


@pytest.mark.parametrize(
    ("head", "error", "wait"),
    [
        ("300 Choices", Undeliverable, None),
        ("301 Moved\r\nlocation: /elsewhere", Undeliverable, None),
        ("302 Found\r\nlocation: http://169.254.169.254/", Undeliverable, None),
        ("304 Not Modified", Undeliverable, None),
        ("307 Moved\r\nlocation: /elsewhere", Undeliverable, None),
        ("308 Moved\r\nlocation: file:///etc/passwd", Undeliverable, None),
        ("302 Found\r\nlocation: https://xn--9q8h.example/", Undeliverable, None),
        ("302 Found\r\nlocation: http://[broken", Undeliverable, None),
        ("400 Bad", Undeliverable, None),
        ("401 No", Undeliverable, None),
        ("403 No", Undeliverable, None),
        ("404 No", Undeliverable, None),
        ("405 No", Undeliverable, None),
        ("408 Late", TryAgain, None),
        ("410 Gone", EndpointGone, None),
        ("413 Large", Undeliverable, None),
        ("422 No", Undeliverable, None),
        ("425 Early", TryAgain, None),
        ("429 Slow", TryAgain, None),
        ("429 Slow\r\nretry-after: 120", TryAgain, 120.0),
        ("500 Oops", TryAgain, None),
        ("501 Oops", TryAgain, None),
        ("502 Oops", TryAgain, None),
        ("503 Busy\r\nretry-after: 7", TryAgain, 7.0),
        ("504 Oops", TryAgain, None),
        ("599 Oops", TryAgain, None),
    ],
)
async def test_each_status_asks_for_its_reaction(
    head: str, error: type[SendError], wait: float | None
) -> None:
    async with _receiver(_says(head)) as (channel, url, seen):
        with pytest.raises(error) as caught:
            await channel.send(_message(url))

    assert type(caught.value) is error
    assert getattr(caught.value, "retry_after", None) == wait
    assert str(caught.value).startswith(head[:3])
    assert seen == [0, 1]


async def test_a_receiver_that_never_answers_meets_the_deadline() -> None:
    async def silence(_: asyncio.StreamWriter) -> None:
        return

    async with _receiver(silence) as (channel, url, _):
        started = time.monotonic()
        with pytest.raises(TryAgain, match=r"0\.3초 안에 답이 없습니다"):
            await channel.send(_message(url))

    assert 0.25 < time.monotonic() - started < 1.0


async def test_a_header_sent_drop_by_drop_meets_the_same_deadline() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 Fine" + b" " * 100:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.05)

    async with _receiver(drip) as (channel, url, _):
        started = time.monotonic()
        with pytest.raises(TryAgain, match="초 안에 답이 없습니다"):
            await channel.send(_message(url))
        assert time.monotonic() - started < 1.0


async def test_a_body_without_end_does_not_undo_a_2xx() -> None:
    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Fine\r\ncontent-length: 1000000000\r\n\r\n" + b"x" * 9000)

    async with _receiver(flood) as (channel, url, _), asyncio.timeout(0.8):
        assert (await channel.send(_message(url))).detail.startswith("200 in ")


async def test_a_body_that_stalls_does_not_undo_a_2xx() -> None:
    async def stall(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Fine\r\ncontent-length: 100\r\n\r\nso far")

    async with _receiver(stall) as (channel, url, _), asyncio.timeout(3):
        assert (await channel.send(_message(url))).detail.startswith("200 in ")


async def test_what_a_receiver_says_is_never_shown() -> None:
    async with _receiver(_says("400 Hidden-reason\r\nx-note: hidden-header", b"hidden-body")) as (
        channel,
        url,
        _,
    ):
        with pytest.raises(Undeliverable) as caught:
            await channel.send(_message(url))

    assert "idden" not in str(caught.value)


async def test_a_connection_serves_again_on_a_private_network() -> None:
    async with _receiver(_says("200 Fine", b"ok")) as (channel, url, seen):
        await channel.send(_message(url))
        await channel.send(_message(url))

    assert seen == [0, 1, 1]


async def test_a_refused_connection_is_tried_again() -> None:
    async with _receiver(_says("200 Fine")) as (_, url, _):
        pass
    channel = open_channel(ChannelOptions(private_addresses=True))

    with pytest.raises(TryAgain, match="ClientConnectorError"):
        await channel.send(_message(url))

    await channel.aclose()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (b"", "ServerDisconnectedError"),
        (b"HTTP/1.1 200", "ServerDisconnectedError"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "ClientResponseError"),
        (b"HTTP/1.1 200 Fine\r\n" + b"x-long: " + b"x" * 70_000, "ClientResponseError"),
        (b"HTTP/1.1 200 Fine\r\ncontent-length: -1\r\n\r\n", "ClientResponseError"),
    ],
)
async def test_a_receiver_that_speaks_no_http_is_tried_again(said: bytes, shown: str) -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    async with _receiver(hang_up) as (channel, url, _):
        with pytest.raises(TryAgain, match=f"no connection.*{shown}"):
            await channel.send(_message(url))


async def test_a_reset_before_the_status_is_tried_again() -> None:
    async def reset(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with _receiver(reset) as (channel, url, seen):
        with pytest.raises(TryAgain, match="no connection"):
            await channel.send(_message(url))

    assert seen == [0, 1]  # and nothing is sent twice by itself


async def test_a_reset_in_the_body_does_not_undo_a_2xx() -> None:
    async def reset(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Fine\r\ncontent-length: 100\r\n\r\nso far")
        await writer.drain()
        writer.transport.abort()

    async with _receiver(reset) as (channel, url, _):
        assert (await channel.send(_message(url))).detail.startswith("200 in ")


async def test_a_packed_body_stays_packed() -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    head = "200 Fine\r\ncontent-encoding: gzip"
    async with _receiver(_says(head, bomb)) as (channel, url, _):
        poster = open_poster(ChannelOptions(private_addresses=True))
        answer = await poster.post(url, b"{}", {})
        await poster.aclose()
        assert (await channel.send(_message(url))).detail.startswith("200 in ")

    assert answer.body == bomb[:4096]


@pytest.mark.parametrize("form", ['{"challenge": "%s"}', "%s"])
async def test_a_receiver_proves_itself_by_the_challenge(form: str) -> None:
    question = Question("구독", ("수출",), "", code="c0de-1")
    async with _receiver(_says("200 Fine", (form % "c0de-1").encode())) as (channel, url, _):
        assert (await channel.send(replace(_message(url), content=question))).proven


@pytest.mark.parametrize("head", ["200 Fine", "204 Fine", "404 No", "302 Found\r\nlocation: /x"])
async def test_a_receiver_that_does_not_know_the_challenge_proves_nothing(head: str) -> None:
    question = Question("구독", ("수출",), "", code="c0de-1")
    async with _receiver(_says(head)) as (channel, url, _):
        with pytest.raises(Undeliverable):
            await channel.send(replace(_message(url), content=question))


async def test_a_cookie_is_not_told_to_the_next_endpoint() -> None:
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 Fine\r\nset-cookie: who=first\r\nconnection: close\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    channel = open_channel(ChannelOptions(private_addresses=True))
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await channel.send(_message(f"{url}/first"))
        await channel.send(_message(f"{url}/second"))
        await channel.aclose()

    assert [b"cookie" in head.lower() for head in heads] == [False, False]
