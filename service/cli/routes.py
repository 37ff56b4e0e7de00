"""``pabal routes``: how much each way to the same posts missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.config import Settings
from service.jsonl import tell
from service.store.database import Database
from service.terminal import begin, in_store

if TYPE_CHECKING:
    from service.store.routes import Kept, Missed

    _Misses = Mapping[str, Sequence[Missed]]

_PORTAL = "korea_kr"  # carries the releases of every ministry


def routes(as_json: Annotated[bool, typer.Option("--json", help="JSON Lines")] = False) -> None:
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
