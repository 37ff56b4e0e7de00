"""What is kept of somebody who signs in with a mail address: handed over, forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.addressed import account_of, same
from service.store.tables import account, api_key, audit, session, sign_in

_NOBODY = "—"
_SHOWN: Mapping[str, Sequence[sa.Column[Any]]] = {
    "sessions": (session.c.created_at, session.c.seen_at, session.c.agent),
    "keys": (
        *api_key.c["name", "prefix", "scopes", "created_at", "used_at", "expires_at", "revoked_at"],
    ),
    "done": (audit.c.at, audit.c.what, audit.c.subject),
}


async def signed_in(tx: AsyncConnection, address: str) -> dict[str, Any]:
    """The account of the address with all that is its own, as JSON takes it; no secret of it."""
    asked = (sign_in.c.asked_at, sign_in.c.asked_by, sign_in.c.ip, sign_in.c.used_at)
    whose = account_of(address)
    own = [*account.c["role", "language", "created_at", "seen_at"]]
    found = (await tx.execute(_rows(own, whose))).scalars().all()
    shown = {"account": found[0] if found else None}
    links = _rows(asked, same(sign_in.c.address, address))
    shown["links"] = list((await tx.execute(links)).scalars())
    for name, columns in _SHOWN.items():
        its = columns[0].table.c.account_id.in_(sa.select(account.c.id).where(whose))
        shown[name] = list((await tx.execute(_rows(columns, its))).scalars())
    return shown


async def forget(tx: AsyncConnection, address: str) -> None:
    """Forget the account of the address, its sessions and keys, and who asked for its links.

    What was done stays in the record, by the account's number, without words of theirs. Of an
    account that the operator closed it is kept that it was: else its owner would open it again.
    """
    whose = account_of(address)
    ids = list((await tx.execute(sa.select(account.c.id).where(whose))).scalars())
    about = same(audit.c.subject, address)
    subject = sa.case((about, _NOBODY), else_=audit.c.subject)
    who = sa.case((audit.c.account_id.in_(ids), _NOBODY), else_=audit.c.who)
    theirs = about | audit.c.account_id.in_(ids)
    words = audit.c.what.startswith("alert.")  # titles and rules, as they typed them
    subject = sa.case((words, _NOBODY), else_=subject)
    detail = sa.case((words, sa.null()), else_=audit.c.detail)
    await tx.execute(sa.update(audit).where(theirs).values(who=who, subject=subject, detail=detail))
    await tx.execute(sa.delete(sign_in).where(same(sign_in.c.address, address)))
    for table in (session, api_key):
        await tx.execute(sa.delete(table).where(table.c.account_id.in_(ids)))
    await tx.execute(sa.delete(account).where(whose, account.c.closed_at.is_(None)))


def _rows(
    columns: Sequence[sa.Column[Any]], where: sa.ColumnElement[bool]
) -> sa.Select[tuple[dict[str, Any]]]:
    """Rows as JSON, in their order."""
    rows = sa.select(*columns).where(where).order_by(columns[0].table.c.id).subquery()
    return sa.select(sa.func.to_jsonb(rows.table_valued()))
