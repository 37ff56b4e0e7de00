"""What is under embargo: one policy for everything that is shown, in SQL.

Until it lifts it is shown to nobody who is not signed in and has no key: it stands in no list and
in no count, and its page says no more than until when. Whoever is known sees it with that time.

An article is held as long as the box of a release says, its own or that of another release of the
same story: a copy that leaves the box out breaks no embargo, nor does its own page when it is
changed and says of it nothing any more (``Readings.store``). News is public whatever the release
says. A correction that may be published at once ends the embargo of what it corrects. Triage does
the same with alerts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import article, delivery, subscription, telling

_LASTS = """
    box.embargo_until > now() AND NOT EXISTS (
        SELECT FROM revision JOIN article AS later ON later.id = revision.article_id
        WHERE revision.earlier_id = box.id AND later.embargo_until IS NULL
            AND (later.facts -> 'embargo' ->> 'immediate') = 'true')
"""
HELD = f"""(
    SELECT box.id, box.embargo_until AS until FROM article AS box WHERE {_LASTS}
    UNION ALL
    SELECT mate.id, box.embargo_until FROM article AS box
    JOIN article AS mate ON mate.story_id = box.story_id AND mate.id <> box.id
    WHERE mate.kind IS DISTINCT FROM 'news' AND {_LASTS}
)"""  # noqa: S608 - of constants
"""Every article that is held, by its ``id``, and ``until`` when; few at any time."""
TOLD = f"(article.id NOT IN (SELECT id FROM {HELD} AS held))"  # noqa: S608 - of constants
"""The condition that nothing holds back a row of ``article``."""
UNTIL = f"(SELECT max(until) FROM {HELD} AS held WHERE held.id = article.id)"  # noqa: S608
"""Until when a row of ``article`` is held; NULL: it is not."""
HELD_UNTIL: sa.ColumnElement[datetime | None] = sa.literal_column(UNTIL, sa.DateTime(timezone=True))
"""``UNTIL`` for a statement that is put together."""
MAY_KNOW = sa.or_(
    subscription.c.embargoed == "badge",
    sa.func.coalesce(telling.c.embargo_until <= sa.func.now(), sa.true()),
)
"""That no embargo keeps a telling from a subscription that it concerns."""
IS_THEIRS = sa.or_(delivery.c.outcome == "sent", MAY_KNOW)
"""That no embargo keeps a delivery from its reader: it lifted, or they see the badge."""


@dataclass(frozen=True, slots=True)
class Held:
    """All that may be said of something under embargo: that there is something, and until when."""

    until: datetime


_ONCE = sa.text(f"SELECT id FROM {HELD} AS held").columns(sa.column("id", sa.BigInteger))  # noqa: S608
_HELD = _ONCE.cte("held_ids")  # looked for once, however often a statement asks


def is_told(of: sa.FromClause = article) -> sa.ColumnElement[bool]:
    """``TOLD`` for a statement that is put together; ``of``: the articles, maybe by an alias."""
    return of.c.id.not_in(sa.select(_HELD.c.id))


_OF_STORY = sa.text(f"""
    SELECT max(box.embargo_until) FROM article AS box WHERE box.story_id = :story AND {_LASTS}
""")  # noqa: S608


async def of_story(tx: AsyncConnection, story_id: int) -> datetime | None:
    """Until when the releases of a story are held, by the box of any of them."""
    until: datetime | None = await tx.scalar(_OF_STORY, {"story": story_id})
    return until
