"""``pabal backup``, ``pabal restore``: the whole database as one file, and back."""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.config import Settings
from service.since import clock
from service.terminal import begin

if TYPE_CHECKING:
    from service.ops.backup import Manifest

_STANDARD = "-"


def backup(
    file: Annotated[str, typer.Argument(help="새 파일, - 는 표준 출력 / a new file, or -")],
) -> None:
    """자료 전체를 파일 하나로 남깁니다. / Write the whole database to one file, while it runs.

    주소와 서명 비밀이 들어 있으니 안전한 곳에 두십시오. / It holds addresses and the secret that
    links are signed with: keep it where nobody else reads.
    """
    settings = begin()
    made = asyncio.run(_backup(settings, file))
    shown = f"{len(made.parts)}개 표, {made.rows}행 / {len(made.parts)} tables, {made.rows} rows"
    typer.echo(f"✓ {file}: {shown}", err=file == _STANDARD)


async def _backup(settings: Settings, file: str) -> Manifest:
    from service.ops.backup import back_up, new_file  # noqa: PLC0415
    from service.parts import database_url  # noqa: PLC0415 - help comes without the whole house

    async with database_url(settings) as url:
        with nullcontext(sys.stdout.buffer) if file == _STANDARD else new_file(Path(file)) as to:
            return await back_up(url, to, version=version("pabal"), now=datetime.now(UTC))


def restore(
    file: Annotated[Path, typer.Argument(help="pabal backup이 만든 파일 / what backup made")],
    replace: Annotated[
        bool, typer.Option("--replace", help="지금 있는 것을 버림 / give up what is there")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="파일만 확인 / only look whether the file is whole")
    ] = False,
) -> None:
    """백업을 빈 데이터베이스에 되살립니다. / Bring a backup back into an empty database.

    먼저 파발을 모두 멈춥니다. 전부 아니면 전무입니다. / Stop every Pabal first. All or nothing.
    """
    from service.ops.backup import read_manifest  # noqa: PLC0415

    settings = begin()
    made = read_manifest(file) if check else asyncio.run(_restore(settings, file, replace=replace))
    shown = f"{clock(made.made_at)} · {made.version} · {made.revision}"
    typer.echo(f"✓ {file}: {shown} · {made.rows}행 / rows")


async def _restore(settings: Settings, file: Path, *, replace: bool) -> Manifest:
    from service.ops.backup import restore  # noqa: PLC0415
    from service.parts import database_url  # noqa: PLC0415

    async with database_url(settings) as url:
        return await restore(url, file, replace=replace)
