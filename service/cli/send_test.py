"""``pabal send-test``: a marked message to every endpoint of a subscription, and what each said."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from notifier.errors import SendError
from notifier.model import Alert, Channel, Message
from service.config import Settings
from service.errors import UserError
from service.terminal import begin

if TYPE_CHECKING:
    from service.store.subscriptions import Endpoint

_TITLE = "[시험 · TEST] 파발 알림이 잘 오는지 보는 글입니다"
_SUMMARY = (
    "pabal send-test가 보낸 시험 알림입니다. 새 소식이 아닙니다. / "
    "A test message that pabal send-test sent. This is no news."
)


def send_test(name: Annotated[str, typer.Argument(help="구독 이름 / its name")]) -> None:
    """받는 곳마다 시험 알림을 한 번 보냅니다. / Send every endpoint one test message, now.

    무엇이라 답했는지 보이고, 하나라도 받지 않았으면 종료 코드 1입니다. 기록하지도 다시 보내지도
    않습니다. / Says what each answered; exit 1 if one refused. Nothing is kept or tried again.
    """
    settings = begin()
    answers = asyncio.run(_sent(settings, name))
    for endpoint, taken, said in answers:
        typer.echo(f"{'✓' if taken else '✗'} {endpoint.channel} {endpoint.address}: {said}")
    raise typer.Exit(0 if all(taken for _, taken, _ in answers) else 1)


async def _sent(settings: Settings, name: str) -> list[tuple[Endpoint, bool, str]]:
    """Each endpoint, whether it took the message, and in which words."""
    from service.lookback import opened  # noqa: PLC0415
    from service.parts import ways_to_tell  # noqa: PLC0415
    from service.store.subscriptions import Subscriptions  # noqa: PLC0415

    async with opened(settings) as (database, _):
        listed = await Subscriptions(database).listed(name)
    if not listed:
        raise UserError(f"{name}: 그런 구독이 없습니다 (no such subscription)")
    if not listed[0].endpoints:
        raise UserError(f"{name}: 받는 곳이 없습니다 (it has no endpoint)")
    alert = Alert(name, _TITLE, settings.contact, None, "pabal", None, None, _SUMMARY, ())
    async with AsyncExitStack() as stack:
        channels, _ = ways_to_tell(settings, stack)
        return await asyncio.gather(*(_try(channels, to, alert) for to in listed[0].endpoints))


async def _try(
    channels: Mapping[str, Channel], to: Endpoint, alert: Alert
) -> tuple[Endpoint, bool, str]:
    if to.channel not in channels:
        return to, False, "그런 채널이 없습니다 (no such channel)"
    if not to.agreed:
        why = "동의를 기다립니다: 아무것도 보내지 않습니다 (not confirmed: nothing is sent)"
        return to, False, why
    message = Message(f"msg_test_{uuid4()}", to.address, to.secret, alert, 1)
    try:
        receipt = await channels[to.channel].send(message)
    except SendError as error:
        return to, False, str(error)
    return to, True, receipt.detail
