"""Links to sign in with: asked for, owed to a mail address, sent. Nothing of their text is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.errors import UserError
from service.model import Language
from service.store.addressed import account_of, refused, same
from service.store.audit import Role, note
from service.store.database import Intentions, Wake, changed, said, wake
from service.store.failing import suppress
from service.store.tables import account, sign_in, suppressed

COUNTS_FOR = timedelta(minutes=30)
"""How long a link signs somebody in."""

_FREE = 3
"""Mails of a day to one address, whoever asks, whose links nobody used, before they have to wait.

One more comes an hour after them, the next two hours after that, then four: seven a day or so.
"""

_AN_HOUR = 10
"""Mails that are asked for from one place."""

_LEASE = timedelta(seconds=45)  # longer than the channel may take to answer

Answer = Literal["owed", "often"]
"""Whether an asker hears the usual thing, or that too much was asked for from there."""

_CLAIM = """
    WITH due AS (
        SELECT id FROM sign_in WHERE sent_at IS NULL AND due_at <= now()
        ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
    )
    UPDATE sign_in SET
        due_at = CASE WHEN expires_at > now() THEN now() + $2 END,
        fence = fence + 1, attempts = attempts + 1
    FROM due WHERE sign_in.id = due.id
    RETURNING sign_in.id, fence, address, language, attempts AS attempt,
        floor(extract(epoch FROM asked_at))::bigint AS asked_at, expires_at > now() AS counts
"""
"""Take up to $1 that are due for the time $2; what counts no more is owed no more."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is made of. ``asked_at`` in seconds since 1970."""

    id: int
    asked_at: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A link on its way to ``address``, claimed as ``fence``. ``attempt`` counts from 1."""

    id: int
    fence: int
    address: str
    language: Language
    attempt: int
    asked_at: int


class SignIns(Intentions):
    """Intentions about links to sign in with, a transaction each."""

    async def ask(self, address: str, language: Language, ip: str) -> Answer:
        """Owe a link to a mail address, asked for from ``ip``; a known account chose its language.

        What is too much for one address is left out silently, and so is an address that nothing is
        sent to: an asker learns nothing of it.
        """
        async with self._database.transaction() as tx:
            # Always in this order, so that two who ask wait for each other and for nothing else.
            from_there = sign_in.c.ip == ip
            count, _ = await _asked(tx, from_there, f"ip {ip}", timedelta(hours=1))
            if count >= _AN_HOUR:
                return "often"
            here = same(sign_in.c.address, address)
            here &= sign_in.c.used_at.is_(None)  # who signs in often is not kept out
            count, ago = await _asked(tx, here, f"to {address.lower()}", timedelta(days=1))
            free = count < _FREE or ago >= timedelta(hours=2 ** (count - _FREE))
            if free and await _welcome(tx, address):
                await _made(tx, address, language, ip=ip, due_at=sa.func.now())
                await wake(tx, [Wake("admit", "mail")])
        return "owed"

    async def offer(self, address: str, role: Role | None) -> Link:
        """A link that the operator hands over; the account gets ``role``, where that is given.

        Raises UserError for an account that was closed.
        """
        async with self._database.transaction() as tx:
            known = insert(account).values(address=address, role=role or "reader")
            await tx.execute(known.on_conflict_do_nothing())
            mine = account_of(address)
            row = (await tx.execute(sa.select(account).where(mine).with_for_update())).one()
            if row.closed_at is not None:
                raise UserError(
                    f"{address}: 막힌 계정입니다. pabal accounts ADDRESS --open으로 풉니다 "
                    "(this account is closed: --open opens it)"
                )
            if role is not None:
                await tx.execute(sa.update(account).where(mine).values(role=role))
                await note(tx, None, "account.role", address, {"role": role})
            await note(tx, None, "sign-in.link", address)
            return await _made(tx, row.address, row.language)

    async def claim(self, most: int) -> Sequence[Owed]:
        """Claim up to ``most`` that are due, for the time of a lease."""
        rows = await self._database.all_at_once(_CLAIM, most, _LEASE)
        return [Owed(*list(row.values())[:-1]) for row in rows if row["counts"]]

    async def sent(self, owed: Owed) -> None:
        """Settle a claim as sent."""
        async with self._database.transaction() as tx:
            await _settled(tx, owed, sent_at=sa.func.now(), due_at=None, last_error=None)

    async def later(self, owed: Owed, detail: str, wait: float) -> None:
        """Put a claim off for ``wait`` seconds."""
        after = timedelta(seconds=wait)
        async with self._database.transaction() as tx:
            if await _settled(tx, owed, due_at=sa.func.now() + after, last_error=said(detail)):
                await wake(tx, [Wake("admit", "mail", after=after)])

    async def dead(self, owed: Owed, detail: str, *, gone: bool) -> None:
        """Give a claim up; ``gone``: there is no such mailbox, and nothing is sent there again."""
        async with self._database.transaction() as tx:
            held = await _settled(tx, owed, due_at=None, last_error=said(detail))
            if held and gone:
                await suppress(tx, "mail", owed.address, f"gone: {said(detail)}")


async def _asked(
    tx: AsyncConnection, here: sa.ColumnElement[bool], lock: str, lately: timedelta
) -> tuple[int, timedelta]:
    """How many mails were asked for lately, the last how long ago.

    Whoever asks the same next waits for ``tx``.
    """
    key = sa.func.hashtextextended(f"sign-in {lock}", 0)
    await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    recent = sign_in.c.asked_at > sa.func.now() - lately
    gone_by = sa.type_coerce(sa.func.now() - sa.func.max(sign_in.c.asked_at), sa.Interval)
    ago = sa.func.coalesce(gone_by, lately)
    asked = sa.select(sa.func.count(), ago).where(here, sign_in.c.asked_by == "page", recent)
    count, since = (await tx.execute(asked)).one()
    return count, since


async def _welcome(tx: AsyncConnection, address: str) -> bool:
    """Whether a mail may go there: it is neither a closed account's nor one that is suppressed."""
    shut = sa.exists().where(account_of(address), account.c.closed_at.is_not(None))
    never = sa.exists().where(refused("mail", address)).select_from(suppressed)
    return not (await tx.execute(sa.select(sa.or_(shut, never)))).scalar_one()


async def _made(
    tx: AsyncConnection, address: str, language: str, ip: str | None = None, due_at: object = None
) -> Link:
    known = sa.select(account.c.language).where(account_of(address))
    made = await tx.execute(
        insert(sign_in)
        .values(
            address=address,
            language=sa.func.coalesce(known.scalar_subquery(), language),
            asked_by="terminal" if due_at is None else "page",
            ip=ip,
            expires_at=sa.func.now() + COUNTS_FOR,
            due_at=due_at,
        )
        .returning(sign_in.c.id, sa.func.floor(sa.extract("epoch", sign_in.c.asked_at)))
    )
    number, asked_at = made.one()
    return Link(number, int(asked_at))


async def _settled(tx: AsyncConnection, owed: Owed, **values: object) -> bool:
    """Whether the claim held still."""
    mine = (sign_in.c.id == owed.id) & (sign_in.c.fence == owed.fence)
    return await changed(tx, sign_in, mine, sign_in.c.sent_at.is_(None), **values)
