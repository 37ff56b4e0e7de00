"""``pabal feeds``: where a subscription can be read, put into a calendar, listened to."""

from __future__ import annotations

from typing import Annotated

import typer

from service.config import Settings
from service.errors import UserError
from service.store.database import Database
from service.terminal import begin, in_store, page_url

_PLACES = (
    ("Atom", "feed", ".atom"),
    ("JSON Feed", "feed", ".json"),
    ("달력 / calendar", "calendar", ".ics"),
    ("실시간 / stream (SSE)", "stream", ""),
)


def feeds(
    name: Annotated[str, typer.Argument(help="구독 이름 / its name")],
    renew: Annotated[
        bool,
        typer.Option("--renew", help="새로 만들고 옛것은 버립니다 / new ones, the old are void"),
    ] = False,
) -> None:
    """구독의 피드, 달력, 실시간 주소. / The addresses of a subscription's feeds and calendar.

    주소를 아는 사람은 누구나 읽습니다. / Whoever knows an address can read it.
    """
    settings = begin()
    base = page_url(settings)
    token = in_store(settings, lambda database: _token(settings, database, name, renew=renew))
    for label, page, form in _PLACES:
        typer.echo(f"{label}: {base}/{page}/{token}{form}")


async def _token(settings: Settings, database: Database, name: str, *, renew: bool) -> str:
    from service.parts import signer  # noqa: PLC0415
    from service.store.told import Told  # noqa: PLC0415

    reader = await Told(database).address(name, renew=renew)
    if reader is None:
        raise UserError(f"{name}: 그런 구독이 없습니다 (no such subscription)")
    return (await signer(settings, database)).sign("feed", *reader)
