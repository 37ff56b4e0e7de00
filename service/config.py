"""The environment, read once into one frozen ``Settings``. Nothing else reads it."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, ValidationError, field_validator

from service.errors import BadSetting
from service.operating import Operating
from service.sending import Sending, hidden

_PREFIX = "PABAL_"
_KEY = "key_"
_VALUE = r"^[\x21-\x7e]*$"  # of a key: none can add a line to a request
_EMPTY_SAYS = {"look_again"}  # never; of all others an empty variable is one that is not set
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_WAIT = re.compile(r"([1-9]\d{0,3})([smhd])")


class Settings(Sending, Operating):
    """Every setting with its default. ``PABAL_<NAME>`` sets it, ``PABAL_<NAME>_FILE`` reads it.

    What stands below one says what it is for, Korean / English: README's table is made of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str | None = None
    """쓸 PostgreSQL. 비우면 함께 온 것 / PostgreSQL 14-18 to use; unset: the embedded one
    (postgresql://user:password@host:5432/name)"""
    data: Path = Path("/var/lib/pabal")
    """함께 온 PostgreSQL의 디렉터리. 비우면 ~/.local/share/pabal, root는 /var/lib/pabal / directory
    of the embedded PostgreSQL; unset: ~/.local/share/pabal, for root /var/lib/pabal"""
    host: str = "127.0.0.1"
    """화면이 듣는 주소 / address the page listens on"""
    port: int = Field(default=8080, ge=0, le=65535)
    """화면의 포트, 0이면 비어 있는 아무 포트 / port of the page; 0: any free one"""
    url: str | None = None
    """화면의 공개 주소. 알림의 링크(동의, 그만 받기, 피드)에 씁니다. 비우면 링크가 없습니다 /
    public address of the pages, for links in messages; unset: no links (https://pabal.example.org)
    """
    secret: str | None = Field(default=None, min_length=32, repr=False)
    """링크에 서명하는 열쇠, 32자 이상. 비우면 데이터베이스가 한 번 만듭니다 / what links are signed
    with, 32 characters or more; unset: made by the database, once"""
    contact: str = Field(
        default="https://github.com/pabal/pabal", min_length=3, pattern=r"^[\x21-\x7e]+$"
    )
    """사이트 운영자가 연락할 곳 / where publishers reach you; part of the user agent"""
    sources: tuple[str, ...] = ()
    """살필 출처의 id, 쉼표로. 비우면 켜진 것 모두 / ids of the sources to poll, by commas; unset:
    all that are on"""
    sources_dir: Path | None = None
    """내 출처(TOML)가 있는 디렉터리 ([쓰는 법](docs/own-sources.md)) / directory of your own
    sources, a TOML file each"""
    replica_url: str | None = None
    """모든 사이트를 대신할 이 컴퓨터의 복제본 / loopback replica that answers in place of every
    publisher"""
    pace: float = Field(default=1.0, gt=0, le=10_000)
    """모든 기다림을 나누는 수. 시연과 시험용 / divides every wait between polls, requests and
    tries; for the demo and tests"""
    look_again: str = "1h,24h,7d"
    """보도자료의 쪽과 첨부를 다시 살필 때, 쉼표로. 비우면 살피지 않음 / when a release's page and
    files are looked at again, by commas; empty: never"""
    key_data_go_kr: str | None = hidden(_VALUE)
    """공공데이터포털 인증키(인코딩·디코딩 어느 것이나) / key of data.go.kr (serviceKey), encoded or
    decoded"""
    key_bizinfo: str | None = hidden(_VALUE)
    """기업마당 인증키 / key of bizinfo.go.kr (crtfcKey)"""
    key_naver_id: str | None = hidden(_VALUE)
    """네이버 옛 오픈 API 클라이언트 아이디 / client id of Naver's old open API; works until
    2027-06-30"""
    key_naver_secret: str | None = hidden(_VALUE)
    """네이버 옛 오픈 API 시크릿 / client secret of Naver's old open API"""
    key_naver_hub_id: str | None = hidden(_VALUE)
    """네이버 API HUB 키 아이디 / API key id of Naver API HUB"""
    key_naver_hub_secret: str | None = hidden(_VALUE)
    """네이버 API HUB 키 / API key of Naver API HUB"""
    log: Literal["console", "json"] = "console"
    """로그의 꼴: `console`, `json` / form of the log lines"""

    @field_validator("database_url")
    @classmethod
    def _asyncpg(cls, url: str | None) -> str | None:
        if url is None:
            return None
        scheme, rest = url.split("://", 1) if "://" in url else ("", "")
        if scheme not in {"postgres", "postgresql", "postgresql+asyncpg"} or not rest:
            msg = "must look like postgresql://user:password@host:5432/name"
            raise ValueError(msg)
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

    @field_validator("replica_url")
    @classmethod
    def _loopback(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}:
            msg = "must be a loopback address such as http://127.0.0.1:9000"
            raise ValueError(msg)
        return url

    @field_validator("database_url", "url", "replica_url", "traces")
    @classmethod
    def _port(cls, url: str | None) -> str | None:
        _ = urlsplit(url or "").port  # raises ValueError for one that is none
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
            if text or field in _EMPTY_SAYS:
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
        except UnicodeDecodeError:
            raise BadSetting(name, f"{value}: UTF-8 글이 아닙니다: no text in UTF-8") from None
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
