"""Settings of the ways out: mail and the services behind channels. Part of ``config.Settings``."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from notifier.errors import BadAddress
from notifier.mail.addresses import parse_returns, sender
from notifier.mail.server import parse_server


def hidden(pattern: str | None = None) -> Any:
    """A setting that is never repeated where settings are shown."""
    return Field(default=None, pattern=pattern, repr=False)


class Sending(BaseModel):
    """How messages are sent. A channel is handed those that its options have a name for."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    private_addresses: bool = False
    """사설 주소의 웹훅과 출처, http 웹훅을 허락 / allow webhooks and sources at private addresses,
    and webhooks over plain http"""
    telegram_token: str | None = hidden(r"^([0-9]+:[A-Za-z0-9_-]+)?$")
    """알림을 보낼 텔레그램 봇의 토큰 (@BotFather가 줍니다) / token of the Telegram bot that sends
    alerts, from @BotFather"""
    vapid_key: str | None = hidden(r"^([A-Za-z0-9_-]{43})?$")
    """브라우저 푸시에 서명할 개인 키: 32바이트, base64url / private key that pushes to browsers are
    signed with: 32 bytes in base64url"""
    kakao_key: str | None = hidden(r"^[A-Za-z0-9]*$")
    """카카오톡 알림톡을 보내는 솔라피의 API 키 / API key of Solapi, which sends KakaoTalk 알림톡"""
    kakao_secret: str | None = hidden(r"^[\x21-\x7e]*$")
    """솔라피의 API 시크릿 / API secret of Solapi"""
    kakao_profile: str | None = None
    """솔라피가 보내는 카카오톡 채널에 준 id (pfId) / id (pfId) that Solapi gave the sender's
    KakaoTalk channel"""
    kakao_templates: str | None = Field(
        default=None, pattern=r"^(\s*[a-z]+=[A-Za-z0-9_-]+:[\w,]*(\s|$))*$"
    )
    """메시지 종류마다 승인받은 알림톡 템플릿과 그 변수 / approved 알림톡 template of each kind of
    message, with its variables (alert=KA01TP0001:제목,기관,마감,주소
    reminder=KA01TP0002:제목,마감,주소)"""
    apprise: bool = False
    """Apprise 주소를 허락. 사설망을 막는 우리 문을 거치지 않으며 pabal[apprise]가 있어야 합니다 /
    allow addresses of Apprise, which goes to them past our guard against private networks; needs
    pabal[apprise]"""
    mail_server: str | None = None
    """메일을 넘길 서버. 비우면 메일을 보내지 않습니다 ([메일 보내기](docs/mail.md)) / server that
    mail is handed to (smtp+starttls://user@host:587, smtps://user@host:465, smtp://host:25); unset:
    no mail"""
    mail_password: str | None = hidden()
    """그 서버의 비밀번호 / password there"""
    mail_from: str | None = None
    """메일을 보내는 사람 / whom mail is from (파발 <alerts@example.org>)"""
    mail_bounces: str | None = None
    """되돌아올 주소. 메일마다 제 번호를 더합니다 / address that undeliverable mail comes back to;
    each mail adds its own number after a plus (bounces@example.org)"""
    bounces_mailbox: str | None = None
    """그 주소의 편지함. IMAP이나 Maildir / mailbox of that address: imaps://user@host/INBOX, or the
    path of a Maildir"""
    bounces_password: str | None = hidden()
    """그 편지함의 비밀번호 / password of that mailbox"""
    dkim_key: str | None = hidden()
    """메일에 서명할 RSA 열쇠(PEM). 비우면 서버가 서명합니다 / RSA key in PEM that mail is signed
    with; unset: the server signs"""
    dkim_selector: str = "pabal"
    """DNS에 있는 그 열쇠의 선택자 / selector of that key in the DNS"""

    @field_validator("mail_server", "mail_from", "mail_bounces")
    @classmethod
    def _mail(cls, text: str | None, info: ValidationInfo) -> str | None:
        read = {"mail_server": parse_server, "mail_from": sender, "mail_bounces": parse_returns}
        try:
            read[str(info.field_name)](text) if text else None
        except BadAddress as error:
            raise ValueError(str(error)) from None
        return text or None

    @field_validator("bounces_mailbox")
    @classmethod
    def _mailbox(cls, text: str | None) -> str | None:
        parts = urlsplit(text or "/unset")
        named = parts.scheme == "imaps" and parts.hostname and parts.username
        if parts.password is not None or not (named or (text or "/").startswith("/")):
            msg = "must look like imaps://user@host/INBOX or /path/of/Maildir"
            raise ValueError(msg)
        return text or None
