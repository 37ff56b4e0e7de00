"""``pabal pulse``, ``pause``, ``resume``, ``routes``: how sources do, which one is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.config import Settings
from service.errors import UserError
from service.jsonl import tell
from service.terminal import begin, in_store, source_of

if TYPE_CHECKING:
    from service.shown_pulse import Pulses
    from service.store.database import Database
    from service.store.routes import Kept, Missed

    _Misses = Mapping[str, Sequence[Missed]]

_PORTAL = "korea_kr"  # carries the releases of every ministry
_AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines")]
_Id = Annotated[str, typer.Argument(metavar="SOURCE", help="출처 id / source id")]


def pulse(as_json: _AsJson = False) -> None:
    """출처마다 살아 있는지 봅니다. / How alive each source is, and what is wrong."""
    from service.shown_pulse import lines, records  # noqa: PLC0415

    settings = begin()
    found = in_store(settings, lambda database: _looked(settings, database))
    if as_json:
        tell(records(found))
    else:
        typer.echo("\n".join(lines(found)))


def pause(
    source_id: _Id,
    why: Annotated[str, typer.Option(help="까닭, 화면에 보입니다 / why, shown on the page")],
) -> None:
    """출처 하나를 그만 살핍니다. / Leave a source alone until it is resumed."""
    if not why.strip():
        raise UserError("--why: 까닭을 적으십시오 (say why)")
    _set(source_id, why.strip())
    typer.echo(f"{source_id}: 멈춥니다 / paused: {why.strip()}")


def resume(source_id: _Id) -> None:
    """멈춰 둔 출처를 다시 살핍니다. / Poll a paused source again."""
    _set(source_id, None)
    typer.echo(f"{source_id}: 다시 살핍니다 / polled again")


def _set(source_id: str, why: str | None) -> None:
    from service.store.sources import Sources  # noqa: PLC0415

    settings = begin()
    source_of(settings, source_id)

    async def act(database: Database) -> None:
        sources = Sources(database)
        await sources.declare([source_id])  # it may be stopped before it was ever polled
        await sources.pause(source_id, why)

    in_store(settings, act)


async def _looked(settings: Settings, database: Database) -> Pulses:
    from scrapers.routes import groups  # noqa: PLC0415
    from service.parts import declared  # noqa: PLC0415
    from service.shown_pulse import Pulses  # noqa: PLC0415
    from service.store.overview import Overview  # noqa: PLC0415
    from service.store.routes import Routes  # noqa: PLC0415
    from service.store.sources import Sources  # noqa: PLC0415
    from service.store.vitals import Vitals  # noqa: PLC0415
    from service.watch import facts  # noqa: PLC0415

    polled = declared(settings)
    await Sources(database).declare(polled)
    store = Vitals(database)
    return Pulses.of(
        [each for each in await Overview(database).sources() if each.source_id in polled],
        await store.vitals(facts(polled, settings.pace)),
        await Routes(database).missed(groups(polled)),
        await store.open(),
        await store.now(),
    )


def routes(as_json: _AsJson = False) -> None:
    """같은 글에 이르는 경로마다 놓친 글. / What each route to the same posts missed, in 30 days."""
    settings = begin()
    found, kept = in_store(settings, lambda database: _measured(settings, database))
    if as_json:
        tell(_records(found, kept))
    else:
        typer.echo("\n".join(_lines(found, kept)))


async def _measured(settings: Settings, database: Database) -> tuple[_Misses, Mapping[str, Kept]]:
    """Misses by ``key``, of routes to the same posts, and by ``story``; what was kept of each."""
    from scrapers.routes import boards, groups  # noqa: PLC0415
    from service.parts import declared  # noqa: PLC0415
    from service.store.routes import Routes  # noqa: PLC0415

    polled = declared(settings)
    several = groups(polled)
    portal = several.get(_PORTAL, (_PORTAL,))
    store = Routes(database)
    by_story = await store.across(portal, boards(polled))
    misses = {"key": await store.missed(several), "story": by_story}
    return misses, {each.source_id: each for each in await store.kept()}


def _records(found: _Misses, kept_of: Mapping[str, Kept]) -> Iterator[Mapping[str, object]]:
    """A line for each figure: ``by`` says whether keys were compared or stories."""
    for by, figures in found.items():
        for each in figures:
            record: dict[str, Any] = {"by": by, **asdict(each), "rate": round(each.rate, 4)}
            kept = kept_of.get(each.source_id) if by == "key" else None
            if kept is not None:
                since = {"since": kept.since.isoformat()}
                record["kept"] = {**since, "shown": kept.shown, "missed": kept.missed}
            yield record


def _lines(found: _Misses, kept: Mapping[str, Kept]) -> Iterator[str]:
    yield "같은 글에 이르는 경로, 지난 30일 / Routes to the same posts, the last 30 days"
    yield from _table(found["key"], kept)
    yield "정책브리핑과 부처 누리집 / The portal and the ministries' own boards, by story"
    yield from _table(found["story"], {})


def _table(figures: Sequence[Missed], kept: Mapping[str, Kept]) -> Iterator[str]:
    if not figures:
        yield "  아직 잴 글이 없습니다 / nothing to measure yet"
    group = None
    for each in figures:
        if each.group != group:
            group = each.group
            yield f"  {group}"
        yield (
            f"    {each.source_id:<20} 놓침 / missed {each.missed:>4} / {each.shown:<6}"
            f" {each.rate:>6.1%}{_ever(kept.get(each.source_id))}"
        )
        for title in each.examples:
            yield f"      · {title}"


def _ever(kept: Kept | None) -> str:
    """What was kept of a source, in words."""
    if kept is None:
        return ""
    return f"  {kept.since:%Y-%m-%d}부터 / since: {kept.missed} / {kept.shown}"
