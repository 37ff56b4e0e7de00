"""``pabal confirm``: an address agrees to be told, by its code or by the operator's word."""

from __future__ import annotations

from typing import Annotated

import typer

from service.config import Settings
from service.errors import UserError
from service.store.consent import Consent
from service.store.database import Database
from service.terminal import begin, in_store


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
    settings = begin()
    if operator:
        channel, _, address = place.partition(":")
        if not channel:
            raise UserError("--operator에는 구독 이름과 CHANNEL:ADDRESS를 씁니다 (needs both)")
        if not in_store(
            settings,
            lambda database: Consent(database).answer_for(code, channel, address or "-"),
        ):
            raise UserError(
                f"{code} {place}: 그 구독에 이 주소가 없습니다. pabal subscriptions로 보십시오 "
                "(that subscription has no such address)"
            )
        typer.echo(f"{code}: {place}, 운영자가 책임집니다 / you answer for its consent")
        return
    named = in_store(settings, lambda database: _answered(settings, database, code.strip()))
    typer.echo(f"{named}에 알립니다 / is told from now on")


async def _answered(settings: Settings, database: Database, code: str) -> str:
    from service.parts import signer  # noqa: PLC0415

    said = {"by": "answer", "words": code}
    match (await signer(settings, database)).read("confirm", code):
        case endpoint, epoch, asked_at:
            place = await Consent(database).confirm(endpoint, epoch, asked_at, said)
        case _:
            place = None
    if place is None:
        raise UserError("그런 코드가 없거나 48시간이 지났습니다 (no such code, or it is too old)")
    return f"{place.subscription}: {place.channel} {place.address}"
