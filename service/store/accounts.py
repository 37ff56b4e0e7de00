"""Accounts in the store: who signs in, from which browsers, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Language
from service.store.addressed import account_of, addressed
from service.store.audit import Role, What, Who, note
from service.store.database import Intentions, changed, storable
from service.store.ending import LIVE
from service.store.tables import account, endpoint, session, sign_in, subscription

__all__ = ["Account", "Accounts", "Role", "Session", "Who"]

_STAYS = timedelta(days=30)
"""How long a session lasts after it was last seen."""

_LONGEST = timedelta(days=365)
"""How long it lasts however often it is seen: what was stolen ends, too."""

_AGENT = 200  # characters
_MOST = 20  # sessions of one account: a further one ends the one that was not seen the longest

# Seen is written down once an hour, not with every page.
_WHO = """
    WITH here AS (
        SELECT session.id, session.seen_at, session.created_at, account_id, address, role, language
        FROM session JOIN account ON account.id = account_id
        WHERE sha256 = $1 AND expires_at > now() AND closed_at IS NULL
    ), seen AS (
        UPDATE session SET seen_at = now(), expires_at = least(now() + $2, here.created_at + $3)
        FROM here WHERE session.id = here.id AND here.seen_at < now() - interval '1 hour'
    )
    SELECT account_id, address, role, language, id FROM here
