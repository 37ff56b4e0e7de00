"""Every service's channel, and a peer on this machine that answers as that service does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from notifier.errors import SendError
from notifier.model import Alert, Channel, ChannelOptions, Message
from notifier.registry import names, open_channel

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]

SERVICES = sorted({*names()} - {"apprise", "console", "feed", "mail", "webhook"})
"""Those that tell people over HTTP."""
WORDY = {"dooray", "kakao", "teams", "telegram"}
"""Those whose 2xx may carry a refusal."""
OPERATORS = {"token is wrong", "200 1030", "200 1024", "402 NotEnoughBalance", "403 Signature"}
BROWSER = (
    '{"endpoint":"%s/push","keys":{"auth":"AAECAwQFBgcICQoLDA0ODw","p256dh":"BNJO6UtnB4bdo5p2s2i0'
    'U3Wfq68mMe-urItUvfrEjcNeozcQ-aq4TteSLddBF3_fHnyiQBli5D_fw1aGsHj4U_s"}}'
)
"""The subscription of an invented browser, at a push service."""


def message_to(name: str, url: str) -> Message:
    elsewhere = {"telegram": "42", "kakao": "01012345678", "web_push": BROWSER % url}
    address = elsewhere.get(name, f"{url}/topic")
    alert = Alert("구독", "제목", "https://news.example.go.kr/1", None, "mss", None, None, "", ())
    return Message("msg_1", address, None, alert, attempt=1)


@asynccontextmanager
async def service(name: str, answer: Answer) -> AsyncIterator[tuple[Channel, Message, list[int]]]:
    """The channel with 0.3 s of patience, a message to its peer, and what the peer was asked."""
    asked: list[int] = []
    serving = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
            asked.append(1)
            await answer(writer)
            await reader.read()  # until the client hangs up
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        options = ChannelOptions(
            private_addresses=True,
            timeout=0.3,
            telegram_token="10:invented",
            telegram_api=url,
            vapid_key="T3BlcmF0b3Igb2YgUGFiYWwsIGFuIGludmVudGlvbiE",
            kakao_key="INVENTEDKEY",
            kakao_secret="INVENTEDSECRET",
            kakao_profile="PF01",
            kakao_templates="alert=KA01A:제목,주소",
            kakao_api=url,
        )
        channel = open_channel(name, options)
        try:
            yield channel, message_to(name, url), asked
        finally:
            await channel.aclose()
            await asyncio.gather(*filter(None, serving), return_exceptions=True)


def says(head: str, body: object = "") -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)

    async def answer(writer: asyncio.StreamWriter) -> None:
        length = len(text.encode())
        writer.write(f"HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n{text}".encode())

    return answer


def resets(head: str, so_far: str) -> Answer:
    """Says less than it promised, then drops the connection without a word."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {head}\r\ncontent-length: 100\r\n\r\n{so_far}".encode())
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()

    return answer


async def failed(name: str, answer: Answer) -> SendError:
    async with service(name, answer) as (channel, message, asked):
        with pytest.raises(SendError) as caught:
            await channel.send(message)
    assert asked == [1]
    return caught.value
