"""The doctor: what has to be right for the service to run, looked at one by one."""

from __future__ import annotations

import shutil
import ssl
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime

import asyncpg

from notifier.errors import SendError
from service.config import Settings
from service.errors import UserError
from service.ops import findings
from service.ops.findings import Finding

_WRONG = (
    UserError,
    SendError,
    OSError,
    ImportError,
    RuntimeError,
    LookupError,
    asyncpg.PostgresError,
)

_SECONDS = 10.0

_SEE = "설정 {0}: 값을 보십시오 / see what is set there"
_SERVER = "설정 {0}: 값과, 그 서버가 떠 있는지 보십시오 / see what is set, and whether it is up"
_INSTALL = "파발을 다시 설치하십시오 / install Pabal again"

_Check = Callable[[Settings], Awaitable[Iterable[Finding]]]


async def examine(settings: Settings, *, ask: bool) -> list[Finding]:
    """Look at everything; one thing that is wrong hides no other.

    ``ask``: the mail server too, by connecting to it.
    """
    checks: list[tuple[str, _Check, str]] = [
        ("출처 / sources", _sources, _SEE.format("PABAL_SOURCES, PABAL_SOURCES_DIR")),
        ("채널 / channels", _channels, _SEE.format("PABAL_*_TOKEN, *_KEY, PABAL_MAIL_*")),
        ("형태소 분석기 / Kiwi", _kiwi, _INSTALL),
        ("디스크 / disk", _disk, "PABAL_DATA와 그 권한을 보십시오 / see PABAL_DATA and its rights"),
        ("데이터베이스 / database", _database, _SERVER.format("PABAL_DATABASE_URL")),
    ]
    if ask and settings.mail_server:
        server = _SERVER.format("PABAL_MAIL_SERVER, PABAL_MAIL_PASSWORD")
        checks.append(("메일 서버 / mail server", _mail, server))
    found = [*findings.of_settings(settings), Finding("Python", sys.version.split()[0])]
    for what, check, advice in checks:
        try:
            found += await check(settings)
        except _WRONG as error:
            said = isinstance(error, (UserError, SendError))  # in words for a person already
            why = str(error) if said else f"{type(error).__name__}: {error}"
            found.append(Finding(what, why, advice))
    return found


async def _sources(settings: Settings) -> Iterable[Finding]:
    from service import catalogue  # noqa: PLC0415 - a broken part must not stop the doctor
    from service.parts import declared  # noqa: PLC0415

    on = declared(settings)
    unnamed = "PABAL_SOURCES에 없음 / not named in PABAL_SOURCES"
    every = catalogue.every(settings).items()
    off = {
        name: None if name in on else catalogue.off(source, settings) or unnamed
        for name, source in every
    }
    return [findings.of_sources(off)]


async def _channels(settings: Settings) -> Iterable[Finding]:
    from service.parts import open_channels  # noqa: PLC0415

    channels = open_channels(settings)
    for each in channels.values():
        await each.aclose()
    return [Finding("채널 / channels", ", ".join(channels))]


async def _kiwi(_: Settings) -> Iterable[Finding]:
    from service.judging.morphemes import Morphology  # noqa: PLC0415
    from service.reading.publishers import Registry  # noqa: PLC0415

    (morphs,) = Morphology(Registry.load().names()).analyse(["수출바우처를"])
    shown = " ".join(f"{each.form}/{each.tag}" for each in morphs)
    return [Finding("형태소 분석기 / Kiwi", shown)]


async def _disk(settings: Settings) -> Iterable[Finding]:
    """Of a server elsewhere the disk is its keeper's."""
    if settings.database_url is not None:
        return []
    from service.ops.cluster import prepare  # noqa: PLC0415

    place = prepare(settings.data, None)
    whom = "이 계정 / ourselves" if place.account is None else f"uid {place.account.uid}"
    return [
        findings.of_disk(str(place.data), shutil.disk_usage(place.data).free),
        Finding("내장 서버 계정 / account of the embedded server", whom),
    ]


async def _database(settings: Settings) -> Iterable[Finding]:
    from service.ops.reach import reachable  # noqa: PLC0415
    from service.parts import database_url  # noqa: PLC0415
    from service.store import condition  # noqa: PLC0415

    if settings.database_url is not None:
        await reachable(settings.database_url, patience=0)
    kind = "내장 / embedded" if settings.database_url is None else "설정된 / configured"
    async with database_url(settings) as url:
        seen = await condition.server(url)
        now = datetime.now(UTC)
        answers = f"PostgreSQL {seen.version} ({kind})"
        found = [Finding("데이터베이스 / database", answers)]
        found += findings.of_server(seen, now)
        if seen.current:
            found += findings.of_work(await condition.work(url), now)
    return found


async def _mail(settings: Settings) -> Iterable[Finding]:
    from notifier.mail.server import open_line, parse_server  # noqa: PLC0415

    server = parse_server(settings.mail_server or "")
    tls = ssl.create_default_context()
    line = await open_line(server, settings.mail_password or "", "localhost", tls, _SECONDS)
    line.writer.close()
    return [Finding("메일 서버 / mail server", f"{server.host}:{server.port}")]
