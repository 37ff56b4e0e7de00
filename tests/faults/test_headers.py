"""No header of a request can be written by whoever types an address, a secret or a setting.

Those of mails are tried in ``tests/channels/test_mail.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from notifier.errors import BadAddress, SendError
from notifier.model import ChannelOptions, Message, Notice
from notifier.registry import names, open_channel
from service.config import from_environment
from service.errors import BadSetting

BREAKS = ("\r\n", "\n", "\r", "\0", "\x0b", "\x85", "\u2028", "%0d%0a")
HTTP = sorted(set(names()) - {"apprise", "console", "feed", "mail", "kakao", "telegram"})


@asynccontextmanager
async def no_header_made() -> AsyncIterator[int]:
    """The port of a server that is asked; nobody may have written a header of his own."""
    heads: list[bytes] = []

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(served, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
    for head in heads:
        assert not [line for line in head.lower().splitlines() if line.startswith(b"x-evil")]


@pytest.mark.fault(19)
@pytest.mark.parametrize("broken", BREAKS)
@pytest.mark.parametrize("name", HTTP)
async def test_no_address_makes_a_header(name: str, broken: str) -> None:
    """It is refused, or its break stands in the path in percent signs."""
    async with no_header_made() as port:
        channel = open_channel(name, ChannelOptions(private_addresses=True, timeout=3))
        for place in ("path{}x-evil: 1", "path HTTP/1.1{}x-evil: 1", "?q{}x-evil: 1{0}{0}"):
            address = f"http://127.0.0.1:{port}/{place.replace('{0}', '{}').replace('{}', broken)}"
            try:
                channel.check_address(address)
                await channel.send(Message("msg_1", address, None, Notice("구독", "알림", ()), 1))
            except (BadAddress, SendError):
                pass
        await channel.aclose()


@pytest.mark.fault(19)
@pytest.mark.parametrize("broken", BREAKS[:-1])
@pytest.mark.parametrize("secret", ["whsec_{}x-evil: 1", "{}x-evil: 1"])
async def test_no_secret_and_no_id_makes_a_header(secret: str, broken: str) -> None:
    async with no_header_made() as port:
        address = f"http://127.0.0.1:{port}/"
        channel = open_channel("webhook", ChannelOptions(private_addresses=True, timeout=3))
        hostile = secret.replace("{}", broken)
        message = Message(f"msg_1{broken}x-evil: 1", address, hostile, Notice("구", "알", ()), 1)
        with suppress(SendError, ValueError):
            await channel.send(message)
        await channel.aclose()


@pytest.mark.parametrize("broken", BREAKS[:-1])
@pytest.mark.parametrize(
    "setting",
    ["PABAL_CONTACT", "PABAL_KEY_NAVER_SECRET", "PABAL_TELEGRAM_TOKEN", "PABAL_VAPID_KEY",
     "PABAL_KAKAO_KEY", "PABAL_KAKAO_SECRET", "PABAL_MAIL_FROM", "PABAL_MAIL_BOUNCES"],
)  # fmt: skip
def test_no_setting_makes_a_header(setting: str, broken: str) -> None:
    with pytest.raises(BadSetting):
        from_environment({setting: f"https://a.example{broken}x-evil: 1"})
