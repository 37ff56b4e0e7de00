"""What the page of one ministry asks for beside its figures: the series that it goes on with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from service.store.database import Intentions
from service.store.embargo import TOLD

_BACK = timedelta(days=730)
_RELEASES = 2_000  # of the ministry, the newest, in which series are looked for
_SERIES = 6

_QUERY = sa.text(f"""
    WITH own AS (
        SELECT id, story_id, coalesce(read_title, title) AS title,
            coalesce(read_published_at, published_at, discovered_at) AS out_at
        FROM article
        WHERE publishers @> ARRAY[CAST(:publisher AS text)] AND kind <> 'news'
            AND {TOLD}
            AND coalesce(read_published_at, published_at, discovered_at)
                BETWEEN now() - CAST(:back AS interval) AND now()
        ORDER BY coalesce(read_published_at, published_at, discovered_at) DESC LIMIT :releases
    ), named AS (
        SELECT DISTINCT ON (series, coalesce(story_id, -own.id)) series, own.id, title, out_at,
            mention.round, mention.year
        FROM own JOIN mention ON mention.article_id = own.id
        ORDER BY series, coalesce(story_id, -own.id), own.id, mention.id
    ), ranked AS (
        SELECT series, count(*) AS times FROM named GROUP BY series HAVING count(*) > 1
        ORDER BY count(round) DESC, count(*) DESC, max(out_at) DESC, series LIMIT :series
    )
    SELECT series, id, title, out_at, round, year FROM named JOIN ranked USING (series)
    ORDER BY times DESC, series, out_at, id
""")  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class Occasion:
    """A release that names the series. ``round`` from 제2차, ``year`` from 2026년."""

    article_id: int
    title: str
    at: datetime
    round: int | None
    year: int | None


@dataclass(frozen=True, slots=True)
class Series:
    """A council, programme or event by its name, with its occasions, the oldest first."""

    name: str
    occasions: Sequence[Occasion]


class Ministries(Intentions):
    """Reads only; a transaction each."""

    async def series(self, publisher: str) -> list[Series]:
        """The series that its releases of two years name most, those with numbered rounds first."""
        values = {
            "publisher": publisher, "back": _BACK, "releases": _RELEASES, "series": _SERIES,
        }  # fmt: skip
        found: dict[str, list[Occasion]] = {}
        for name, *occasion in await self._rows(_QUERY, values):
            found.setdefault(name, []).append(Occasion(*occasion))
        return [Series(name, occasions) for name, occasions in found.items()]
