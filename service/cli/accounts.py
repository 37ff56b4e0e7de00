"""``pabal accounts``: who may sign in, and what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from service.errors import UserError
from service.since import clock
from service.store.accounts import Account, Accounts, Role
from service.store.database import Database
from service.terminal import begin, in_store


def accounts(
    address: Annotated[
        str | None, typer.Argument(metavar="[ADDRESS]", help="메일 주소 / a mail address")
    ] = None,
    role: Annotated[
        Role | None, typer.Option(help="이제부터 reader, editor, operator / from now on")
    ] = None,
    close: Annotated[
        bool, typer.Option("--close", help="로그인을 막고 모두 로그아웃 / let nobody sign in")
    ] = False,
    reopen: Annotated[
        bool, typer.Option("--open", help="막은 것을 풀기 / let them sign in")
    ] = False,
) -> None:
    """계정을 보이고 바꿉니다. / List accounts, or change one."""
    asked = (role is not None) + close + reopen
    if asked != (address is not None):
        raise UserError(
            "ADDRESS에 --role, --close, --open 가운데 하나를 씁니다 (ADDRESS with one of them)"
        )

    async def run(database: Database) -> Sequence[Account]:
        store = Accounts(database)
        if address is not None:
            if role is not None:
                done = await store.promote(address, role)
            else:
                done = await (store.close(address) if close else store.reopen(address))
            if not done:
                raise UserError(f"{address}: 그런 계정이 없습니다 (no such account)")
        return await store.listed()

    for each in in_store(begin(), run):
        if address is None or each.address.lower() == address.lower():
            typer.echo(_line(each))


def _line(each: Account) -> str:
    seen = f"{clock(each.seen_at)} 로그인 / signed in" if each.seen_at else "—"
    closed = f" ({clock(each.closed_at)}에 막힘 / closed)" if each.closed_at else ""
    return f"{each.address}: {each.role}, {seen}{closed}"
