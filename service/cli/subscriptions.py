"""``pabal unsubscribe``, ``subscriptions``: the end of one, and all that there are."""

from __future__ import annotations

from typing import Annotated

import typer

from service.errors import UserError
from service.since import clock
from service.store.subscriptions import Subscribed, Subscriptions
from service.terminal import begin, in_store


def unsubscribe(name: Annotated[str, typer.Argument(help="구독 이름 / its name")]) -> None:
    """구독을 끝냅니다. / End a subscription."""
    if not in_store(begin(), lambda database: Subscriptions(database).end(name)):
        raise UserError(f"{name}: 그런 구독이 없습니다 (no such subscription)")
    typer.echo(f"{name}: 끝냈습니다 / ended")


def subscriptions(
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="import-subscriptions가 읽는 YAML로 / as YAML")
    ] = False,
    secrets: Annotated[
        bool, typer.Option("--secrets", help="YAML에 서명 열쇠도 / with the signing secrets")
    ] = False,
) -> None:
    """구독을 모두 보입니다. / List every live subscription."""
    if secrets and not as_yaml:
        raise UserError("--secrets는 --yaml과 함께 씁니다 (--secrets needs --yaml)")
    listed = in_store(begin(), lambda database: Subscriptions(database).listed())
    if as_yaml:
        from service.wanted_file import dump  # noqa: PLC0415

        typer.echo(dump(listed, secrets=secrets), nl=False)
        return
    for each in listed:
        typer.echo(_line(each))


def _line(each: Subscribed) -> str:
    from service.wanted import in_words  # noqa: PLC0415

    places = ", ".join(
        f"{to.channel} {to.address}" + ("" if to.agreed else " (동의 전 / not confirmed)")
        for to in each.endpoints
    )
    notes = ["엠바고 중에도 / embargoed too"] if each.embargoed == "badge" else []
    if each.muted:
        notes.append("꺼짐 / muted")
    if each.snoozed_until is not None:
        notes.append(f"{clock(each.snoozed_until)}까지 쉼 / snoozed")
    if each.expires_at is not None:
        notes.append(f"{clock(each.expires_at)}에 끝남 / ends by itself")
    line = f"{each.name}: {' · '.join(each.rules)} → {places or '—'}"
    return "".join([line, *(f" ({note})" for note in notes), f"\n  {in_words(each)}"])
