"""Which mail server, and a connection to it up to the point where mail can be handed over."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import unquote, urlsplit

import aiosmtplib

from notifier.clean import line
from notifier.errors import BadAddress, TryAgain

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]+")
_LIMIT = 16_384  # bytes of one line of an answer
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Server:
    """``tls`` is whether it is there from the beginning, begun by STARTTLS, or not at all."""

    host: str
    port: int
    tls: Literal["whole", "started"] | None
    user: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """An open connection, after greeting, TLS and login, with what the server can do."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    pipelining: bool
    utf8: bool


def parse_server(text: str) -> Server:
    """``smtp://host:25``, ``smtps://user@host:465`` or ``smtp+starttls://user@host:587``.

    Raises BadAddress; a login without TLS is none.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not _HOST.fullmatch(host) or parts.scheme not in _PORTS or parts.path not in {"", "/"}:
        raise BadAddress("smtp+starttls://user@host:587 꼴입니다 (smtp, smtps or smtp+starttls)")
    user = unquote(parts.username) if parts.username else None
    if parts.password is not None:
        raise BadAddress("비밀번호는 PABAL_MAIL_PASSWORD에 둡니다 (the password is set apart)")
    if user and parts.scheme == "smtp":
        raise BadAddress(
            "TLS 없이 로그인하지 않습니다: smtps, smtp+starttls (no login without TLS)"
        )
    tls: Mapping[str, Literal["whole", "started"]] = {"smtps": "whole", "smtp+starttls": "started"}
    return Server(host, port or _PORTS[parts.scheme], tls.get(parts.scheme), user)


async def open_line(
    server: Server, password: str, name: str, tls: ssl.SSLContext, seconds: float
) -> Line:
    """Connect, calling ourselves ``name``. Raises TryAgain: whatever is wrong is not the mail.

    Where STARTTLS is asked for and not offered, nothing is sent and nobody logs in.
    """
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user,
        password=password if server.user else None,
        local_hostname=name,
        use_tls=server.tls == "whole",
        start_tls=server.tls == "started",
        tls_context=tls if server.tls else None,
        timeout=seconds,
    )
    try:
        async with asyncio.timeout(seconds):
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        return _taken_over(client)
    except (aiosmtplib.SMTPException, OSError) as error:  # of TLS, and of time, too
        why = line(str(error), _LONGEST) or type(error).__name__
        why = f"메일 서버에 닿지 못했습니다 (mail server): {why}"
        raise TryAgain(why, ours=True) from error
    finally:
        client.close()


def _taken_over(client: aiosmtplib.SMTP) -> Line:
    """The connection of ``client``, which forgets it: it cannot send several commands at once."""
    transport = cast(asyncio.Transport, client.transport)
    pipelining = client.supports_extension("pipelining")
    utf8 = client.supports_extension("smtputf8")
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_LIMIT, loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    client.transport = None
    return Line(reader, asyncio.StreamWriter(transport, protocol, reader, loop), pipelining, utf8)
