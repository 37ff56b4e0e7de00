"""The doctor: what has to be right for the service to run, looked at one by one."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from service.config import Settings
from service.errors import UserError


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, what was found, and whether that will do."""

    what: str
    ok: bool
    found: str


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; one thing that is wrong hides no other."""
    checks: tuple[tuple[str, Callable[[Settings], Awaitable[str]]], ...] = (
        ("Python", _python),
        ("출처 / sources", _sources),
        ("채널 / channels", _channels),
        ("형태소 분석기 / Kiwi", _kiwi),
        ("데이터베이스 / database", _database),
    )
    findings = []
    for what, check in checks:
        try:
            findings.append(Finding(what, ok=True, found=await check(settings)))
        except (UserError, OSError, ImportError, RuntimeError, LookupError) as error:
            findings.append(Finding(what, ok=False, found=f"{type(error).__name__}: {error}"))
    return findings


async def _python(_: Settings) -> str:
    return sys.version.split()[0]


async def _sources(settings: Settings) -> str:
    from service.app import declared  # noqa: PLC0415 - a broken part must not stop the doctor

    return ", ".join(declared(settings))


async def _channels(settings: Settings) -> str:
    from service.app import open_channels  # noqa: PLC0415

    channels = open_channels(settings)
    for each in channels.values():
        await each.aclose()
    return ", ".join(channels)


async def _kiwi(_: Settings) -> str:
    from service.judging.morphemes import Morphology  # noqa: PLC0415
    from service.reading.publishers import Registry  # noqa: PLC0415

    (morphs,) = Morphology(Registry.load().names()).analyse(["수출바우처를"])
    return " ".join(f"{each.form}/{each.tag}" for each in morphs)


async def _database(settings: Settings) -> str:
    from service.app import database_url  # noqa: PLC0415
    from service.ops.reach import reachable  # noqa: PLC0415

    if settings.database_url is not None:
        await reachable(settings.database_url, patience=0)
    async with database_url(settings) as url:
        version = await reachable(url, patience=0)
    kind = "내장 / embedded" if settings.database_url is None else "설정된 / configured"
    return f"PostgreSQL {version} ({kind})"
