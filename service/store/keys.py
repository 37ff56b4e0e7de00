"""Keys of the API: made, shown once, known again by their SHA-256, exchanged, revoked."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.errors import UserError
from service.model import Language
from service.store.audit import Role, Who, note
from service.store.database import Intentions
from service.store.tables import account, api_key

Scope = Literal["read", "alerts", "operate"]
"""To read more, to have one's own subscriptions, to see how the service does (an operator's)."""

SCOPES: tuple[Scope, ...] = ("read", "alerts", "operate")
OVERLAP = timedelta(hours=24)
"""How long a key still counts that was exchanged for another."""

PER_MINUTE, MOST_PER_MINUTE = 120, 6_000
LOOKS_LIKE_ONE = re.compile(r"pabal_[0-9a-f]{12}_[A-Za-z0-9_-]{43}")
_MOST = 20  # that count at one time, of one account
_NAME = 100  # characters


class NoMoreKeys(UserError):
    """An account has as many keys as it may have."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as listed, without its secret. Times are aware; ``expires_at`` None: it stays."""

    id: int
    name: str
    prefix: str
    scopes: Sequence[Scope]
    per_minute: int
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    counts: bool


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a key speaks for. ``scopes``: what it may do, no more than its account may."""

    key_id: int
    account_id: int
    address: str
    role: Role
    language: Language
    scopes: frozenset[Scope]
    per_minute: int


class Keys(Intentions):
    """Intentions about keys, a transaction each."""

    async def make(
        self,
        account_id: int,
        name: str,
        scopes: Sequence[Scope],
        *,
        lasts: timedelta | None = None,
        per_minute: int = PER_MINUTE,
        by: Who | None = None,
    ) -> str:
        """A new key of an account: the only time that it is seen whole. ``by`` None: the operator.

        Raises NoMoreKeys, and UserError for a name, scopes or a limit that cannot be.
        """
        _check(name, scopes, per_minute)
        async with self._database.transaction() as tx:
            # Two who make the last key wait for each other.
            mine = sa.select(account.c.role).where(account.c.id == account_id)
            role = await tx.scalar(mine.where(account.c.closed_at.is_(None)).with_for_update())
            if role is None:
                raise UserError("그런 계정이 없습니다 (no such account)")
            if "operate" in scopes and role != "operator":
                raise UserError("operate는 운영자만 (operate is for operators)")
            await _check_room(tx, account_id, _MOST)
            chosen = sorted(set(scopes), key=SCOPES.index)
            values = {"account_id": account_id, "name": name.strip(), "scopes": chosen}
            limits = {"per_minute": per_minute, "expires_at": _from_now(lasts)}
            key = await _put(tx, values | limits)
            await note(tx, by, "key.make", _prefix(key), {"scopes": chosen})
        return key

    async def bearer(self, key: str) -> Bearer | None:
        """Whom a key speaks for; None where it does not count, whatever the reason."""
        if not LOOKS_LIKE_ONE.fullmatch(key):
            return None
        row = await self._database.at_once(_BEARER, _prefix(key))
        if row is None or not hmac.compare_digest(row["sha256"], _sha256(key)):
            return None
        if row["unnoted"]:
            await self._database.at_once(_USED, row["key_id"])
        allowed = set(row["scopes"]) - (set() if row["role"] == "operator" else {"operate"})
        known = {each: row[each] for each in Bearer.__dataclass_fields__}
        return Bearer(**known | {"scopes": frozenset(allowed)})

    async def listed(self, account_id: int) -> list[Key]:
        """Every key of an account, the newest first."""
        query = (
            sa.select(
                *api_key.c["id", "name", "prefix", "scopes", "per_minute"],
                *api_key.c["created_at", "used_at", "expires_at", "revoked_at"],
                _COUNTS,
            )
            .where(api_key.c.account_id == account_id)
            .order_by(api_key.c.id.desc())
        )
        return [Key(*row) for row in await self._rows(query)]

    async def exchange(
        self, account_id: int, key_id: int, overlap: timedelta = OVERLAP, by: Who | None = None
    ) -> str | None:
        """A key like another one of the account, which counts for ``overlap`` and no longer.

        None where the account has none of that id that counts. Raises NoMoreKeys.
        """
        async with self._database.transaction() as tx:
            # Each key has a limit of its own: whoever exchanges one again and again has none.
            await _check_room(tx, account_id, 2 * _MOST)
            found = await tx.execute(
                sa.select(api_key).where(_own(account_id, key_id), _COUNTS).with_for_update()
            )
            old = found.one_or_none()
            if old is None:
                return None
            ends = sa.func.least(api_key.c.expires_at, sa.func.now() + overlap)
            ended = sa.update(api_key).where(api_key.c.id == key_id)
            await tx.execute(ended.values(expires_at=ends))
            values = {"account_id": account_id, "name": old.name, "scopes": old.scopes}
            # As long as the other one was to last.
            span = old.expires_at and old.expires_at - old.created_at
            limits = {"per_minute": old.per_minute, "expires_at": _from_now(span)}
            key = await _put(tx, values | limits)
            await note(tx, by, "key.exchange", old.prefix, {"new": _prefix(key)})
        return key

    async def revoke(self, account_id: int, key_id: int, by: Who | None = None) -> bool:
        """Let a key of the account count no more, from now on; False where it has none such."""
        async with self._database.transaction() as tx:
            prefix = await tx.scalar(
                sa.update(api_key)
                .where(_own(account_id, key_id), api_key.c.revoked_at.is_(None))
                .values(revoked_at=sa.func.now())
                .returning(api_key.c.prefix)
            )
            if prefix is not None:
                await note(tx, by, "key.revoke", prefix)
        return prefix is not None


_COUNTS = api_key.c.revoked_at.is_(None) & sa.func.coalesce(
    api_key.c.expires_at > sa.func.now(), sa.true()
)
# When a key was last used is known to the minute.
_UNNOTED = "coalesce(used_at < now() - interval '1 minute', true)"
_BEARER = f"""
    SELECT api_key.id AS key_id, account_id, address, role, language, scopes, per_minute, sha256,
        {_UNNOTED} AS unnoted
    FROM api_key JOIN account ON account.id = account_id
    WHERE prefix = $1 AND revoked_at IS NULL AND coalesce(expires_at > now(), true)
        AND closed_at IS NULL
