"""``pabal keys make``, ``list``, ``exchange``, ``revoke``: keys of the API, by the operator."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, TypeVar, cast

import typer

from service.errors import UserError
from service.since import clock
from service.store.accounts import Accounts
from service.store.database import Database
from service.store.keys import OVERLAP, PER_MINUTE, Keys, Scope
from service.terminal import begin, in_store

_Said = TypeVar("_Said")
_Whose = Annotated[str, typer.Argument(metavar="ADDRESS", help="계정의 메일 / whose account")]
_Number = Annotated[int, typer.Argument(max=2**63 - 1, help="열쇠의 번호 / its number")]


group = typer.Typer(
    name="keys",
    help="API 열쇠: 만들기, 목록, 바꾸기, 폐기. / Keys of the API.",
    no_args_is_help=True,
)


@group.command()
def make(
    address: _Whose,
    name: Annotated[str, typer.Argument(help="어디에 쓰는 열쇠인지 / what it is for")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="read, alerts, operate (여러 번 가능) / repeatable; read alone at first"),
    ] = None,
    days: Annotated[
        int, typer.Option(min=0, max=36_500, help="쓸 수 있는 날, 0: 끝없이 / 0: for good")
    ] = 90,
    per_minute: Annotated[int, typer.Option(help="1분에 몇 번 / requests a minute")] = PER_MINUTE,
) -> None:
    """열쇠를 만들어 한 번 보입니다. / Make a key, and show it once."""
    scopes = cast("list[Scope]", scope or ["read"])
    lasts = timedelta(days=days) if days else None
    key = _of(
        address,
        lambda keys, mine: keys.make(mine, name, scopes, lasts=lasts, per_minute=per_minute),
    )
    typer.echo(key)


@group.command("list")
def listed(address: _Whose) -> None:
    """계정의 열쇠. / The keys of an account, the newest first."""
    found = _of(address, lambda keys, mine: keys.listed(mine))
    for each in found:
        used = clock(each.used_at) if each.used_at else "—"
        ends = clock(each.expires_at) if each.expires_at else "—"
        state = "" if each.counts else " (끝남 / over)"
        typer.echo(
            f"{each.id} pabal_{each.prefix}_… {each.name}: {', '.join(each.scopes)}, "
            f"{each.per_minute}/분, 쓴 때 / used {used}, 끝 / ends {ends}{state}"
        )
    if not found:
        typer.echo("열쇠가 없습니다 / no keys")


@group.command()
def exchange(
    address: _Whose,
    number: _Number,
    hours: Annotated[
        int, typer.Option(min=0, max=8_760, help="옛것을 더 쓸 시간 / how long the old one counts")
    ] = int(OVERLAP.total_seconds()) // 3600,
) -> None:
    """새 열쇠로 바꿉니다. / Give a new key for an old one, which counts a while longer."""
    overlap = timedelta(hours=hours)
    key = _of(address, lambda keys, mine: keys.exchange(mine, number, overlap))
    if key is None:
        raise UserError(f"{number}: 그런 열쇠가 없습니다 (no such key)")
    typer.echo(key)


@group.command()
def revoke(address: _Whose, number: _Number) -> None:
    """열쇠를 폐기합니다. / Let a key count no more."""
    if not _of(address, lambda keys, mine: keys.revoke(mine, number)):
        raise UserError(f"{number}: 그런 열쇠가 없습니다 (no such key)")
    typer.echo(f"{number}: 폐기했습니다 / revoked")


def _of(address: str, act: Callable[[Keys, int], Awaitable[_Said]]) -> _Said:
    async def run(database: Database) -> _Said:
        accounts = await Accounts(database).listed()
        mine = [each.id for each in accounts if each.address.lower() == address.lower()]
        if not mine:
            raise UserError(f"{address}: 그런 계정이 없습니다 (no such account)")
        return await act(Keys(database), mine[0])

    return in_store(begin(), run)
