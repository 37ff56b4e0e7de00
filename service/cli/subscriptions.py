"""``pabal subscribe``, ``pabal unsubscribe``, ``pabal subscriptions``."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.errors import BadAddress
from service import config, logs
from service.errors import UserError
from service.store.subscriptions import Embargoed, Subscriptions

if TYPE_CHECKING:
    from service.judging.rules import Rule
    from service.preview import Tools
    from service.store.database import Database

_LOOKED_BACK = timedelta(days=30)
_TITLES = 3
_FLOOD = 50 * 7  # alerts a week
_SHORTEST_KEY, _LONGEST_KEY = 24, 64


def add(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(subscribe)
    app.command()(unsubscribe)
    app.command()(subscriptions)


def subscribe(
    name: Annotated[str, typer.Argument(help="구독 이름 / a name for the subscription")],
    rule: Annotated[list[str], typer.Option(help="규칙 (여러 번 가능) / a rule, repeatable")],
    webhook: Annotated[str, typer.Option(help="알림을 받을 주소 / where alerts go")] = "",
    secret: Annotated[
        str, typer.Option(help="서명 열쇠 whsec_… (비우면 만듭니다 / made if empty)")
    ] = "",
    embargoed: Annotated[
        Embargoed | None,
        typer.Option(help="엠바고 중인 소식: 기다림(wait), 바로 표시와 함께(badge)"),
    ] = None,
) -> None:
    """규칙에 맞는 소식을 알립니다. / Tell of whatever matches the rules.

    주소가 없으면 화면(로그)에 씁니다. / By webhook where an address is given, else on the console.
    """
    from notifier.channels.webhook import new_secret  # noqa: PLC0415
    from service.judging import rules  # noqa: PLC0415

    parsed, warnings = _parsed(rule)
    channel, address = ("webhook", webhook) if webhook else ("console", "-")
    _check_address(channel, address)
    _check_secret(secret)
    key = (secret or new_secret()) if webhook else None

    canonical = [(typed, rules.canonical(each)) for typed, each in parsed]

    async def save(database: Database, tools: Tools) -> None:
        await _foretell(database, tools, parsed)
        store = Subscriptions(database)
        await store.subscribe(name, canonical, channel, address, key, embargoed=embargoed)

    _in_store(save)
    typer.echo(f"{name}: 규칙 {len(parsed)}개 → {channel} {address}")
    for warning in warnings:
        typer.echo(f"  ! {warning}")
    if webhook and not secret:
        typer.echo(f"서명 열쇠 / signing secret (다시 보이지 않습니다 / shown once): {key}")


async def _foretell(database: Database, tools: Tools, parsed: Sequence[tuple[str, Rule]]) -> None:
    """Say what the rules would have brought, before they are saved."""
    from service.preview import previews  # noqa: PLC0415
    from service.shown_rules import estimate, titles  # noqa: PLC0415
    from service.store.past import Past  # noqa: PLC0415

    found = await previews(
        Past(database), [rule for _, rule in parsed], _LOOKED_BACK, tools, _TITLES
    )
    for (typed, _), each in zip(parsed, found, strict=True):
        typer.echo("\n  ".join([typed, *estimate(each).splitlines()]))
        for title in titles(each):
            typer.echo(f"    {title}")
        if each.per_week is not None and each.per_week > _FLOOD:
            typer.echo(
                "  ! 하루에 50건이 넘게 옵니다. 낱말이나 조건을 더해 좁혀 보십시오. / "
                "More than 50 a day: narrow it with another word or filter."
            )


def _parsed(typed: Sequence[str]) -> tuple[list[tuple[str, Rule]], list[str]]:
    """Each rule with its text as typed; and what to be warned of."""
    from service import catalogue  # noqa: PLC0415
    from service.judging import rules  # noqa: PLC0415
    from service.judging.fields import Values  # noqa: PLC0415
    from service.reading.publishers import Registry  # noqa: PLC0415

    every = catalogue.every(config.from_environment())
    values = Values(Registry.load(), sources=frozenset(every))
    read = [(text, rules.parse(text, values)) for text in typed]
    warnings = [f"{text}: {why}" for text, rule in read for why in rules.warnings(rule)]
    return read, warnings


def _check_address(channel: str, address: str) -> None:
    from service.app import open_channels  # noqa: PLC0415

    try:
        open_channels(config.from_environment())[channel].check_address(address)
    except BadAddress as error:
        raise UserError(str(error)) from error


def _check_secret(secret: str) -> None:
    if not all(map(_is_secret, secret.split())):
        raise UserError(
            "--secret: whsec_와 24~64바이트의 base64여야 합니다 "
            "(must be whsec_ and 24 to 64 bytes in base64)"
        )


def _is_secret(text: str) -> bool:
    """Whether receivers will take it for a secret as Standard Webhooks writes it: 24-64 bytes."""
    try:
        key = b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and _SHORTEST_KEY <= len(key) <= _LONGEST_KEY


def unsubscribe(name: Annotated[str, typer.Argument(help="구독 이름 / its name")]) -> None:
    """구독을 끝냅니다. / End a subscription."""

    async def end(database: Database, _: Tools) -> None:
        if not await Subscriptions(database).end(name):
            raise UserError(f"{name}: 그런 구독이 없습니다 (no such subscription)")

    _in_store(end)
    typer.echo(f"{name}: 끝냈습니다 / ended")


def subscriptions() -> None:
    """구독을 모두 보입니다. / List every live subscription."""

    async def show(database: Database, _: Tools) -> None:
        for each in await Subscriptions(database).listed():
            typer.echo(
                f"{each.name}: {' · '.join(each.rules)} → {', '.join(each.endpoints) or '—'}"
                + (" (엠바고 중에도 / embargoed too)" if each.embargoed == "badge" else "")
            )

    _in_store(show)


def _in_store(act: Callable[[Database, Tools], Awaitable[None]]) -> None:
    settings = config.from_environment()
    logs.set_up(settings.log)

    async def run() -> None:
        from service.lookback import opened  # noqa: PLC0415

        async with opened(settings) as (database, tools):
            await act(database, tools)

    asyncio.run(run())