"""  # noqa: S608 - of constants
_USED = f"UPDATE api_key SET used_at = now() WHERE id = $1 AND {_UNNOTED}"  # noqa: S608


def _check(name: str, scopes: Sequence[Scope], per_minute: int) -> None:
    if not 0 < len(name.strip()) <= _NAME or not name.isprintable():
        raise UserError(f"이름은 {_NAME}자까지 (a name of 1 to {_NAME} characters)")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise UserError(f"권한은 {', '.join(SCOPES)} 가운데 (scopes are {', '.join(SCOPES)})")
    if not 0 < per_minute <= MOST_PER_MINUTE:
        raise UserError(f"1분에 1~{MOST_PER_MINUTE}번 (1 to {MOST_PER_MINUTE} a minute)")


def _own(account_id: int, key_id: int) -> sa.ColumnElement[bool]:
    return (api_key.c.account_id == account_id) & (api_key.c.id == key_id)


def _from_now(lasts: timedelta | None) -> sa.ColumnElement[datetime] | None:
    return None if lasts is None else sa.func.now() + lasts


def _prefix(key: str) -> str:
    return key.split("_")[1]


def _sha256(key: str) -> bytes:
    return sha256(key.encode()).digest()


async def _check_room(tx: AsyncConnection, account_id: int, most: int) -> None:
    """Raise NoMoreKeys where ``most`` keys of the account count; who asks next waits for ``tx``."""
    await tx.execute(sa.select(account.c.id).where(account.c.id == account_id).with_for_update())
    held = sa.select(sa.func.count()).where(api_key.c.account_id == account_id, _COUNTS)
    if (await tx.execute(held)).scalar_one() >= most:
        raise NoMoreKeys(f"열쇠는 {most}개까지입니다 (no more than {most} keys)")


async def _put(tx: AsyncConnection, values: dict[str, object]) -> str:
    key = f"pabal_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"
    known = {"prefix": _prefix(key), "sha256": _sha256(key)}
    await tx.execute(sa.insert(api_key).values(**values, **known))
    return key
