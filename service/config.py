"""The environment, read once into one frozen ``Settings``. Nothing else reads it."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from notifier.errors import BadAddress
from notifier.mail.addresses import parse_returns, sender
from notifier.mail.server import parse_server
from service.errors import BadSetting
from service.operating import Operating

_PREFIX = "PABAL_"
_KEY = "key_"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_WAIT = re.compile(r"([1-9]\d{0,3})([smhd])")


def _key(description: str) -> Any:
    # No key is repeated where settings are shown, and none can add a line to a request.
    return Field(default=None, pattern=r"^[\x21-\x7e]*$", repr=False, description=description)


class Settings(Operating):
    """Every setting with its default. ``PABAL_<NAME>`` sets it, ``PABAL_<NAME>_FILE`` reads it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str | None = Field(
        default=None,
        description="PostgreSQL 14-18 to use; unset: the embedded one "
        "(postgresql://user:password@host:5432/name)",
    )
    data: Path = Field(
        default=Path("/var/lib/pabal"),
        description="directory of the embedded PostgreSQL; unset: in the user's data home",
    )
    host: str = Field(default="127.0.0.1", description="address the page listens on")
    port: int = Field(default=8080, ge=0, le=65535, description="port of the page; 0: any free one")
    url: str | None = Field(
        default=None,
        description="public address of the pages, for links in messages; unset: no links "
        "(https://pabal.example.org)",
    )
    secret: str | None = Field(
        default=None,
        min_length=32,
        repr=False,
        description="what links are signed with, 32 characters or more; unset: made by the "
        "database, once",
    )
    contact: str = Field(
        default="https://github.com/pabal/pabal",
        min_length=3,
        pattern=r"^[\x21-\x7e]+$",
        description="where publishers reach you; part of the user agent",
    )
    sources: tuple[str, ...] = Field(
        default=(), description="ids of the sources to poll, by commas; unset: all that are on"
    )
    sources_dir: Path | None = Field(
        default=None, description="directory of your own sources, a TOML file each"
    )
    replica_url: str | None = Field(
        default=None, description="loopback replica that answers in place of every publisher"
    )
    pace: float = Field(
        default=1.0,
        gt=0,
        le=10_000,
        description="divides every wait between polls, requests and tries; for the demo and tests",
    )
    look_again: str = Field(
        default="1h,24h,7d",
        description="when a release's page and files are looked at again, by commas; empty: never",
    )
    private_webhooks: bool = Field(
        default=False, description="allow webhooks to private addresses and plain http"
    )
    telegram_token: str | None = Field(
        default=None,
        pattern=r"^([0-9]+:[A-Za-z0-9_-]+)?$",
        repr=False,
        description="token of the Telegram bot that sends alerts, from @BotFather",
    )
    vapid_key: str | None = Field(
        default=None,
        pattern=r"^([A-Za-z0-9_-]{43})?$",
        repr=False,
        description="private key that pushes to browsers are signed with: 32 bytes in base64url",
    )
    kakao_key: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9]*$",
        repr=False,
        description="API key of Solapi, which sends KakaoTalk 알림톡",
    )
    kakao_secret: str | None = Field(
        default=None, pattern=r"^[\x21-\x7e]*$", repr=False, description="API secret of Solapi"
    )
    kakao_profile: str | None = Field(
        default=None, description="id (pfId) that Solapi gave the sender's KakaoTalk channel"
    )
    kakao_templates: str | None = Field(
        default=None,
        pattern=r"^(\s*[a-z]+=[A-Za-z0-9_-]+:[\w,]*(\s|$))*$",
        description="approved 알림톡 template of each kind of message, with its variables "
        "(alert=KA01TP0001:제목,기관,마감,주소 reminder=KA01TP0002:제목,마감,주소)",
    )
    apprise: bool = Field(
        default=False,
        description="allow addresses of Apprise, which goes to them past our guard against "
        "private networks; needs pabal[apprise]",
    )
    mail_server: str | None = Field(
        default=None,
        description="server that mail is handed to (smtp+starttls://user@host:587, "
        "smtps://user@host:465, smtp://host:25); unset: no mail",
    )
    mail_password: str | None = Field(default=None, repr=False, description="password there")
    mail_from: str | None = Field(
        default=None, description="whom mail is from (파발 <alerts@example.org>)"
    )
    mail_bounces: str | None = Field(
        default=None,
        description="address that undeliverable mail comes back to; each mail adds its own number "
        "after a plus (bounces@example.org)",
    )
    bounces_mailbox: str | None = Field(
        default=None,
        description="mailbox of that address: imaps://user@host/INBOX, or the path of a Maildir",
    )
    bounces_password: str | None = Field(
        default=None, repr=False, description="password of that mailbox"
    )
    dkim_key: str | None = Field(
        default=None,
        repr=False,
        description="RSA key in PEM that mail is signed with; unset: the server signs",
    )
    dkim_selector: str = Field(default="pabal", description="selector of that key in the DNS")
    key_data_go_kr: str | None = _key("key of data.go.kr (serviceKey), encoded or decoded")
    key_bizinfo: str | None = _key("key of bizinfo.go.kr (crtfcKey)")
    key_naver_id: str | None = _key("client id of Naver's old open API; works until 2027-06-30")
    key_naver_secret: str | None = _key("client secret of Naver's old open API")
    key_naver_hub_id: str | None = _key("API key id of Naver API HUB")
    key_naver_hub_secret: str | None = _key("API key of Naver API HUB")
    log: Literal["console", "json"] = Field(default="console", description="form of the log lines")

    @field_validator("database_url")
    @classmethod
    def _asyncpg(cls, url: str | None) -> str | None:
        if url is None:
            return None
        scheme, rest = url.split("://", 1) if "://" in url else ("", "")
        if scheme not in {"postgres", "postgresql", "postgresql+asyncpg"} or not rest:
            msg = "must look like postgresql://user:password@host:5432/name"
            raise ValueError(msg)
        _ = urlsplit(url).port  # raises ValueError for one that is none
        return f"postgresql+asyncpg://{rest}"

    @field_validator("url")
    @classmethod
    def _public(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "https://unset")
        whole = parts.scheme in {"http", "https"} and parts.hostname
        if not whole or parts.query or parts.fragment or parts.username is not None:
            msg = "must look like https://pabal.example.org"
            raise ValueError(msg)
        return url and url.rstrip("/")

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

    @field_validator("replica_url")
    @classmethod
    def _loopback(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}:
            msg = "must be a loopback address such as http://127.0.0.1:9000"
            raise ValueError(msg)
        return url

    @field_validator("look_again")
    @classmethod
    def _waits(cls, text: str) -> str:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not all(map(_WAIT.fullmatch, parts)):
            msg = "must look like 1h,24h,7d (s, m, h or d)"
            raise ValueError(msg)
        return ",".join(parts)

    @property
    def looks(self) -> tuple[timedelta, ...]:
        """How long after a page was opened it is looked at again, the soonest first."""
        return tuple(
            sorted(
                timedelta(**{_UNITS[unit]: int(count)})
                for count, unit in _WAIT.findall(self.look_again)
            )
        )

    @property
    def keys(self) -> Mapping[str, str]:
        """The keys that are set, by the names that sources have for them."""
        given = {name: value for name, value in self if name.startswith(_KEY) and value}
        return {name.removeprefix(_KEY): value for name, value in given.items()}

    def lacks(self, needs: Sequence[str]) -> tuple[str, ...]:
        """The settings of those keys that are not set."""
        return tuple(f"{_PREFIX}{_KEY}{each}".upper() for each in needs if each not in self.keys)

    @field_validator("sources", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises BadSetting naming the variable for the first one that is wrong.

    A variable that starts with ``PABAL_`` but names no setting is refused too: most are typos.
    """
    environ = os.environ if environ is None else environ
    values = {
        "data": str(default_data_dir(Path.home(), os.geteuid(), environ.get("XDG_DATA_HOME"))),
        "traces": environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or None,
    }
    for name, value in environ.items():
        if name.startswith(_PREFIX):
            field, text = _setting(name, value, environ)
            values[field] = text
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = _PREFIX + str(first["loc"][0]).upper()
        raise BadSetting(name, first["msg"].removeprefix("Value error, ")) from None


def _setting(name: str, value: str, environ: Mapping[str, str]) -> tuple[str, str]:
    known = {_PREFIX + field.upper(): field for field in Settings.model_fields}
    if name in known:
        return known[name], value
    plain = name.removesuffix("_FILE")
    if plain != name and plain in known:
        if plain in environ:
            raise BadSetting(name, f"{plain} is set too; keep one of them")
        try:
            return known[plain], Path(value).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(name, f"{value}: {error.strerror}") from None
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise BadSetting(name, f"이런 설정은 없습니다: there is no such setting{hint}")


def default_data_dir(home: Path, uid: int, xdg: str | None) -> Path:
    """Where data lives when nothing was said; ``xdg`` is $XDG_DATA_HOME.

    Root gets /var/lib/pabal: its home is closed to the account that PostgreSQL runs as.
    """
    if uid == 0:
        return Path("/var/lib/pabal")
    base = Path(xdg) if xdg and Path(xdg).is_absolute() else home / ".local" / "share"
    return base / "pabal"
