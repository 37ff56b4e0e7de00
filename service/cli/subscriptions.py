"""``pabal subscribe``, ``unsubscribe``, ``subscriptions``, ``import-subscriptions``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service import config, logs
from service.errors import UserError
from service.since import clock
from service.store.subscriptions import Embargoed, Endpoint, Subscribed, Subscriptions

if TYPE_CHECKING:
    from service.preview import Tools
    from service.store.database import Database
    from service.wanted import Checks, Wanted

_LOOKED_BACK = timedelta(days=30)
_TITLES = 3
_FLOOD = 50 * 7  # alerts a week


def add(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(subscribe)
    app.command()(unsubscribe)
    app.command()(subscriptions)
    app.command("import-subscriptions")(import_subscriptions)


def subscribe(
    name: Annotated[str, typer.Argument(help="구독 이름 / a name for the subscription")],
    rule: Annotated[list[str], typer.Option(help="규칙 (여러 번 가능) / a rule, repeatable")],
    to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHANNEL:ADDRESS", help="알림을 받을 곳 (여러 번 가능) / where, repeatable"
        ),
    ] = None,
    webhook: Annotated[str, typer.Option(help="--to webhook:주소 / short for --to webhook:")] = "",
    secret: Annotated[
        str, typer.Option(help="웹훅의 서명 열쇠 whsec_… (비우면 만듭니다 / made if empty)")
    ] = "",
    until: Annotated[
        str, typer.Option(help="마지막 날 2026-12-31 / ends by itself after this day in Korea")
    ] = "",
    embargoed: Annotated[
        Embargoed | None,
        typer.Option(help="엠바고 중인 소식: 기다림(wait), 바로 표시와 함께(badge)"),
    ] = None,
) -> None:
    """규칙에 맞는 소식을 알립니다. / Tell of whatever matches the rules.

    받을 곳이 없으면 화면(로그)에 씁니다. / On the console where no address is given.
    """
    from service.wanted import Wanted, at  # noqa: PLC0415

    checks = _checks()
    rules = tuple(map(checks.rule, rule))
    places = [*(to or ()), *([f"webhook:{webhook}"] if webhook else ())] or ["console"]
    endpoints = _endpoints(checks, places, secret)
    with at("--until"):
        expires_at = checks.expiry(until) if until else None
    wanted = Wanted(name, rules, endpoints, embargoed, expires_at)

    async def save(database: Database, tools: Tools) -> None:
        await _foretell(database, tools, wanted)
        await _saved(wanted, Subscriptions(database))

    _in_store(save)


def unsubscribe(name: Annotated[str, typer.Argument(help="구독 이름 / its name")]) -> None:
    """구독을 끝냅니다. / End a subscription."""

    async def end(database: Database, _: Tools) -> None:
        if not await Subscriptions(database).end(name):
            raise UserError(f"{name}: 그런 구독이 없습니다 (no such subscription)")

    _in_store(end)
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

    async def show(database: Database, _: Tools) -> None:
        listed = await Subscriptions(database).listed()
        if as_yaml:
            from service.wanted_file import dump  # noqa: PLC0415

            typer.echo(dump(listed, secrets=secrets), nl=False)
            return
        for each in listed:
            typer.echo(_line(each))

    _in_store(show)


def import_subscriptions(
    source: Annotated[
        str, typer.Argument(metavar="FILE", help="YAML 파일 또는 - / a YAML file or -")
    ],
) -> None:
    """YAML의 구독을 더합니다. / Add the subscriptions of a YAML file, with their endpoints.

    subscriptions --yaml이 쓴 것입니다. 있는 것은 그대로 두므로 다시 해도 같습니다. 한 곳이라도
    틀리면 아무것도 저장하지 않습니다. / As subscriptions --yaml writes them. What is there stays,
    so twice is as once. Nothing is saved where one of them is wrong.
    """
    from service.wanted import at  # noqa: PLC0415
    from service.wanted_file import load  # noqa: PLC0415

    try:
        text = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise UserError(f"{source}: {error.strerror}") from error
    with at(source):
        every = load(text, _checks())

    async def save(database: Database, _: Tools) -> None:
        for each in every:
            await _saved(each, Subscriptions(database))

    _in_store(save)


def _endpoints(checks: Checks, places: Sequence[str], secret: str) -> tuple[Endpoint, ...]:
    from service.wanted import at  # noqa: PLC0415

    with at("--secret"):
        checks.secret(secret)
    endpoints = tuple(checks.endpoint(each, secret) for each in places)
    if secret and not any(each.secret for each in endpoints):
        raise UserError("--secret: 서명하는 곳이 없습니다 (nothing that signs is given)")
    return endpoints


async def _foretell(database: Database, tools: Tools, wanted: Wanted) -> None:
    """Say what the rules would have brought, before they are saved."""
    from service.preview import previews  # noqa: PLC0415
    from service.shown_rules import estimate, titles  # noqa: PLC0415
    from service.store.past import Past  # noqa: PLC0415

    found = await previews(
        Past(database), [rule for _, rule in wanted.rules], _LOOKED_BACK, tools, _TITLES
    )
    for (typed, _), each in zip(wanted.rules, found, strict=True):
        typer.echo("\n  ".join([typed, *estimate(each).splitlines()]))
        for title in titles(each):
            typer.echo(f"    {title}")
        if each.per_week is not None and each.per_week > _FLOOD:
            typer.echo(
                "  ! 하루에 50건이 넘게 옵니다. 낱말이나 조건을 더해 좁혀 보십시오. / "
                "More than 50 a day: narrow it with another word or filter."
            )


async def _saved(wanted: Wanted, store: Subscriptions) -> None:
    """Save a subscription, and say what it has been given."""
    made = await wanted.save(store)
    places = ", ".join(f"{each.channel} {each.address}" for each in wanted.endpoints)
    typer.echo(f"{wanted.name}: 규칙 {len(wanted.rules)}개 → {places}")
    for warning in wanted.warnings():
        typer.echo(f"  ! {warning}")
    for each in made:
        typer.echo(
            f"서명 열쇠 / signing secret (다시 보이지 않습니다 / shown once): {each.secret}"
            + (f" ({each.address})" if len(made) > 1 else "")
        )


def _checks() -> Checks:
    from service import catalogue  # noqa: PLC0415
    from service.app import open_channels  # noqa: PLC0415
    from service.judging.fields import Values  # noqa: PLC0415
    from service.reading.publishers import Registry  # noqa: PLC0415
    from service.wanted import Checks  # noqa: PLC0415

    settings = config.from_environment()
    values = Values(Registry.load(), sources=frozenset(catalogue.every(settings)))
    return Checks(values, open_channels(settings), datetime.now(UTC))


def _line(each: Subscribed) -> str:
    places = ", ".join(f"{to.channel} {to.address}" for to in each.endpoints)
    notes = ["엠바고 중에도 / embargoed too"] if each.embargoed == "badge" else []
    if each.snoozed_until is not None:
        notes.append(f"{clock(each.snoozed_until)}까지 쉼 / snoozed")
    if each.expires_at is not None:
        notes.append(f"{clock(each.expires_at)}에 끝남 / ends by itself")
    return f"{each.name}: {' · '.join(each.rules)} → {places or '—'}" + "".join(
        f" ({note})" for note in notes
    )


def _in_store(act: Callable[[Database, Tools], Awaitable[None]]) -> None:
    settings = config.from_environment()
    logs.set_up(settings.log)

    async def run() -> None:
        from service.lookback import opened  # noqa: PLC0415

        async with opened(settings) as (database, tools):
            await act(database, tools)

    asyncio.run(run())
