"""Several routes to the same posts, held against each other: what did each of them never show?

Measured, not guessed: what one route missed is known because another brought it, so it is stored,
judged and told all the same. What no route shows, nobody counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from service.store.database import Intentions, columns

GRACE = timedelta(days=1)
"""How long after its first route a post may take to be shown by another."""

_WINDOW = timedelta(days=30)
_KEPT_ANEW = timedelta(days=7)  # days whose figures are made again: the service may have been down
_EXAMPLES = 3
_UNTIL = f"(now() - interval '{GRACE.days} days')"
_SINCE = f"(now() - interval '{(GRACE + _WINDOW).days} days')"
_TODAY = f"timezone('Asia/Seoul', date_trunc('day', timezone('Asia/Seoul', {_UNTIL})))"
_WEEK = f"({_TODAY} - interval '{_KEPT_ANEW.days} days')"


def _never(which: str) -> str:
    """How many there are of which that holds, and titles of the newest of those."""
    titles = f"array_agg(title ORDER BY first_at DESC) FILTER (WHERE {which})"
    return f"count(*) FILTER (WHERE {which}), ({titles})[1:{_EXAMPLES}]"


def _seen(since: str, until: str) -> str:
    """Every post first shown in a time, with every route that could have shown it.

    ``at``: when the route did, NULL: never.
    """
    return f"""
        WITH route AS (
            SELECT * FROM unnest(CAST(:leads AS text[]), CAST(:ids AS text[])) AS route (lead, id)
        ), fresh AS (
            SELECT DISTINCT lead, key FROM route JOIN article ON source_id = route.id
            WHERE discovered_at >= {since} AND discovered_at < {until} AND NOT baseline
        ), shown AS (
            SELECT lead, route.id, at, min(at) OVER post AS first_at, min(title) OVER post AS title
            FROM fresh JOIN route USING (lead)
            LEFT JOIN article ON article.source_id = route.id AND article.key = fresh.key
            LEFT JOIN sighting ON sighting.source_id = route.id AND sighting.key = fresh.key
            CROSS JOIN LATERAL (SELECT least(discovered_at, seen_at) AS at) AS showed
            WINDOW post AS (PARTITION BY lead, fresh.key)
        ), seen AS (
            SELECT lead, id, at, first_at, title FROM shown JOIN source USING (id)
            WHERE first_at >= {since} AND first_at > baselined_at
                AND (paused_at IS NULL OR first_at < paused_at)
        )
    """  # noqa: S608 - of constants


_MISSED = sa.text(f"""{_seen(_SINCE, _UNTIL)}
    SELECT id, lead, count(*), {_never("at IS NULL")} FROM seen GROUP BY lead, id ORDER BY lead, id
""")  # noqa: S608 - of constants
_KEEP = sa.text(f"""{_seen(_WEEK, _TODAY)}
    INSERT INTO route_day (day, source_id, shown, missed)
    SELECT CAST(timezone('Asia/Seoul', first_at) AS date), id, count(*),
        count(*) FILTER (WHERE at IS NULL)
    FROM seen GROUP BY 1, 2
    ON CONFLICT (day, source_id) DO UPDATE SET shown = excluded.shown, missed = excluded.missed
""")  # noqa: S608 - of constants
_KEPT = sa.text("""
    SELECT source_id, min(day), sum(shown), sum(missed) FROM route_day GROUP BY 1 ORDER BY 1
