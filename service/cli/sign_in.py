"""``pabal sign-in``: a link to sign in with, handed over without mail."""

from __future__ import annotations

from typing import Annotated

import typer

from notifier.errors import BadAddress
from notifier.mail.addresses import parse
from service.config import Settings
from service.errors import BadSetting, UserError
from service.store.audit import Role
from service.store.database import Database
from service.terminal import begin, in_store


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
