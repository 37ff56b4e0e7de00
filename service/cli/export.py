"""``pabal export``: all that is stored, or a part of it, in a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import IO, Annotated, get_args

import typer

from service.config import Settings
from service.errors import UserError
from service.export import Form, written
from service.store.browse import Wish
from service.store.database import Database
from service.terminal import begin, in_store, source_of


def export(
    target: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="끝이 .jsonl, .csv, .parquet인 파일, -: JSON Lines / - for stdout"
        ),
    ] = "-",
    since: Annotated[str, typer.Option(metavar="DAY", help="첫날 / first day, in Korea")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="마지막 날 / last day")] = "",
    ministry: Annotated[
        list[str] | None, typer.Option(help="부처 (여러 번 가능) / by id or name, repeatable")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="종류 / release, notice, news: repeatable")
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="출처의 id / ids of sources")] = None,
) -> None:
    """읽은 글을 모두 파일로. / Write every article that was read to a file.

    엠바고가 남은 글은 빠집니다. API의 /export와 같습니다. / None whose embargo lasts. The same as
    /export of the API.
    """
    from service.ops.backup import new_file  # noqa: PLC0415 - help comes without the whole house

    settings = begin()
    wish = Wish(
        ministries=_known("ministry", ministry or ()),
        kinds=_known("kind", kind or ()),
        since=_day("--since", since),
        until=_day("--until", until),
        sources=_declared(settings, source or ()),
    )
    form = _form(target)
    place = Path(target).resolve()
    out = nullcontext(sys.stdout.buffer) if target == "-" else new_file(place, public=True)
    try:
        with out as file:
            in_store(settings, lambda database: _write(database, wish, form, file))
    except OSError as error:
        raise UserError(f"{target}: {error.strerror}") from error


def _form(target: str) -> Form:
    ends = "jsonl" if target == "-" else Path(target).suffix.removeprefix(".")
    forms: tuple[Form, ...] = get_args(Form)
    for each in forms:
        if each == ends:
            return each
    raise UserError(f"{target}: .jsonl, .csv, .parquet 가운데 하나로 (must end in one of them)")


async def _write(database: Database, wish: Wish, form: Form, file: IO[bytes]) -> None:
    from service.store.past import Past  # noqa: PLC0415

    async for piece in written(form, Past(database).exported(wish)):
        file.write(piece)


def _day(option: str, typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise UserError(f"{option} {typed}: 2026-10-01처럼 (must look like 2026-10-01)") from None


def _known(field: str, names: Sequence[str]) -> tuple[str, ...]:
    from service.judging.fields import resolve, usual  # noqa: PLC0415

    values = usual()
    try:
        return tuple(str(each.value) for name in names for each in resolve(field, name, values))
    except ValueError as error:
        raise UserError(str(error)) from error


def _declared(settings: Settings, names: Sequence[str]) -> tuple[str, ...]:
    for each in names:
        source_of(settings, each)
    return tuple(names)
