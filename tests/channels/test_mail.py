"""Mail against a real SMTP server with TLS and a login; what it has taken is read from its mailbox.

What an alert says must equal ``mail/expected.json``, and so do the other contents.
"""

from __future__ import annotations

import asyncio
import mailbox
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import dkim
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from notifier.channels.mail import Mails, open_channel
from notifier.errors import BadAddress, TryAgain
from notifier.mail.addresses import parse_returns, sender
from notifier.mail.mime import Composer
from notifier.mail.relay import Relay
from notifier.mail.server import Server
from notifier.mail.signing import Signer
from notifier.model import (
    Alert,
    ChannelOptions,
    Content,
    Digest,
    File,
    Hit,
    Links,
    Message,
    Notice,
    Question,
    Reminder,
)

HERE = Path(__file__).parent
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
CORRECTION = replace(ALERT, changes=("신청 마감 2026-08-24 → 2026-08-31",), embargo=None)
CONTENTS: dict[str, Content] = {
    "alert": ALERT,
    "correction": CORRECTION,
    "digest": Digest(
        "수출 소식",
        "2026-08-02T08:00:00+09:00",
        "2026-08-03T08:00:00+09:00",
        (ALERT, replace(CORRECTION, dismiss="https://pabal.example/dismiss/e")),
        more=12,
        rest="https://pabal.example/digest/r",
    ),
    "reminder": Reminder(replace(ALERT, days_left=7, embargo=None), was="2026-08-24"),
    "question": Question("수출 소식", ("수출 & 지원",), "https://pabal.example/confirm/c", "K7"),
    "notice": Notice(
        "수출 소식", "구독이 곧 끝납니다", ("8월 31일에 끝납니다.",), "https://pabal.example/mine/m"
    ),
}


def _message(content: Content = ALERT, address: str = "reader@example.kr") -> Message:
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


