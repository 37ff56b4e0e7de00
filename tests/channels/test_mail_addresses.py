"""Which addresses are mailboxes that a person reads, and what never gets into a header."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any
from unicodedata import normalize

import pytest

from notifier.channels import mail as mail_channel
from notifier.errors import BadAddress, TryAgain
from notifier.mail.addresses import parse
from notifier.model import Alert, ChannelOptions, File, Hit
from tests.channels.mailbox import Read, body, message_of, open_mails

Taken = Callable[..., Any]


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
    hostile_message = replace(message_of(alert), id=f"msg_1{hostile[:50]}", thread=hostile[:50])
    tame = replace(message_of(), id="msg_1")
    box = await taken(hostile_message, tame)

    seen = {str(message_from_bytes(raw)["Message-ID"]): raw for raw in box.raw()}
    tame_raw = seen.pop("<msg_1@pabal.example>")
    [raw] = seen.values()
    assert _raw_headers(raw) == _raw_headers(tame_raw)
    assert max(len(each) for each in raw.split(b"\r\n")) < 998
    mail = message_from_bytes(raw, policy=policy.default)
    assert len(str(mail["Subject"])) <= 200
    page = Read(body(mail, "html"))
    assert not page.tags & {"script", "img"}
    assert not page.sources
    assert all(each.startswith("https://") for each in page.links)
    assert "\x00" not in body(mail, "plain")
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
    mails = open_mails(25, ssl.create_default_context())

    with pytest.raises(BadAddress):
        mails.check_address(address)


def test_an_address_typed_in_full_width_letters_is_the_one_that_was_meant() -> None:
    assert str(parse("ｒｅａｄｅｒ＠example．kr")) == "reader@example.kr"
    assert parse(normalize("NFD", "읽는이@한국.kr")) == parse("읽는이@한국.kr")


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
    open_mails(25, ssl.create_default_context()).check_address(address)


async def test_without_a_server_no_address_is_taken_and_nothing_is_sent() -> None:
    channel = mail_channel.open_channel(ChannelOptions(mail_from="alerts@pabal.example"))

    with pytest.raises(BadAddress, match="PABAL_MAIL_SERVER"):
        channel.check_address("reader@example.kr")
    with pytest.raises(TryAgain, match="PABAL_MAIL_SERVER"):
        await channel.send(message_of())
    await channel.aclose()
