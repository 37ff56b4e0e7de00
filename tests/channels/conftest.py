"""What a channel says, on the wire to a receiver on this machine and on standard output."""

from __future__ import annotations

import asyncio
import json
import ssl
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from notifier.model import Alert, ChannelOptions, Content, File, Hit, Links, Message
from notifier.registry import card, open_channel
from tests.channels.mailbox import Mailbox, certified, mail_server, open_mails

HERE = Path(__file__).parent
MOVING = (
    "accept-encoding",
    "authorization",
    "content-length",
    "host",
    "webhook-timestamp",
    "webhook-signature",
)
"""Headers that differ from run to run, or follow from the body: their presence is recorded."""
BROWSER = "kYkTEbg6RmA8xPq3nVw0d2sJc7hLzU5oQeIa9WbXtM4"
BROWSERS_SECRET = "AAECAwQFBgcICQoLDA0ODw"
"""An invented browser's private key and secret; its subscription stands in web_push's message."""


def options(url: str) -> ChannelOptions:
    return ChannelOptions(
        private_addresses=True,
        contact="ops@pabal.example",
        telegram_token="10:invented",
        telegram_api=url,
        vapid_key="T3BlcmF0b3Igb2YgUGFiYWwsIGFuIGludmVudGlvbiE",
        kakao_key="INVENTEDKEY",
        kakao_secret="INVENTEDSECRET",
        kakao_profile="PF01",
        kakao_templates="alert=KA01A:제목,기관,마감,주소 correction=KA01C:제목,바뀜,링크 "
        "digest=KA01D:구독,건수,내용,주소 reminder=KA01R:표시,제목,마감 "
        "question=KA01Q:제목,내용,주소 notice=KA01N:제목,내용",
        kakao_api=url,
        apprise=True,
    )


LINKS = Links("https://pabal.example/end/e", "https://pabal.example/mine/m")


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    headers: dict[str, str]
    body: bytes


Receiver = Callable[..., AbstractAsyncContextManager[tuple[str, list[Request]]]]
Said = Callable[[str, Content | None], Awaitable[dict[str, Any]]]


@pytest.fixture
def given() -> Callable[[str], ChannelOptions]:
    """Options under which every channel posts to ``url``."""
    return options


@pytest.fixture
def decrypted() -> Callable[[bytes], bytes]:
    """What the invented browser reads of a push."""
    return _decrypted


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Sends the message that is recorded for a channel, or another content in it."""

    async def say(name: str, content: Content | None = None) -> dict[str, Any]:
        async with _receiver() as (url, requests):
            channel = open_channel(name, options(url))
            message = _message(name, url)
            channel.check_address(message.address)
            await channel.send(
                replace(message, content=content, links=LINKS) if content else message
            )
            await channel.aclose()
        return {
            "requests": list(map(_recorded, requests)),
            "printed": capsys.readouterr().out.splitlines(),
        }

    return say


@pytest.fixture
def recorded() -> Callable[[Path, object], None]:
    """Compares with a recording; makes it, for a person to review, where there is none."""

    def compare(expected: Path, said: object) -> None:
        if not expected.exists():
            expected.parent.mkdir(exist_ok=True)
            expected.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", "utf-8")
            pytest.fail(f"{expected} was recorded: review, then run again")
        assert json.loads(expected.read_text("utf-8")) == said

    return compare


def _message(channel: str, receiver: str) -> Message:
    own = HERE / channel / "message.json"
    data = json.loads((own if own.exists() else HERE / "message.json").read_text("utf-8"))
    data.setdefault("address", "{receiver}" + URL(card(channel).example).raw_path_qs)
    alert = data.pop("alert")
    for name in ("changes", "topics", "contacts"):
        alert[name] = tuple(alert.get(name, ()))
    alert["hits"] = tuple(
        Hit(**{**hit, "marks": tuple(map(tuple, hit.get("marks", ())))}) for hit in alert["hits"]
    )
    alert["files"] = tuple(File(**each) for each in alert.get("files", ()))
    data["address"] = data["address"].replace("{receiver}", receiver)
    data["address"] = data["address"].replace("{port}", receiver.rpartition(":")[2])
    return Message(**data, content=Alert(**alert))


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
    first, *rest = head.strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
    body = await reader.readexactly(int(headers["content-length"]))
    method, url, _ = first.split(" ")
    return Request(method, url, headers, body)


def _recorded(request: Request) -> dict[str, Any]:
    headers = sorted(request.headers.items())
    return {
        "method": request.method,
        "url": request.url,
        "headers": {name: "*" if name in MOVING else value for name, value in headers},
        "body": _shown(request.headers, request.body),
    }


def _shown(headers: dict[str, str], body: bytes) -> Any:
    if headers.get("content-encoding") == "aes128gcm":
        return json.loads(_decrypted(body))
    if "json" not in headers["content-type"]:
        return body.decode().split("\n")
    shown = json.loads(body)
    return {**shown, "timestamp": "*"} if "timestamp" in shown else shown


def _decrypted(body: bytes) -> bytes:
    number = int.from_bytes(urlsafe_b64decode(BROWSER + "="), "big")
    key = ec.derive_private_key(number, ec.SECP256R1())
    secret = urlsafe_b64decode(BROWSERS_SECRET + "==")
    return bytes(http_ece.decrypt(body, private_key=key, auth_secret=secret))


@asynccontextmanager
async def _receiver(answer: str = "204 No Content") -> AsyncIterator[tuple[str, list[Request]]]:
    """A receiver that answers all alike; yields its URL and the requests it gets."""
    got: list[Request] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await _read_request(reader))
        writer.write(f"HTTP/1.1 {answer}\r\nconnection: close\r\n\r\n".encode())
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", got


@pytest.fixture
def receiver() -> Receiver:
    return _receiver


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of the server, and of a client that trusts it."""
    certificate, key = certified()
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(pem + secret)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(path)
    return serving, ssl.create_default_context(cadata=pem.decode())


Taken = Callable[..., Any]


@pytest.fixture
def taken(tmp_path: Path, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> Taken:
    """``await taken(message, …)``: the mailbox of a server that was sent these."""

    async def taken(*messages: Message, **options: Any) -> Mailbox:
        box = Mailbox(tmp_path)
        async with mail_server(box, tls[0], whole=options.get("whole", False)) as port:
            mails = open_mails(port, tls[1], **options)
            try:
                for each in messages:
                    receipt = await mails.send(each)
                    assert receipt.detail == "250 2.0.0 taken"
            finally:
                await mails.aclose()
        return box

    return taken
