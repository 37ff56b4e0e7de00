"""``pabal sources list``, ``show``, ``check``, ``try``, ``capture``, ``export``, ``import``."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from scrapers.errors import ScrapeError
from scrapers.model import Asking, Page, Source
from scrapers.own import BadDeclaration
from service import config
from service.config import Settings
from service.errors import UserError
from service.model import SEOUL
from service.terminal import source_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from service.workshop.capture import Captured

group = typer.Typer(
    name="sources", help="선언된 출처 / the declared sources.", no_args_is_help=True
)

_Id = Annotated[str, typer.Argument(help="출처 id / source id")]


@group.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines")] = False,
    markdown: Annotated[
        bool, typer.Option(help="docs/sources.md의 표 / the table of docs/sources.md")
    ] = False,
) -> None:
    """출처를 모두 보입니다. / List every declared source."""
    from service import catalogue  # noqa: PLC0415
    from service.workshop import table  # noqa: PLC0415

    settings = config.from_environment()
    sources = catalogue.every(settings)
    held = Settings() if markdown else settings  # the table is the same whatever keys one has
    off = {name: catalogue.off(source, held) for name, source in sources.items()}
    found = table.rows(sources, off)
    for line in table.HEAD if markdown else ():
        typer.echo(line)
    for each in found:
        typer.echo(each.record() if as_json else each.markdown() if markdown else each.line())


@group.command()
def show(source_id: _Id) -> None:
    """출처 하나의 선언을 보입니다. / Show how one source is declared."""
    source = source_of(config.from_environment(), source_id)
    for field in dataclasses.fields(cast("DataclassInstance", source)):
        typer.echo(f"{field.name}: {getattr(source, field.name)}")


@group.command()
def check(
    source_ids: Annotated[
        list[str] | None, typer.Argument(help="비우면 켜진 것 모두 / all that are on if empty")
    ] = None,
) -> None:
    """출처를 실제로 읽어 봅니다. / Read sources live; exit 1 where one cannot be read."""
    from service import catalogue  # noqa: PLC0415

    settings = config.from_environment()
    every = catalogue.every(settings).items()
    on = [name for name, source in every if catalogue.off(source, settings) is None]
    chosen = {each: source_of(settings, each) for each in source_ids or on}
    failed = asyncio.run(_check(settings, chosen))
    raise typer.Exit(1 if failed else 0)


async def _check(settings: Settings, chosen: Mapping[str, Source]) -> int:
    from service.workshop import live  # noqa: PLC0415

    failed = 0
    async with live.fetching(settings) as fetcher:
        for source_id, source in chosen.items():
            try:
                said = await live.Reader(source, fetcher, _asking()).check()
                typer.echo(f"✓ {source_id}: {said}")
            except ScrapeError as error:
                failed += 1
                typer.echo(f"✗ {source_id}: {error}")
    return failed


@group.command("try")
def try_(
    target: Annotated[
        str, typer.Argument(help="출처를 쓴 TOML 파일이나 웹 주소 / a TOML file or an address")
    ],
    page: Annotated[Path | None, typer.Option(help="저장한 목록 / a saved list")] = None,
    post: Annotated[Path | None, typer.Option(help="저장한 글 / a saved post")] = None,
) -> None:
    """출처를 읽어 보고, 주소에서 피드를 찾습니다. / What a declaration reads; feeds of a site.

    파일: 항목마다 무엇을 찾았는지, 못 찾았으면 그 자리에 무엇이 있는지 보입니다.
    주소: 피드를 찾아 저장하면 되는 TOML을 보입니다. 안 되면 1로 끝납니다. / Of a file, what each
    field found, or what is there instead; of an address, the TOML to save. Exit 1 if neither works.
    """
    settings = config.from_environment()
    saved = {"list": page, "post": post}
    if target.startswith(("http://", "https://")):
        worked = asyncio.run(_discover(settings, target))
    else:
        source = _from_file(Path(target))
        pages = {name: _saved(file, source) for name, file in saved.items() if file}
        worked = asyncio.run(_try(settings, source, pages))
    raise typer.Exit(0 if worked else 1)


async def _discover(settings: Settings, url: str) -> bool:
    from service.workshop import discover, live, shown  # noqa: PLC0415

    async with live.fetching(settings) as fetcher:
        try:
            found = await discover.discover(fetcher, url)
        except ScrapeError as error:
            typer.echo(f"✗ {error}")
            return False
    for line in shown.discovered(found):
        typer.echo(line)
    return bool(found.proposals)


async def _try(settings: Settings, source: Source, saved: Mapping[str, Page]) -> bool:
    from service.workshop import live  # noqa: PLC0415

    async with live.fetching(settings) as fetcher:
        return await live.tried(live.Reader(source, fetcher, _asking()), saved, typer.echo)


@group.command()
def capture(
    source_id: _Id,
    folder: Annotated[
        Path, typer.Option("--dir", help="쓸 곳 / where to write", file_okay=False)
    ] = Path("captures"),
) -> None:
    """실제 쪽을 줄이고 낱말을 바꿔 저장합니다. / Save live pages, trimmed and made neutral."""
    settings = config.from_environment()
    source = source_of(settings, source_id)
    if (folder / source_id).exists():
        raise UserError(f"{folder / source_id}: 이미 있습니다 (it is there already)")
    try:
        raise typer.Exit(0 if asyncio.run(_capture(settings, source, folder / source_id)) else 1)
    except OSError as error:
        raise UserError(f"{error.filename or folder}: {error.strerror}") from None


async def _capture(settings: Settings, source: Source, folder: Path) -> bool:
    from service.workshop import capture as tool  # noqa: PLC0415
    from service.workshop import live  # noqa: PLC0415

    async with live.fetching(settings) as fetcher:
        try:
            made, pages = await live.Reader(source, fetcher, _asking()).captured()
        except ScrapeError as error:
            typer.echo(f"✗ {error}")
            return False
    await asyncio.to_thread(folder.mkdir, parents=True)
    for each in made.values():
        (folder / each.name).write_bytes(each.page.body)
        typer.echo(f"{'✗' if each.trouble else '✓'} {folder / each.name}: {_said(each)}")
    (folder / "expected.json").write_text(tool.record(made), "utf-8")
    folder.with_suffix(".headers.json").write_text(tool.heads(pages), "utf-8")
    return all(each.trouble is None for each in made.values())


def _said(each: Captured) -> str:
    """Whether the page is still read as the live one was."""
    if each.trouble:
        return f"바꾼 뒤에는 달리 읽힙니다 / read otherwise than the live page: {each.trouble}"
    if each.read is None:
        return "살아 있는 쪽처럼 읽히지 않습니다 / refused, as the live page is"
    return "살아 있는 쪽처럼 읽힙니다 / read as the live page is"


@group.command()
def export(
    as_opml: Annotated[bool, typer.Option("--opml", help="OPML 2.0")] = False,
) -> None:
    """피드인 출처를 모두 OPML로 씁니다. / Write every feed as OPML."""
    from service import catalogue  # noqa: PLC0415
    from service.workshop import opml  # noqa: PLC0415

    if not as_opml:
        raise UserError(
            "--opml을 주십시오: 다른 꼴은 없습니다 (say --opml: there is no other form)"
        )
    settings = config.from_environment()
    outlines = opml.outlines(catalogue.every(settings))
    typer.echo(opml.written(outlines))


@group.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="OPML 파일 / an OPML file")],
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="내 출처의 폴더 / of your own sources", file_okay=False),
    ],
) -> None:
    """OPML의 피드마다 TOML 파일을 씁니다. / Write a TOML file for each feed of an OPML file.

    있는 파일은 고치지 않습니다. / No file is written over.
    """
    from scrapers import registry  # noqa: PLC0415
    from service import catalogue  # noqa: PLC0415
    from service.workshop import opml  # noqa: PLC0415

    try:
        with file.open("rb") as content:
            feeds = opml.read(content.read(opml.LARGEST + 1))
        folder.mkdir(parents=True, exist_ok=True)
        known = catalogue.every(config.from_environment())
        with suppress(BadDeclaration):
            known = {**known, **registry.own_sources(folder)}
        for feed, said, written in opml.taken_in(feeds, folder, known):
            typer.echo(f"{'✓' if written else '–'} {feed.title}: {said}")
    except opml.NotOpml as trouble:
        raise UserError(f"{file}: {trouble}") from None
    except OSError as error:
        raise UserError(f"{error.filename or file}: {error.strerror}") from None


def _asking() -> Asking:
    return Asking(today=datetime.now(SEOUL).date())  # the edge: live is now


def _from_file(file: Path) -> Source:
    from scrapers import own, registry  # noqa: PLC0415
    from service import catalogue  # noqa: PLC0415
    from service.reading.publishers import Registry  # noqa: PLC0415

    try:
        source = own.read(registry.declaration(file), file.name)
        catalogue.check(file.name, source, Registry.load())
    except BadDeclaration as bad:
        raise UserError(str(bad)) from None
    return source


def _saved(file: Path, source: Source) -> Page:
    """A page that was saved, as if it had come from the list's address when it was."""
    try:
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        body = file.read_bytes()
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}") from None
    url = source.first(_asking()).url
    return Page(url, url, 200, {}, body, at)
