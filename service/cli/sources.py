"""``pabal sources list|show|check``."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import json
from typing import TYPE_CHECKING, Annotated, cast

import typer

from scrapers.errors import ScrapeError
from scrapers.model import Source
from service import config
from service.config import Settings
from service.errors import UserError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from scrapers.fetch import Fetcher

group = typer.Typer(help="선언된 출처 / the declared sources.", no_args_is_help=True)


def add(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    app.add_typer(group, name="sources")


@group.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines")] = False,
    markdown: Annotated[
        bool, typer.Option(help="docs/sources.md의 표 / the table of docs/sources.md")
    ] = False,
) -> None:
    """출처를 모두 보입니다. / List every declared source."""
    if markdown:
        typer.echo("| id | 종류 / kind | 기관 / publisher | 간격 / every | 무엇 / what |")
        typer.echo("|---|---|---|---|---|")
    for source_id, source in _declared().items():
        if as_json:
            typer.echo(json.dumps(_record(source_id, source), ensure_ascii=False))
            continue
        if markdown:
            typer.echo(_row(source_id, source))
            continue
        who = source.publisher or "여러 기관"
        off = f"  (꺼짐 / off: {source.off})" if source.off else ""
        typer.echo(
            f"{source_id:<16} {source.kind:<8} {source.every:>5.0f}s  {who:<8}"
            f" {source.first().url}{off}"
        )


def _record(source_id: str, source: Source) -> dict[str, object]:
    """One line of ``--json``: ``off`` is the reason, null where it is on."""
    return {
        "id": source_id,
        "publisher": source.publisher,
        "kind": source.kind,
        "every": source.every,
        "url": source.first().url,
        "off": source.off,
        "what": _what(source_id),
    }


def _row(source_id: str, source: Source) -> str:
    who = source.publisher or "여러 기관 / several"
    off = f" **꺼짐 / off**: {source.off}" if source.off else ""
    return (
        f"| `{source_id}` | {source.kind} | {who} | {source.every:.0f} s"
        f" | {_what(source_id)}{off} |"
    )


def _what(source_id: str) -> str:
    """What the first line of its file says, without the full stop."""
    module = importlib.import_module(f"scrapers.sources.{source_id}")
    return (module.__doc__ or "").split("\n", 1)[0].rstrip(".")


@group.command()
def show(source_id: Annotated[str, typer.Argument(help="출처 id / source id")]) -> None:
    """출처 하나의 선언을 보입니다. / Show how one source is declared."""
    source = _one(source_id)
    for field in dataclasses.fields(cast("DataclassInstance", source)):
        typer.echo(f"{field.name}: {getattr(source, field.name)}")


@group.command()
def check(
    source_ids: Annotated[
        list[str] | None, typer.Argument(help="비우면 켜진 것 모두 / all that are on if empty")
    ] = None,
) -> None:
    """출처를 실제로 읽어 봅니다. / Read sources live; exit 1 where one cannot be read."""
    on = [name for name, source in _declared().items() if source.off is None]
    chosen = {each: _one(each) for each in source_ids or on}
    failed = asyncio.run(_check(config.from_environment(), chosen))
    raise typer.Exit(1 if failed else 0)


async def _check(settings: Settings, chosen: dict[str, Source]) -> int:
    from scrapers.fetch import Fetcher  # noqa: PLC0415

    fetcher = Fetcher(contact=settings.contact, replica=settings.replica_url, pace=settings.pace)
    failed = 0
    try:
        for source_id, source in chosen.items():
            try:
                typer.echo(f"✓ {source_id}: {await _read(fetcher, source)}")
            except ScrapeError as error:
                failed += 1
                typer.echo(f"✗ {source_id}: {error}")
    finally:
        await fetcher.aclose()
    return failed


async def _read(fetcher: Fetcher, source: Source) -> str:
    page = (await fetcher.get(source.first(), pause=source.pause)).page
    assert page is not None
    posts = source.read_list(page).posts
    newest = posts[0]
    said = f"{len(posts)}건, 첫 글 / first: {newest.title}"
    request = source.open(newest)
    if request is not None:
        opened = (await fetcher.get(request, pause=source.pause)).page
        assert opened is not None
        detail = source.read_post(opened)
        said += f" (본문 / body {len(detail.text)}자, 첨부 / files {len(detail.files)})"
    return said


def _declared() -> dict[str, Source]:
    from scrapers.registry import sources  # noqa: PLC0415

    return dict(sources())


def _one(source_id: str) -> Source:
    declared = _declared()
    if source_id not in declared:
        raise UserError(
            f"{source_id}: 그런 출처가 없습니다 (no such source); {', '.join(declared)}"
        )
    return declared[source_id]