""")
_RECENT = f"discovered_at >= {_SINCE} AND discovered_at < {_UNTIL} AND NOT baseline"
# Recent stories by publisher: on its own board, or passed on by the portal. Of a joint release the
# first publisher's board is asked for it.
_ACROSS = sa.text(f"""
    WITH board AS (
        SELECT * FROM unnest(CAST(:names AS text[]), CAST(:ids AS text[])) AS board (name, id)
    ), lead AS (
        SELECT * FROM unnest(CAST(:of AS text[]), CAST(:leads AS text[])) AS lead (name, id)
    ), theirs AS (
        SELECT name, story_id FROM board JOIN article ON source_id = board.id WHERE {_RECENT}
        UNION SELECT name, story_id FROM lead JOIN article ON publishers[1] = name
        WHERE source_id = ANY(CAST(:portal AS text[])) AND {_RECENT}
    ), told AS (
        SELECT name, min(discovered_at) AS first_at, min(title) AS title,
            bool_or(on_portal) AS on_portal, bool_or(on_board) AS on_board, lead.id
        FROM theirs JOIN lead USING (name) JOIN article USING (story_id)
        CROSS JOIN LATERAL (SELECT source_id = ANY(CAST(:portal AS text[])) AS on_portal,
            (name, source_id) IN (SELECT board.name, board.id FROM board) AS on_board) AS place
        WHERE on_portal OR on_board GROUP BY name, story_id, lead.id
    )
    SELECT name, count(*), {_never("NOT on_board")}, {_never("NOT on_portal")}
    FROM told JOIN source ON source.id = told.id JOIN source AS other ON other.id = :first
    WHERE first_at >= {_SINCE} AND first_at > source.baselined_at AND first_at > other.baselined_at
    GROUP BY name ORDER BY name
""")  # noqa: S608 - of constants

Groups = Mapping[str, Sequence[str]]
"""Sources that list the same posts, by the one that they are routes of."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What one source never showed of what it could have.

    ``group``: the lead of its routes; of a comparison with the portal, the publisher.
    ``shown``: posts that any source of the group showed after this one was first looked at;
    ``missed``: those of them that it never did. ``examples``: titles of the newest of these.
    """

    source_id: str
    group: str
    shown: int
    missed: int
    examples: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """Missed of shown, 0..1."""
        return self.missed / self.shown if self.shown else 0.0


@dataclass(frozen=True, slots=True)
class Kept:
    """The daily figures of a source since they are kept, added up; ``since`` is a day in Korea."""

    source_id: str
    since: date
    shown: int
    missed: int


class Routes(Intentions):
    """Intentions about routes, a transaction each."""

    async def missed(self, groups: Groups) -> list[Missed]:
        """How much every route of every group missed in the last 30 days, by group and source.

        A post counts a day after it was first shown, if it was news to any route then, and for a
        source that had been looked at before and was not paused. A source without such a post is
        left out.
        """
        rows = await self._rows(_MISSED, _pairs(groups, "leads"))
        return [_missed(*row) for row in rows]

    async def keep(self, groups: Groups) -> None:
        """Write the figures of each of the last seven days that are over and whose grace is, too.

        They outlive the articles. Done again it brings the same, or what turned up meanwhile.
        """
        await self._do(_KEEP, _pairs(groups, "leads"))

    async def kept(self) -> list[Kept]:
        """What was kept of every source, added up, by id."""
        return [Kept(*row) for row in await self._rows(_KEPT)]

    async def across(self, portal: Sequence[str], boards: Groups) -> list[Missed]:
        """The portal and ministries' own boards held against each other, by publisher.

        ``portal``: its routes, ``boards``: those of each publisher, the lead first in both. Their
        posts have different keys, so that stories are counted: those of the last 30 days in which
        either has a release. Gives two for a publisher: its board, then the portal.
        """
        leads = _pairs({name: ids[:1] for name, ids in boards.items()}, "of", "leads")
        given = {"portal": list(portal), "first": portal[0], **leads, **_pairs(boards, "names")}
        return [
            _missed(who, group, shown, missed, titles)
            for group, shown, by_board, of_board, by_portal, of_portal in await self._rows(
                _ACROSS, given
            )
            for who, missed, titles in (
                (boards[group][0], by_board, of_board),
                (portal[0], by_portal, of_portal),
            )
        ]


def _pairs(groups: Groups, group: str, member: str = "ids") -> dict[str, list[str]]:
    """``groups`` as two lists, for a statement that has a table of them."""
    pairs = [(name, each) for name, members in groups.items() for each in members]
    return columns(pairs, group, member)


def _missed(
    source_id: str, group: str, shown: int, missed: int, titles: Sequence[str] | None
) -> Missed:
    return Missed(source_id, group, shown, missed, tuple(titles or ()))
