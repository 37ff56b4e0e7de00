"""Mail against a real SMTP server with TLS and a login; what it has taken is read from its mailbox.

What an alert says must equal ``mail/expected.json``, and so do the other contents.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import dkim
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from notifier.errors import TryAgain
from notifier.mail.addresses import parse, parse_returns, sender
from notifier.mail.mime import Composer
from notifier.model import Content, Digest, Hit, Links, Notice, Question, Reminder, SignIn
from tests.channels.mailbox import (
    ALERT,
    ID,
    NOW,
    Mailbox,
    Read,
    body,
    mail_server,
    message_of,
    open_mails,
)

HERE = Path(__file__).parent
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

Taken = Callable[..., Any]


@pytest.mark.parametrize("name", CONTENTS)
async def test_what_lies_in_the_mailbox_is_what_was_recorded(
    name: str, taken: Taken, recorded: Callable[[Path, object], None]
) -> None:
    mail = (await taken(message_of(CONTENTS[name]))).mail()
    page = Read(body(mail, "html"))

    said = {
        "headers": [f"{key}: {value}" for key, value in mail.items()],
        "text": [each.rstrip() for each in body(mail, "plain").splitlines()],
        "page": [each.strip() for each in page.text.splitlines() if each.strip()],
        "marked": page.marked,
        "links": page.links,
    }
    recorded(HERE / "mail" / f"{'expected' if name == 'alert' else name}.json", said)
    assert not page.tags & {"img", "script", "link", "iframe", "form", "object"}
    assert not page.sources


async def test_each_mail_comes_back_under_a_number_of_its_own(taken: Taken) -> None:
    box = await taken(message_of())

    assert box.envelopes == [(f"bounces+{ID}@pabal.example", ["reader@example.kr"])]


async def test_mails_for_many_are_all_alike_but_for_what_is_each_ones_own(taken: Taken) -> None:
    other = replace(
        ALERT,
        subscription="다른 구독 %b",
        hits=(Hit("다른 % 규칙", "물류비", ((0, 3),)),),
        dismiss="https://pabal.example/dismiss/other",
    )
    links = Links("https://pabal.example/end/other", "https://pabal.example/mine/other")
    second = replace(message_of(other, "other@example.kr"), id="msg_2", links=links)
    box = await taken(message_of(), second)

    mails = [message_from_bytes(raw, policy=policy.default) for raw in box.raw()]
    texts = {str(each["To"]): body(each, "plain") for each in mails}
    pages = {str(each["To"]): Read(body(each, "html")) for each in mails}
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
    box = await taken(message_of(), replace(message_of(), attempt=2))

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
    async with mail_server(box, tls[0], whole=True) as port:
        mails = open_mails(port, tls[1], whole=True)
        await mails.send(message_of())
        await mails.aclose()

    assert len(box.envelopes) == 1


async def test_a_certificate_that_nobody_trusts_gets_no_mail(
    tmp_path: Path, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    box = Mailbox(tmp_path)
    async with mail_server(box, tls[0]) as port:
        mails = open_mails(port, ssl.create_default_context())
        with pytest.raises(TryAgain, match="certificate"):
            await mails.send(message_of())
        await mails.aclose()

    assert box.envelopes == []


@pytest.mark.parametrize("wanted", ["읽는이@example.kr", "읽는이@한국.example"])
async def test_an_address_in_hangul_is_reached_where_the_server_can(
    taken: Taken, wanted: str
) -> None:
    box = await taken(message_of(address=wanted))

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
    [raw] = (await taken(message_of(), key=pem)).raw()

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


def test_a_link_to_sign_in_with_offers_no_end_that_nobody_would_hear() -> None:
    own, back = sender("pabal@pabal.example"), parse_returns("pabal.example")
    said = replace(message_of(SignIn("https://pabal.example/sign-in/s", 30)), links=Links())
    for message, offered in ((said, False), (replace(message_of(), links=Links()), True)):
        mail = Composer(own, back, None, lambda: NOW).compose(message, parse("reader@example.kr"))
        assert (b"List-Unsubscribe" in mail.content) is offered
