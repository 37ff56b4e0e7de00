"""``pabal up``, ``pabal once``, ``pabal doctor``."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from service import config
from service.config import Settings
from service.store.steps import STEPS, Step
from service.terminal import begin

if TYPE_CHECKING:
    from service.app import Role


def up(
    only: Annotated[
        list[str] | None,
        typer.Option(help="scheduler, worker, web 가운데 이것만 (여러 번 가능) / only these roles"),
    ] = None,
) -> None:
    """서비스를 시작합니다. / Run all of it until Ctrl-C or SIGTERM."""
    settings = begin()
    asyncio.run(_up(settings, only or []))


async def _up(settings: Settings, only: list[str]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    from service import app  # noqa: PLC0415 - help and errors come without the whole house

    strange = sorted(set(only) - set(app.ROLES))
    if strange:
        raise typer.BadParameter(f"{strange[0]}: {', '.join(app.ROLES)}", param_hint="--only")
    roles = [role for role in app.ROLES if not only or role in only]
    typer.echo("파발을 준비합니다… / Pabal is getting ready…", err=True)
    is_up = asyncio.Event()
    running = asyncio.create_task(_run(settings, roles, stop, is_up))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not is_up.is_set():
        running.cancel()  # nobody waits for a start; what is up sees ``stop`` and ends in order
    with suppress(asyncio.CancelledError):
        await running
    typer.echo("파발을 마쳤습니다. / Pabal has stopped.", err=True)


async def _run(
    settings: Settings, roles: Sequence[Role], stop: asyncio.Event, is_up: asyncio.Event
) -> None:
    from service import app, parts  # noqa: PLC0415

    def ready(page: str | None) -> None:
        is_up.set()
        _say(settings, page)

    async with parts.database_url(settings) as url:
        await app.run(settings, url, roles, stop, ready=ready)


def _say(settings: Settings, page: str | None) -> None:
    where = f"{settings.replica_url} (replica)" if settings.replica_url else "정부·언론 사이트"
    typer.echo(f"파발이 달립니다. 살피는 곳: {where}. 규칙에 맞는 소식을 알립니다.", err=True)
    typer.echo(
        "Pabal is running: it polls its sources and sends what matches your rules.", err=True
    )
    if page:
        typer.echo(f"화면 / page: {page}", err=True)
    typer.echo("멈추기 / stop: Ctrl-C", err=True)


def once(
    step: Annotated[str, typer.Argument(help=f"{' · '.join(STEPS)}")],
) -> None:
    """한 단계를 한 번만 합니다 (cron, 점검). / Do what one step has to do now, then end."""
    if step not in STEPS:
        raise typer.BadParameter(f"{step}: {', '.join(STEPS)}", param_hint="STEP")
    settings = begin()
    asyncio.run(_once(settings, step))


async def _once(settings: Settings, step: Step) -> None:
    from service import app, parts  # noqa: PLC0415

    async with parts.database_url(settings) as url:
        await app.once(settings, url, step)


def doctor(
    ask: Annotated[
        bool, typer.Option("--ask", help="메일 서버에도 물어봄 / ask the mail server too")
    ] = False,
) -> None:
    """설정과 환경을 점검합니다. / Check settings and surroundings; exit 1 if one is wrong."""
    from service.ops import doctor as checks  # noqa: PLC0415

    results = asyncio.run(checks.examine(config.from_environment(), ask=ask))
    for each in results:
        typer.echo(f"{'✓' if each.ok else '✗'} {each.what}: {each.found}")
        if each.advice:
            typer.echo(f"    → {each.advice}")
    raise typer.Exit(0 if all(each.ok for each in results) else 1)
