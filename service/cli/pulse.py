"""``pabal pulse``, ``pabal pause``, ``pabal resume``: how sources do, and leaving one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from service.config import Settings
from service.errors import UserError
from service.jsonl import tell
from service.terminal import begin, in_store, source_of

if TYPE_CHECKING:
    from service.shown_pulse import Pulses
    from service.store.database import Database

_Id = Annotated[str, typer.Argument(metavar="SOURCE", help="출처 id / source id")]


def pulse(as_json: Annotated[bool, typer.Option("--json", help="JSON Lines")] = False) -> None:
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
