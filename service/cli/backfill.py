"""``pabal backfill``: a source's list read back to a day, with nobody told."""

from __future__ import annotations

import asyncio
import signal
from contextlib import aclosing
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from scrapers.model import Source
from service.config import Settings
from service.errors import UserError
from service.model import SEOUL
from service.since import day
from service.terminal import begin, in_store, source_of

if TYPE_CHECKING:
    from service.backfill import Backfill
    from service.store.backfills import Outcome, Progress
    from service.store.database import Database

_LOOK = 1.0  # seconds between two looks at how far it is: the service may be working on it, too
_HOW_IT_ENDED: dict[Outcome, str] = {
    "reached": "그날까지 다 읽었습니다 / read back to that day",
    "ended": "목록이 여기서 끝납니다 / the list ends here",
    "failed": "더 읽지 못합니다 / it cannot be read any further",
}


def backfill(
    source_id: Annotated[
        str, typer.Argument(metavar="SOURCE", help="출처 id / source id", show_default=False)
    ] = "",
    back_to: Annotated[
        str, typer.Option("--from", help="이날부터의 글 / posts since this day: 2026-01-01")
    ] = "",
    as_list: Annotated[
        bool,
        typer.Option("--list", help="하고 있거나 끝난 것을 보입니다 / show open and finished ones"),
    ] = False,
) -> None:
    """출처의 지난 글을 그날까지 거슬러 모읍니다. 알리지 않습니다. / Collect older posts, silently.

    한 쪽씩 천천히 읽습니다. 멈추어도(Ctrl-C) 다시 실행하거나 켜져 있는 서비스가 이어 갑니다. /
    One page at a time; stopped with Ctrl-C, the next run or the running service goes on.
    """
    settings = begin()
    if as_list:
        in_store(settings, _list)
        return
    source, since = _source(settings, source_id), _day(back_to)
    outcome = asyncio.run(_backfill(settings, source_id, source, since))
    raise typer.Exit(1 if outcome == "failed" else 0)


def _source(settings: Settings, source_id: str) -> Source:
    """The source, if its list can be read back. Raises UserError."""
    source = source_of(settings, source_id)
    if lacked := settings.lacks(source.needs):
        raise UserError(f"{source_id}: {lacked[0]} 설정이 필요합니다 (needs {lacked[0]})")
    if source.searches:
        raise UserError(
            f"{source_id}: 검색 출처에는 지난 목록이 없습니다 (a search has no older list)"
        )
    if source.checks:
        lead = source.route_of
        raise UserError(
            f"{source_id}: {lead}의 빠진 글만 찾습니다 (only checks {lead}: backfill that)"
        )
    return source


def _day(typed: str) -> datetime:
    """The beginning of a day in Asia/Seoul. Raises UserError."""
    if (first := day(typed)) is None:
        raise UserError(f"--from {typed}: 2026-01-01처럼 써 주세요 (type a day like 2026-01-01)")
    return datetime.combine(first, time.min, SEOUL)


async def _backfill(
    settings: Settings, source_id: str, source: Source, since: datetime
) -> Outcome | None:
    """Ask for it and work on it until it is finished or somebody stops us, None."""
    from service.backfill import Backfill  # noqa: PLC0415
    from service.lookback import store  # noqa: PLC0415
    from service.parts import publishers  # noqa: PLC0415
    from service.store.backfills import Backfills  # noqa: PLC0415
    from service.store.sources import Sources  # noqa: PLC0415

    async with store(settings, size=2) as database, aclosing(publishers(settings)) as fetcher:
        await Sources(database).declare([source_id])  # where it never was
        step = Backfill({source_id: source}, fetcher, Backfills(database), settings.pace)
        if not await step.backfills.open(source_id, since):
            raise UserError(f"--from {since:%Y-%m-%d}: 아직 오지 않은 날입니다 (a day to come)")
        if source.max_pages == 1:
            typer.echo("이 출처의 목록은 한 쪽뿐이라 지금 보이는 글만 모을 수 있습니다.")
            typer.echo("Its list has a single page: only what it shows now can be had.")
        stop = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, stop.set)
        working = asyncio.create_task(_work(step, source_id))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if working.done():
            return working.result()
        working.cancel()
        await asyncio.wait({working})
        typer.echo(
            "멈췄습니다. 다시 실행하거나 서비스가 켜져 있으면 이어 갑니다. / "
            "Stopped: the next run or the running service goes on."
        )
        return None


async def _work(step: Backfill, source_id: str) -> Outcome:
    """Read page by page, saying how far it is; returns how it ended. Raises UserError if paused."""
    said = ""
    while True:
        await step.fill(source_id)
        far, *_ = await step.backfills.progress(source_id, limit=1)
        if far.paused_why is not None:
            raise UserError(f"{source_id}: 멈춰 둔 출처입니다 (paused): {far.paused_why}")
        if (line := _line(far)) != said:
            typer.echo(said := line)
        if far.outcome is not None:
            return far.outcome
        await asyncio.sleep(min(max(far.rest, 0.0), _LOOK))


async def _list(database: Database) -> None:
    from service.store.backfills import Backfills  # noqa: PLC0415

    asked = await Backfills(database).progress()
    for each in asked:
        told = "  (알림 / told)" if each.told else ""
        typer.echo(f"{each.source_id} ← {_date(each.since)}{told}: {_line(each)}")
    if not asked:
        typer.echo("없습니다 / none")


def _line(far: Progress) -> str:
    """How far it is: the page, the day it is back to, posts seen and new, what ails it."""
    parts = [f"{far.pages}쪽 / pages", f"글 / seen {far.seen}", f"새 글 / new {far.new}"]
    if far.oldest_at is not None:
        parts.insert(1, f"{_date(far.oldest_at)}까지 / back to")
    if far.outcome is not None:
        parts.append(_HOW_IT_ENDED[far.outcome])
    elif far.paused_why is not None:
        parts.append(f"멈춤 / paused: {far.paused_why}")
    if far.last_error is not None:
        parts.append(far.last_error)
    return " · ".join(parts)


def _date(moment: datetime) -> str:
    return f"{moment.astimezone(SEOUL):%Y-%m-%d}"
