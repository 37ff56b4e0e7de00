"""``pabal letters``: messages that nobody took, and what becomes of them."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence
from typing import Annotated

import typer

from service.errors import UserError
from service.since import clock
from service.store.letters import DeadLetter, Letters
from service.terminal import begin, in_store


def letters(
    resend: Annotated[
        str | None, typer.Option(help="다시 보낼 번호들 12,15 또는 all / send these again, or all")
    ] = None,
    drop: Annotated[
        str | None, typer.Option(help="버릴 번호들 12,15 또는 all / give these up, or all")
    ] = None,
) -> None:
    """끝내 보내지 못한 알림을 봅니다. / Show the messages that nobody took.

    다시 보내도 번호는 같습니다. 웹훅과 많은 메일함은 같은 번호로 하나만 봅니다. 메신저는 앞서
    받았다면 두 번 보일 수 있습니다. 꺼진 곳에는 다시 보내지 않습니다. / Sent again a message keeps
    its id, of which webhooks and many mailboxes show one; a chat that had taken it before may show
    it twice. To an endpoint that is switched off nothing is sent.
    """
    if resend is not None and drop is not None:
        raise UserError("--resend와 --drop은 함께 쓰지 않습니다 (one of the two)")
    settings = begin()
    if resend is not None:
        again = _ids(resend)
        count = in_store(settings, lambda database: Letters(database).resend(again))
        typer.echo(f"{count}건을 다시 보냅니다 / {count} to be sent again")
        _others(again, count)
    elif drop is not None:
        given_up = _ids(drop)
        count = in_store(settings, lambda database: Letters(database).drop(given_up))
        typer.echo(f"{count}건을 버렸습니다 / {count} given up")
        _others(given_up, count)
    else:
        _show(in_store(settings, lambda database: Letters(database).listed()))


def _ids(typed: str) -> Collection[int] | None:
    """The numbers that were typed; None for all."""
    if typed.strip() == "all":
        return None
    try:
        return list(array("q", map(int, typed.split(","))))  # as large as the store has them
    except (ValueError, OverflowError):
        raise UserError(f"{typed}: 번호(12,15)나 all을 적어 주세요 (numbers, or all)") from None


def _others(asked: Collection[int] | None, count: int) -> None:
    """Say of the numbers asked for how many nothing was done with."""
    if asked is not None and (left := len(set(asked)) - count):
        typer.echo(f"{left}개 번호는 목록에 없거나 꺼진 곳입니다 / {left} not listed, or off")


def _show(dead: Sequence[DeadLetter]) -> None:
    for each in dead:
        off = " (꺼짐 / off)" if each.off else ""
        typer.echo(f"{each.id}  {clock(each.at)}  {each.channel} {each.address}{off}")
        typer.echo(f"    {each.subscription} · {each.reason} · {each.title}")
        typer.echo(f"    {each.why}")
    if not dead:
        typer.echo("보내지 못한 알림이 없습니다 / no dead letters")
