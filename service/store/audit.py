"""What was changed by hand, by whom: written in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Language
from service.store.database import storable
from service.store.tables import audit

Role = Literal["reader", "editor", "operator"]
"""What an account may do, each also what those before it may."""

What = Literal[
    "account.close",
    "account.open",
    "account.role",
    "alert.change",
    "alert.end",
    "alert.feeds",
    "alert.make",
    "alert.pause",
    "alert.resume",
    "alert.snooze",
    "item.close",
    "key.exchange",
    "key.make",
    "key.revoke",
    "letters.drop",
    "letters.resend",
    "sign-in",
    "sign-in.link",
    "sign-out",
    "source.pause",
    "source.poll",
    "source.resume",
]
"""What is changed by hand."""

_LONGEST = 300  # characters of who, and of what something was done to
_TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Who:
    """Who is signed in, by which session."""

    account_id: int
    address: str
    role: Role
    language: Language
    session_id: int


async def note(
    tx: AsyncConnection,
    who: Who | None,
    what: What,
    subject: str,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Take down that ``who`` did ``what`` (``account.role``) to ``subject``.

    ``who`` None: whoever has the command line. ``detail`` as JSON takes it, without secrets.
    """
    await tx.execute(
        sa.insert(audit).values(
            account_id=who.account_id if who else None,
            who=storable(who.address)[:_LONGEST] if who else _TERMINAL,
            what=what,
            subject=storable(subject)[:_LONGEST],
            detail=None if detail is None else dict(detail),
        )
    )