def _certificate() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
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


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of the server, and of a client that trusts it."""
    certificate, key = _certificate()
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


def _login(_: Any, __: Any, ___: Any, ____: Any, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"pabal", b"secret"))


@asynccontextmanager
async def _serving(
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
                authenticator=_login,
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


def _mails(
    port: int, tls: ssl.SSLContext, password: str = "secret", key: str = "", *, whole: bool = False
) -> Mails:
    sign = Signer(key, "pabal", "pabal.example").sign if key else None
    composer = Composer(
        sender("파발 <alerts@pabal.example>"), parse_returns("pabal.example"), sign, lambda: NOW
    )
    server = Server("localhost", port, "whole" if whole else "started", None if whole else "pabal")
    return Mails(composer, Relay(server, password, "pabal.example", 5.0, tls))


Taken = Callable[..., Any]


@pytest.fixture
def taken(tmp_path: Path, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> Taken:
    """``await taken(message, …)``: the mailbox of a server that was sent these."""

    async def taken(*messages: Message, **options: Any) -> Mailbox:
        box = Mailbox(tmp_path)
        async with _serving(box, tls[0], whole=options.get("whole", False)) as port:
            mails = _mails(port, tls[1], **options)
            try:
                for each in messages:
                    receipt = await mails.send(each)
                    assert receipt.detail == "250 2.0.0 taken"
            finally:
                await mails.aclose()
        return box

    return taken


def _body(mail: EmailMessage, kind: str) -> str:
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


@pytest.mark.parametrize("name", CONTENTS)
async def test_what_lies_in_the_mailbox_is_what_was_recorded(
    name: str, taken: Taken, recorded: Callable[[Path, object], None]
) -> None:
    mail = (await taken(_message(CONTENTS[name]))).mail()
    page = Read(_body(mail, "html"))

    said = {
        "headers": [f"{key}: {value}" for key, value in mail.items()],
        "text": [each.rstrip() for each in _body(mail, "plain").splitlines()],
        "page": [each.strip() for each in page.text.splitlines() if each.strip()],
        "marked": page.marked,
        "links": page.links,
    }
    recorded(HERE / "mail" / f"{'expected' if name == 'alert' else name}.json", said)
    assert not page.tags & {"img", "script", "link", "iframe", "form", "object"}
    assert not page.sources


async def test_each_mail_comes_back_under_a_number_of_its_own(taken: Taken) -> None:
    box = await taken(_message())

    assert box.envelopes == [(f"bounces+{ID}@pabal.example", ["reader@example.kr"])]


async def test_mails_for_many_are_all_alike_but_for_what_is_each_ones_own(taken: Taken) -> None:
    other = replace(
        ALERT,
        subscription="다른 구독 %b",
        hits=(Hit("다른 % 규칙", "물류비", ((0, 3),)),),
        dismiss="https://pabal.example/dismiss/other",
    )
    links = Links("https://pabal.example/end/other", "https://pabal.example/mine/other")
    second = replace(_message(other, "other@example.kr"), id="msg_2", links=links)
    box = await taken(_message(), second)

    mails = [message_from_bytes(raw, policy=policy.default) for raw in box.raw()]
    texts = {str(each["To"]): _body(each, "plain") for each in mails}
    pages = {str(each["To"]): Read(_body(each, "html")) for each in mails}
    lines = zip(
        texts["reader@example.kr"].splitlines(),
        texts["other@example.kr"].replace("- 다른 % 규칙: 물류비", "- 하나\n- 둘").splitlines(),
        strict=True,
    )
    differing = [mine.split(":")[0].rstrip() for mine, theirs in lines if mine != theirs]
    assert differing == [
        "- 수출 지원", "- 기관", "파발 · 구독 ‘수출 소식 <b>’",
        "이 소식은 필요 없음", "구독 관리", "그만 받기",
    ]  # fmt: skip
    assert "다른 구독 %b" in pages["other@example.kr"].text
    assert pages["other@example.kr"].marked == ["물류비"]
    assert pages["other@example.kr"].links[-3:] == [other.dismiss, links.mine, links.end]


async def test_a_second_try_has_the_id_of_the_first(taken: Taken) -> None:
    box = await taken(_message(), replace(_message(), attempt=2))

    ids = [message_from_bytes(raw)["Message-ID"] for raw in box.raw()]
    assert ids == [f"<msg_{ID}@pabal.example>"] * 2


async def test_tls_may_be_there_from_the_beginning(
    tmp_path: Path, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    class Open(Mailbox):
        async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
            return "250 ok"

    box = Open(tmp_path)
    async with _serving(box, tls[0], whole=True) as port:
        mails = _mails(port, tls[1], whole=True)
        await mails.send(_message())
        await mails.aclose()

    assert len(box.envelopes) == 1


async def test_a_certificate_that_nobody_trusts_gets_no_mail(
    tmp_path: Path, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    box = Mailbox(tmp_path)
    async with _serving(box, tls[0]) as port:
        mails = _mails(port, ssl.create_default_context())
        with pytest.raises(TryAgain, match="certificate"):
            await mails.send(_message())
        await mails.aclose()

    assert box.envelopes == []


@pytest.mark.parametrize("wanted", ["읽는이@example.kr", "읽는이@한국.example"])
async def test_an_address_in_hangul_is_reached_where_the_server_can(
    taken: Taken, wanted: str
) -> None:
    box = await taken(_message(address=wanted))

    domain = "example.kr" if wanted.endswith("kr") else "xn--3e0b707e.example"
    assert box.envelopes[0][1] == [f"읽는이@{domain}"]


@pytest.mark.fault(17)
async def test_a_signature_holds_and_covers_both_headers_of_ending(taken: Taken) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
    [raw] = (await taken(_message(), key=pem)).raw()

    names: list[bytes] = []

    def dns(name: bytes, **_: int) -> bytes:
        names.append(name)
        return record

    assert dkim.verify(raw, dnsfunc=dns)
    assert names == [b"pabal._domainkey.pabal.example."]
    signed = (
        str(message_from_bytes(raw)["DKIM-Signature"])
        .replace("\r\n", "")
        .replace("\n", "")
        .replace(" ", "")
    )
    covered = signed.split("h=")[1].split(";")[0].split(":")
    assert {"from", "list-unsubscribe", "list-unsubscribe-post", "subject"} <= set(covered)
    assert not dkim.verify(raw.replace(b"One-Click", b"Two-Click"), dnsfunc=dns)
    assert not dkim.verify(raw.replace(b"\r\n\r\n--", b"\r\n\r\nX--", 1), dnsfunc=dns)


def _raw_headers(raw: bytes) -> list[str]:
    return [name for name, _ in message_from_bytes(raw).items()]


@pytest.mark.fault(19)
@pytest.mark.parametrize(
    "hostile",
    [
        "제목\r\nBcc: victim@example.kr",
        "제목\nX-Evil: 1\n\n본문",
        "\r\n.\r\nMAIL FROM:<evil@example.kr>",
        "=?utf-8?B?DQpCY2M6IHZpY3RpbUBleGFtcGxlLmty?=",
        "plain =?us-ascii?Q?=0AX-Evil:_1?=",
        "반쪽 \ud83d 널 \x00 뒤집힌 \u202e",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        '"><a href="javascript:alert(1)">x</a>',
        "{{ 7 * 7 }} %b %(name)s {name}",
        "가" * 1_000_000,
        "A" * 1_000_000,
    ],
)
async def test_nothing_scraped_or_typed_makes_a_header_or_markup(
    taken: Taken, hostile: str
) -> None:
    alert = Alert(
        subscription=hostile[:300],
        title=hostile,
        url=f"https://news.example.go.kr/{hostile[:200]}",
        publisher=hostile[:300],
        source="mss",
        published_at=None,
        published_precision=None,
        summary="",
        hits=(Hit(hostile[:300], hostile[:300], ((0, 9),)),),
        topics=(hostile[:300],),
        contacts=(hostile[:300],),
        files=(File(hostile[:300], f"https://news.example.go.kr/{hostile[:99]}"),),
        extract=hostile,
        dismiss="https://pabal.example/dismiss/d",
    )
    hostile_message = replace(_message(alert), id=f"msg_1{hostile[:50]}", thread=hostile[:50])
    tame = replace(_message(), id="msg_1")
    box = await taken(hostile_message, tame)

    seen = {str(message_from_bytes(raw)["Message-ID"]): raw for raw in box.raw()}
    tame_raw = seen.pop("<msg_1@pabal.example>")
    [raw] = seen.values()
    assert _raw_headers(raw) == _raw_headers(tame_raw)
    assert max(len(each) for each in raw.split(b"\r\n")) < 998
    mail = message_from_bytes(raw, policy=policy.default)
    assert len(str(mail["Subject"])) <= 200
    page = Read(_body(mail, "html"))
    assert not page.tags & {"script", "img"}
    assert not page.sources
    assert all(each.startswith("https://") for each in page.links)
    assert "\x00" not in _body(mail, "plain")
    assert "49" not in page.text


@pytest.mark.parametrize(
    "address",
    [
        "reader@example.kr\r\nBcc: victim@example.kr",
        "reader@example.kr\nRCPT TO:<victim@example.kr>",
        "읽는이 <reader@example.kr>",
        "reader@example.kr, victim@example.kr",
        "reader@example.kr>",
        '"reader"@example.kr',
        "reader@[127.0.0.1]",
        "reader@127.0.0.1",
        "reader@localhost",
        "reader%victim.example@example.kr",
        "victim.example!reader@example.kr",
        "@example.kr",
        "reader@",
        "a@b@example.kr",
        f"{'a' * 65}@example.kr",
        f"a@{'b' * 64}.kr",
        f"a@{'b.' * 130}kr",
        ".reader@example.kr",
        "rea der@example.kr",
        "reader@exa_mple.kr",
        "reader@-example.kr",
        "\u202ereader@example.kr",
        "MAILER-DAEMON@example.kr",
        "postmaster@example.kr",
        "no-reply@example.kr",
        "alerts@pabal.example",
        "Alerts+news@PABAL.example",
        "bounces@pabal.example",
        "bounces+1@pabal.example",
    ],
)
def test_an_address_is_one_mailbox_that_a_person_reads(address: str) -> None:
    mails = _mails(25, ssl.create_default_context())

    with pytest.raises(BadAddress):
        mails.check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "reader@example.kr",
        "first.last+pabal@mail.example.co.kr",
        "o'neil_1@example.org",
        "읽는이@한국.kr",
    ],
)
def test_an_ordinary_address_is_taken(address: str) -> None:
    _mails(25, ssl.create_default_context()).check_address(address)


async def test_without_a_server_no_address_is_taken_and_nothing_is_sent() -> None:
    channel = open_channel(ChannelOptions(mail_from="alerts@pabal.example"))

    with pytest.raises(BadAddress, match="PABAL_MAIL_SERVER"):
        channel.check_address("reader@example.kr")
    with pytest.raises(TryAgain, match="PABAL_MAIL_SERVER"):
        await channel.send(_message())
    await channel.aclose()
