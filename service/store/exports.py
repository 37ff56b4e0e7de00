"""Every stored article of a wish, batch by batch: for those who want all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from service.model import JoinedAs, Kind, Precision
from service.store.browse import Wish, met
from service.store.embargo import is_told
from service.store.past import Through
from service.store.rows import HEADLINE, PUBLISHED, PUBLISHERS, TOPICS
from service.store.tables import article

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Exported:
    """An article as it is exported. Times are aware; ``published_at`` as ``precision`` says.

    ``publisher`` as printed, ``publishers`` the ids behind it; ``summary`` of news alone is all
    that there is. ``twin_id``: of which article it is what ``joined_as`` says.
    """

    id: int
    story_id: int | None
    source_id: str
    url: str
    title: str
    kind: Kind | None
    publisher: str | None
    publishers: Sequence[str]
    topics: Sequence[str]
    published_at: datetime | None
    precision: Precision | None
    discovered_at: datetime
    embargo_until: datetime | None
    is_call: bool
    call_start: date | None
    call_end: date | None
    joined_as: JoinedAs | None
    twin_id: int | None
    share: float | None
    summary: str
    text: str


class Exports(Through):
    """Reads only."""

    async def batches(self, wish: Wish, size: int = _BATCH) -> AsyncIterator[Sequence[Exported]]:
        """Every article that was read, the first published first; none whose embargo lasts.

        Whatever is stored meanwhile with an earlier time is not among them.
        """
        chosen = sa.select(*_COLUMNS).where(article.c.read_at.is_not(None), is_told(), *met(wish))
        async for rows in self._through(chosen, size):
            yield [Exported(*row[:-1]) for row in rows]


def _of_call(name: str) -> sa.ColumnElement[Any]:
    said: sa.ColumnElement[Any] = article.c.facts[("call", name)].astext
    return said


_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    *article.c["id", "story_id", "source_id", "url"],
    HEADLINE,
    article.c.kind,
    article.c.publisher,
    PUBLISHERS,
    TOPICS,
    *PUBLISHED,
    article.c.discovered_at,
    article.c.embargo_until,
    sa.func.coalesce(_of_call("is_call") == "true", sa.false()),
    sa.cast(_of_call("start"), sa.Date),
    *article.c["call_end", "joined_as", "twin_id", "share", "summary"],
    sa.func.coalesce(article.c.read_text, ""),
)
