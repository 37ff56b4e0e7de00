"""``pabal subscriptions``, and what is asked of one: its end, its silence, its addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer

from service.config import Settings
from service.errors import UserError
from service.since import clock, until
from service.store.database import Database
from service.store.subscriptions import Subscribed, Subscriptions
from service.terminal import begin, in_store, page_url

_Said = TypeVar("_Said")
_PLACES = (
    ("Atom", "feed", ".atom"),
    ("JSON Feed", "feed", ".json"),
    ("달력 / calendar", "calendar", ".ics"),
    ("실시간 / stream (SSE)", "stream", ""),
)
_Name = Annotated[str, typer.Argument(help="구독 이름 / its name")]


def unsubscribe(name: _Name) -> None:
    """구독을 끝냅니다. / End a subscription."""
    _done(name, lambda store: store.end(name))
    typer.echo(f"{name}: 끝냈습니다 / ended")


def snooze(
    name: _Name,
    back: Annotated[
        str, typer.Option("--until", help="3d, 12h, 2026-12-31(그날까지 / to the end of that day)")
    ],
) -> None:
    """구독 하나를 쉽니다. / Hold back a subscription's alerts until then.

    그동안의 알림은 버리지 않고 그때 보냅니다. / Nothing is lost: what was held comes when it ends.
    """
    then = until(back, datetime.now(UTC))
    end = _done(name, lambda store: store.snooze(name, then))
    typer.echo(f"{name}: {clock(end)}까지 쉽니다 / snoozed until {clock(end)} KST")


def wake(name: _Name) -> None:
    """쉼을 끝냅니다. 밀린 알림이 바로 옵니다. / End a snooze: what it held back comes now."""
    held = _done(name, lambda store: store.wake(name))
    typer.echo(f"{name}: 다시 알립니다, 밀린 알림 {held}건 / awake, {held} alerts were held")


def mute(name: _Name) -> None:
    """구독 하나를 끕니다. / Tell it nothing until unmute.

    기다리던 알림도 버립니다. 나중에 받으려면 snooze를 쓰십시오. / What waits is given up too;
    what snooze holds back is not.
    """
    _done(name, lambda store: store.mute(name))
    typer.echo(f"{name}: 껐습니다 / muted")


def unmute(name: _Name) -> None:
    """꺼 둔 구독을 다시 켭니다. / Tell it again of what comes from now on."""
    _done(name, lambda store: store.unmute(name))
    typer.echo(f"{name}: 다시 알립니다 / told again")


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


def feeds(
    name: _Name,
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
    line = f"{each.name}: {' · '.join(each.rules) or '—'} → {places or '—'}"
    return "".join([line, *(f" ({note})" for note in notes), f"\n  {in_words(each)}"])


def _done(name: str, act: Callable[[Subscriptions], Awaitable[_Said | None]]) -> _Said:
    """What was done. Raises UserError where nothing of that name is live."""
    said = in_store(begin(), lambda database: act(Subscriptions(database)))
    if said is None or said is False:
        raise UserError(f"{name}: 그런 구독이 없습니다 (no such subscription)")
    return said
