"""``pabal confirm``: an address agrees to be told, by its code or by the operator's word."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from service import config, logs
from service.config import Settings
from service.errors import UserError
from service.links import Signer
from service.store.consent import Consent

_Said = TypeVar("_Said")
_ASKED = 3  # numbers in a code


def add(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(confirm)


def confirm(
    code: Annotated[
        str, typer.Argument(help="받은 코드; --operator면 구독 이름 / the code, or a subscription")
    ],
    place: Annotated[
        str, typer.Argument(metavar="[CHANNEL:ADDRESS]", help="--operator일 때 / with --operator")
    ] = "",
    *,
    operator: Annotated[
        bool, typer.Option("--operator", help="운영자가 책임집니다 / you answer for the owner")
    ] = False,
) -> None:
    """받는 이가 동의했음을 적습니다. / Take down that an address agreed to be told.

    물음에 적힌 코드로, 또는 --operator 구독이름 CHANNEL:ADDRESS로. 그 전에는 보내지 않습니다.
    / By the code in the question, or --operator NAME CHANNEL:ADDRESS. Nothing is sent before.
    """
    if operator:
        channel, _, address = place.partition(":")
        if not channel:
            raise UserError("--operator에는 구독 이름과 CHANNEL:ADDRESS를 씁니다 (needs both)")
        found = _in_store(lambda _, store: store.answer_for(code, channel, address or "-"))
        if not found:
            raise UserError(f"{code}: {place}에 알리지 않습니다 (does not tell this address)")
        typer.echo(f"{code}: {place}, 운영자가 책임집니다 / you answer for its consent")
        return
    named = _in_store(lambda signer, store: _answered(signer, store, code.strip()))
    typer.echo(f"{named}에 알립니다 / is told from now on")


async def _answered(signer: Signer, store: Consent, code: str) -> str:
    numbers = signer.read("confirm", code) or ()
    place = None
    if len(numbers) == _ASKED:
        endpoint, epoch, asked_at = numbers
        place = await store.confirm(endpoint, epoch, asked_at, {"by": "answer", "words": code})
    if place is None:
        raise UserError("그런 코드가 없거나 48시간이 지났습니다 (no such code, or it is too old)")
    return f"{place.subscription}: {place.channel} {place.address}"


def _in_store(act: Callable[[Signer, Consent], Awaitable[_Said]]) -> _Said:
    settings = config.from_environment()
    logs.set_up(settings.log)
    return asyncio.run(_opened(settings, act))


async def _opened(settings: Settings, act: Callable[[Signer, Consent], Awaitable[_Said]]) -> _Said:
    from service.lookback import opened  # noqa: PLC0415
    from service.parts import signer  # noqa: PLC0415

    async with opened(settings) as (database, _):
        return await act(await signer(settings, database), Consent(database))