"""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in; ``agent`` is what it calls itself."""

    id: int
    created_at: datetime
    seen_at: datetime
    agent: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the operator sees it. ``seen_at``: when it last signed in."""

    id: int
    address: str
    role: Role
    created_at: datetime
    seen_at: datetime | None
    closed_at: datetime | None


class Accounts(Intentions):
    """Intentions about accounts and sessions, a transaction each."""

    async def who(self, sha256: bytes) -> Who | None:
        """Whose session has the token of that SHA-256; it lasts from now on."""
        row = await self._database.at_once(_WHO, sha256, _STAYS, _LONGEST)
        return None if row is None else Who(*row)

    async def sign_in(
        self, number: int, asked_at: int, sha256: bytes, agent: str, ended: bytes | None = None
    ) -> Who | None:
        """Use a link up and begin a session; None where it does not count, or no longer.

        ``sha256`` of the session's token; ``ended`` that of the session which the browser had. An
        account that is new is a reader's. Subscriptions that go nowhere but to the address, and
        are nobody's, are the account's from now on.
        """
        async with self._database.transaction() as tx:
            used = await tx.execute(
                sa.update(sign_in)
                .where(_open(number, asked_at))
                .values(used_at=sa.func.now())
                .returning(sign_in.c.address, sign_in.c.language)
            )
            link = used.one_or_none()
            if link is None:
                return None
            row = await _known(tx, link.address, link.language)
            if row.closed_at is not None:
                return None
            if ended is not None:
                await tx.execute(sa.delete(session).where(session.c.sha256 == ended))
            session_id = await _begun(tx, row.id, sha256, agent)
            who = Who(row.id, row.address, row.role, row.language, session_id)
            await _adopt(tx, who)
            await note(tx, who, "sign-in", who.address)
        return who

    async def asked(self, number: int, asked_at: int) -> str | None:
        """The address that a link signs in, while it does."""
        async with self._database.transaction() as tx:
            return await tx.scalar(sa.select(sign_in.c.address).where(_open(number, asked_at)))

    async def sessions(self, account_id: int) -> Sequence[Session]:
        """Every browser that is signed in, the one seen last first."""
        query = (
            sa.select(session.c.id, session.c.created_at, session.c.seen_at, session.c.agent)
            .where(session.c.account_id == account_id, session.c.expires_at > sa.func.now())
            .order_by(session.c.seen_at.desc(), session.c.id.desc())
        )
        return [Session(*row) for row in await self._rows(query)]

    async def sign_out(self, who: Who, session_id: int | None = None) -> bool:
        """End a session of the account, its own where none is named; False where it has none."""
        chosen = who.session_id if session_id is None else session_id
        mine = (session.c.id == chosen) & (session.c.account_id == who.account_id)
        async with self._database.transaction() as tx:
            gone = await tx.execute(sa.delete(session).where(mine).returning(session.c.id))
            ended = gone.scalar_one_or_none() is not None
            if ended:
                await note(tx, who, "sign-out", who.address)
        return ended

    async def speak(self, who: Who, language: Language) -> None:
        """Write to the account in ``language`` from now on."""
        mine = sa.update(account).where(account.c.id == who.account_id)
        await self._do(mine.values(language=language))

    async def listed(self) -> Sequence[Account]:
        """Every account, by address."""
        query = sa.select(*_ACCOUNT).order_by(sa.func.lower(account.c.address))
        return [Account(*row) for row in await self._rows(query)]

    async def promote(self, address: str, role: Role, by: Who | None = None) -> bool:
        """Give an account a role; False where there is none of that address, or ``by`` may not."""
        async with self._database.transaction() as tx:
            return await _change(tx, by, "account.role", address, {"role": role}, role=role)

    async def close(self, address: str, by: Who | None = None) -> bool:
        """Let nobody sign in with an address, and end its sessions; False as ``promote`` says.

        Subscriptions stay as they are.
        """
        closed = sa.func.coalesce(account.c.closed_at, sa.func.now())
        async with self._database.transaction() as tx:
            done = await _change(tx, by, "account.close", address, closed_at=closed)
            if done:
                its = sa.select(account.c.id).where(account_of(address)).scalar_subquery()
                await tx.execute(sa.delete(session).where(session.c.account_id == its))
        return done

    async def reopen(self, address: str, by: Who | None = None) -> bool:
        """Let an address that was closed sign in again; False as ``promote`` says."""
        async with self._database.transaction() as tx:
            return await _change(tx, by, "account.open", address, closed_at=None)


_ACCOUNT = tuple(account.c[*Account.__dataclass_fields__])


def _open(number: int, asked_at: int) -> sa.ColumnElement[bool]:
    """That a link with these numbers was given out, not used, and not too long ago."""
    return sa.and_(
        sign_in.c.id == number,
        sa.func.floor(sa.extract("epoch", sign_in.c.asked_at)) == asked_at,
        sign_in.c.used_at.is_(None),
        sign_in.c.expires_at > sa.func.now(),
    )


async def _known(tx: AsyncConnection, address: str, language: str) -> sa.Row[tuple[object, ...]]:
    """The account of an address, made where it is new, seen now."""
    made = insert(account).values(address=address, language=language, seen_at=sa.func.now())
    found = await tx.execute(
        made.on_conflict_do_update(
            index_elements=[sa.text("lower(address)")], set_={"seen_at": sa.func.now()}
        ).returning(*_ACCOUNT, account.c.language)
    )
    return found.one()


async def _begun(tx: AsyncConnection, account_id: int, sha256: bytes, agent: str) -> int:
    """The id of a new session; the oldest beyond a number ends."""
    of_it = session.c.account_id == account_id
    kept = sa.select(session.c.id).where(of_it).order_by(session.c.seen_at.desc()).limit(_MOST - 1)
    await tx.execute(sa.delete(session).where(of_it, session.c.id.not_in(kept)))
    begun = await tx.execute(
        insert(session)
        .values(
            sha256=sha256,
            account_id=account_id,
            expires_at=sa.func.now() + _STAYS,
            agent=storable(agent)[:_AGENT],
        )
        .returning(session.c.id)
    )
    return int(begun.scalar_one())


async def _adopt(tx: AsyncConnection, who: Who) -> None:
    """Make what goes to the address alone, and belongs to nobody, its own."""
    theirs = endpoint.c.subscription_id == subscription.c.id
    here = addressed("mail", who.address)
    await tx.execute(
        sa.update(subscription)
        .where(
            subscription.c.account_id.is_(None),
            LIVE,
            subscription.c.id.in_(sa.select(endpoint.c.subscription_id).where(here)),
            ~sa.exists().where(theirs, ~here),
        )
        .values(account_id=who.account_id)
    )


async def _change(
    tx: AsyncConnection,
    by: Who | None,
    what: What,
    address: str,
    detail: Mapping[str, object] | None = None,
    **values: object,
) -> bool:
    """Change the account of an address; False where there is none, or ``by`` may not."""
    mine = account_of(address)
    if not (await _may(tx, by, address) and await changed(tx, account, mine, **values)):
        return False
    await note(tx, by, what, address, detail)
    return True


async def _may(tx: AsyncConnection, by: Who | None, address: str) -> bool:
    """Whether ``by`` is an operator at this moment, and another one than that of ``address``.

    So two who take each other's role at the same time leave one of them, who has it still.
    """
    if by is None:
        return True
    asked = account_of(address)
    both = sa.select(account.c.id, account.c.role, account.c.closed_at, asked.label("asked"))
    rows = await tx.execute(
        both.where(asked | (account.c.id == by.account_id)).order_by(account.c.id).with_for_update()
    )
    mine = next((row for row in rows if row.id == by.account_id), None)
    if mine is None or mine.asked:
        return False
    return mine.closed_at is None and mine.role == "operator"
