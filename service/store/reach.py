"""How much of what is announced is seen here, and how soon: by source, for everybody to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from service.store.database import Intentions
from service.store.embargo import TOLD

State = Literal["paused", "broken", "failing", "quiet", "drift", "unseen", "alive"]
"""Paused by hand; not to be read for so long that an operator was told; failed just now; too
quiet, or of another shape than usual; not looked at yet; as it should be."""

_LAST = 200  # posts of a source, by which its delay is measured
_SINCE = timedelta(days=60)

# Of a post that was there when its source was first looked at nobody knows when it could have been
# seen, nor of one that was found by reading a list back. The pairs keep to the one index that has a
# source's posts together: by time alone, all posts of all would be gone through for a silent one.
_DELAYS = """
    SELECT greatest(extract(epoch FROM discovered_at - out_at), 0) AS delay FROM (
        SELECT discovered_at, baseline OR late AS known_late, coalesce(read_published_at,
            published_at) AS out_at, CASE WHEN read_published_at IS NULL THEN precision
            ELSE read_precision END AS precise
        FROM article
        WHERE (article.source_id, discovered_at) > (source.id, now() - CAST(:since AS interval))
            AND (article.source_id, discovered_at) <= (source.id, 'infinity')
        ORDER BY article.source_id DESC, discovered_at DESC LIMIT :last
    ) AS newest
    WHERE NOT known_late AND precise IN ('second', 'minute')
"""
_QUERY = sa.text(f"""
    SELECT source.id, newest_at, last_ok_at, make_interval(secs => delay.middle), delay.posts,
        route.shown, route.missed,
        CASE WHEN paused_at IS NOT NULL THEN 'paused'
            WHEN failures > 0 THEN CASE WHEN 'source-broken' = ANY(found.kinds)
                THEN 'broken' ELSE 'failing' END
            WHEN 'source-quiet' = ANY(found.kinds) THEN 'quiet'
            WHEN 'source-drift' = ANY(found.kinds) THEN 'drift'
            WHEN last_ok_at IS NULL THEN 'unseen' ELSE 'alive' END AS state
    FROM source
    CROSS JOIN LATERAL (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY delay) AS middle, count(*) AS posts
        FROM ({_DELAYS}) AS delays
    ) AS delay
    LEFT JOIN LATERAL (
        SELECT CAST(sum(shown) AS integer) AS shown, CAST(sum(missed) AS integer) AS missed
        FROM route_day WHERE route_day.source_id = source.id
            AND day > CAST(timezone('Asia/Seoul', now()) AS date) - 30
    ) AS route ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(kind), '{{}}') AS kinds FROM ops_item
        WHERE subject = source.id AND closed_at IS NULL
    ) AS found
    ORDER BY source.id
""")  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of one source, and nothing that only concerns whoever runs the service.

    ``delay`` is the median time between publication and first sight, by ``posts`` whose hour is
    known; None where none is. Of ``shown`` posts that all its routes showed in 30 days this one
    ``missed`` so many; None where it has no other route.
    """

    source_id: str
    newest_at: datetime | None
    looked_at: datetime | None
    delay: timedelta | None
    posts: int
    shown: int | None
    missed: int | None
    state: State

    @property
    def rate(self) -> float | None:
        """Missed of shown, 0..1; None where it is not measured."""
        return self.missed / self.shown if self.shown and self.missed is not None else None


@dataclass(frozen=True, slots=True)
class Extent:
    """How all sources do at the time ``now``. ``stories`` of the last day, seen first then."""

    now: datetime
    sources: Sequence[Reach]
    articles: int


class Reaches(Intentions):
    """Reads only; a transaction each."""

    async def extent(self) -> Extent:
        """Every source that was ever polled here, by id."""
        today = sa.text(f"""
            SELECT now(), count(*) FROM article
            WHERE discovered_at > now() - interval '1 day' AND NOT baseline AND {TOLD}
        """)  # noqa: S608 - of constants
        async with self._database.transaction() as tx:
            rows = (await tx.execute(_QUERY, {"since": _SINCE, "last": _LAST})).all()
            now, articles = (await tx.execute(today)).one()
        return Extent(now, [Reach(*row) for row in rows], articles)
