"""An SMTP server with TLS and a login, and a reader of what it has taken."""

from __future__ import annotations

import asyncio
import mailbox
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifier.channels.mail import Mails
from notifier.mail.addresses import parse_returns, sender
from notifier.mail.mime import Composer
from notifier.mail.relay import Relay
from notifier.mail.server import Server
from notifier.mail.signing import Signer
from notifier.model import Alert, Content, File, Hit, Links, Message

NOW = datetime(2026, 8, 3, 0, 31, tzinfo=UTC)
ID = "00000000-0000-4000-8000-000000000001"
ALERT = Alert(
    subscription="수출 소식 <b>",
    title="수출 중소기업 <물류비> 지원 & 확대: 올해 두 번째 신청을 받습니다 (공동 물류 포함)",
    url="https://news.example.go.kr/release/1024?a=1&b=2",
    publisher="산업통상부",
    source="motir",
    published_at="2026-08-03T09:30:00+09:00",
    published_precision="minute",
    summary="",
    hits=(
        Hit("수출 지원", "…수출 중소기업에 물류비를 <지원>…", ((1, 3), (16, 18))),
        Hit("기관:산업통상부", ""),
    ),
    kind="notice",
    embargo="엠바고 2026-08-04 06:00까지 · embargoed until 2026-08-04 06:00 KST",
    apply_by="2026-08-31 18:00",
    days_left=28,
    topics=("수출·통상",),
    contacts=("수출지원과 홍길순 사무관 044-000-0000",),
    files=(File("공고문(안).hwpx", "https://news.example.go.kr/file/1.hwpx"),),
    extract="물류비 지원 한도를 업체당 2천만 원으로 올린다. 신청은 8월 말까지 받는다.",
    dismiss="https://pabal.example/dismiss/d",
)


def message_of(content: Content = ALERT, address: str = "reader@example.kr") -> Message:
    links = Links("https://pabal.example/end/e", "https://pabal.example/mine/m")
    return Message(f"msg_{ID}", address, None, content, 1, links=links, thread="story 12")


class Mailbox:
    """What a server has taken: the mails in a Maildir, and from and to whom each was said to go."""

    def __init__(self, path: Path) -> None:
        self._box = mailbox.Maildir(path / "taken")
        self.envelopes: list[tuple[str | None, list[str]]] = []

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert session.ssl is not None
        assert session.authenticated
        assert isinstance(envelope.original_content, bytes)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self._box.add(envelope.original_content)
        return "250 2.0.0 taken"

    # No properties: the server reads all attributes of its handler.
    def raw(self) -> list[bytes]:
        return [self._box.get_bytes(key) for key in self._box.keys()]  # noqa: SIM118 - no mapping

    def mail(self) -> EmailMessage:
        [raw] = self.raw()
        mail = message_from_bytes(raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        assert [each.defects for each in mail.walk()] == [[]] * 3
        return mail


def certified() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "invented")])
    today = datetime.now(UTC)
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(today - timedelta(1)).not_valid_after(today + timedelta(1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return made, key


def logged_in(_: Any, __: Any, ___: Any, ____: Any, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"pabal", b"secret"))


@asynccontextmanager
async def mail_server(
    handler: Mailbox, tls: ssl.SSLContext, *, whole: bool = False
) -> AsyncIterator[int]:
    """A mail server that takes nothing without TLS and a login; yields its port."""
    loop = asyncio.get_running_loop()
    made: list[SMTP] = []

    def serve() -> SMTP:
        made.append(
            SMTP(
                handler,
                hostname="mail.example",
                tls_context=None if whole else tls,
                require_starttls=not whole,
                authenticator=logged_in,
                auth_required=not whole,
                enable_SMTPUTF8=True,
                loop=loop,
            )
        )
        return made[-1]

    server = await loop.create_server(serve, "127.0.0.1", 0, ssl=tls if whole else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
        for each in made:
            if each.transport is not None:
                each.transport.close()
        await asyncio.sleep(0)


def open_mails(
    port: int, tls: ssl.SSLContext, password: str = "secret", key: str = "", *, whole: bool = False
) -> Mails:
    sign = Signer(key, "pabal", "pabal.example").sign if key else None
    composer = Composer(
        sender("파발 <alerts@pabal.example>"), parse_returns("pabal.example"), sign, lambda: NOW
    )
    server = Server("localhost", port, "whole" if whole else "started", None if whole else "pabal")
    return Mails(composer, Relay(server, password, "pabal.example", 5.0, tls))


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


class Read(HTMLParser):
    """What a mail reader finds in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.sources: list[str] = []
        self.marked: list[str] = []
        self.text = ""
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open = tag
        given = dict(attributes)
        if tag == "a":
            self.links.append(given["href"] or "")
        self.sources += [name for name in given if name == "src" or name.startswith("on")]

    def handle_endtag(self, _: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "mark":
            self.marked.append(data)
        if self._open != "style":
            self.text += data
