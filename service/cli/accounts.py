"""``pabal accounts``, ``sign-in``: who may sign in, and what they may do; a link without mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from notifier.errors import BadAddress
from notifier.mail.addresses import parse
from service.config import Settings
from service.errors import BadSetting, UserError
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


def sign_in(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="메일 주소 / a mail address")],
    role: Annotated[
        Role | None,
        typer.Option(help="독자, 편집자, 운영자; 비우면 그대로 / unchanged if empty"),
    ] = None,
) -> None:
    """로그인할 링크를 만듭니다. / Print a link that signs ADDRESS in, once, within 30 minutes.

    메일이 없어도 됩니다. 계정이 없으면 만듭니다. / No mail is sent; a new account is made.
    """
    settings = begin()
    if settings.url is None and settings.port == 0:
        why = (
            "PABAL_PORT가 0이면 화면의 포트는 pabal up만 압니다. 그것이 말한 주소를 주십시오: "
            "with port 0 only pabal up knows the page's address; give the one that it printed"
        )
        raise BadSetting("PABAL_URL", why)
    try:
        spelt = str(parse(address))
    except BadAddress as error:
        raise UserError(f"{address}: {error}") from error
    typer.echo(in_store(settings, lambda database: _link(settings, database, spelt, role)))


async def _link(settings: Settings, database: Database, address: str, role: Role | None) -> str:
    from service.admit import link  # noqa: PLC0415
    from service.parts import signer  # noqa: PLC0415
    from service.store.sign_ins import SignIns  # noqa: PLC0415
    from service.web.serve import address_at  # noqa: PLC0415

    base = settings.url or address_at(settings.host, settings.port)
    made = await SignIns(database).offer(address, role)
    return link(base, await signer(settings, database), made.id, made.asked_at)


def _line(each: Account) -> str:
    seen = f"{clock(each.seen_at)} 로그인 / signed in" if each.seen_at else "—"
    closed = f" ({clock(each.closed_at)}에 막힘 / closed)" if each.closed_at else ""
    return f"{each.address}: {each.role}, {seen}{closed}"
