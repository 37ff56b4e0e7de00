"""Several routes to the same posts, held against each other: what did each of them never show?

Measured, not guessed: what one route missed is known because another brought it, so it is stored,
judged and told all the same. What no route shows, nobody counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, insert

from service.store.database import Intentions
from service.store.tables import article, route_day, sighting, source

GRACE = timedelta(days=1)
"""How long after its first route a post may take to be shown by another."""

_WINDOW = timedelta(days=30)
_KEPT_ANEW = timedelta(days=7)  # days whose figures are made again: the service may have been down
_EXAMPLES = 3
_IDS = ARRAY(sa.Text)
_UNTIL = sa.func.now() - GRACE
_SINCE = _UNTIL - _WINDOW

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
        seen = _seen(groups, _SINCE, _UNTIL)
        query = (
            sa.select(seen.c.source_id, seen.c.lead, *_figures(seen.c.at.is_(None), seen))
            .group_by(seen.c.lead, seen.c.source_id)
            .order_by(seen.c.lead, seen.c.source_id)
        )
        return [_missed(row) for row in await self._rows(query)]

    async def keep(self, groups: Groups) -> None:
        """Write the figures of each of the last seven days that are over and whose grace is, too.

        They outlive the articles. Done again it brings the same, or what turned up meanwhile.
        """
        local = sa.func.timezone("Asia/Seoul", _UNTIL)
        until = sa.func.timezone("Asia/Seoul", sa.func.date_trunc("day", local))
        seen = _seen(groups, until - _KEPT_ANEW, until)
        day = sa.cast(sa.func.timezone("Asia/Seoul", seen.c.first_at), sa.Date)
        shown, missed, _ = _figures(seen.c.at.is_(None), seen)
        figures = sa.select(day, seen.c.source_id, shown, missed).group_by(day, seen.c.source_id)
        made = insert(route_day).from_select(["day", "source_id", "shown", "missed"], figures)
        async with self._database.transaction() as tx:
            await tx.execute(
                made.on_conflict_do_update(
                    index_elements=["day", "source_id"],
                    set_={"shown": made.excluded.shown, "missed": made.excluded.missed},
                )
            )

    async def kept(self) -> list[Kept]:
        """What was kept of every source, added up, by id."""
        query = (
            sa.select(
                route_day.c.source_id,
                sa.func.min(route_day.c.day),
                sa.func.sum(route_day.c.shown),
                sa.func.sum(route_day.c.missed),
            )
            .group_by(route_day.c.source_id)
            .order_by(route_day.c.source_id)
        )
        return [Kept(*row) for row in await self._rows(query)]

    async def across(self, portal: Sequence[str], boards: Groups) -> list[Missed]:
        """The portal and ministries' own boards held against each other, by publisher.

        ``portal``: its routes, ``boards``: those of each publisher, the lead first in both. Their
        posts have different keys, so that stories are counted: those of the last 30 days in which
        either has a release. Gives two for a publisher: its board, then the portal.
        """
        told = _told(portal, boards)
        query = (
            sa.select(
                told.c.publisher,
                *_figures(~told.c.on_board, told),
                *_figures(~told.c.on_portal, told)[1:],
            )
            .group_by(told.c.publisher)
            .order_by(told.c.publisher)
        )
        rows = await self._rows(query)
        return [
            _missed((who, group, shown, missed, titles))
            for group, shown, by_board, of_board, by_portal, of_portal in rows
            for who, missed, titles in (
                (boards[group][0], by_board, of_board),
                (portal[0], by_portal, of_portal),
            )
        ]


def _seen(groups: Groups, since: sa.ColumnElement[datetime], until: Any) -> sa.Subquery:
    """Every post first shown in a time, with every route that could have shown it.

    ``at``: when the route did, NULL: never.
    """
    route = _pairs(groups, "lead", "source_id")
    fresh = (
        sa.select(route.c.lead, article.c.key)
        .join(article, article.c.source_id == route.c.source_id)
        .where(article.c.discovered_at >= since, article.c.discovered_at < until)
        .where(~article.c.baseline)
        .distinct()
        .subquery()
    )
    at = sa.func.least(article.c.discovered_at, sighting.c.seen_at)
    post = (fresh.c.lead, fresh.c.key)
    shown = (
        sa.select(
            fresh.c.lead,
            route.c.source_id,
            at.label("at"),
            sa.func.min(at).over(partition_by=post).label("first_at"),
            sa.func.min(article.c.title).over(partition_by=post).label("title"),
        )
        .select_from(fresh)
        .join(route, route.c.lead == fresh.c.lead)
        .outerjoin(article, _same(article, route, fresh))
        .outerjoin(sighting, _same(sighting, route, fresh))
        .subquery()
    )
    return (
        sa.select(shown)
        .join(source, source.c.id == shown.c.source_id)
        .where(
            shown.c.first_at >= since,
            shown.c.first_at > source.c.baselined_at,
            sa.or_(source.c.paused_at.is_(None), shown.c.first_at < source.c.paused_at),
        )
        .subquery()
    )


def _told(portal: Sequence[str], boards: Groups) -> sa.Subquery:
    """Stories with a release of each publisher, and whether portal and board have them."""
    board = _pairs(boards, "publisher", "source_id")
    lead = _pairs({name: ids[:1] for name, ids in boards.items()}, "publisher", "source_id")
    on_portal = article.c.source_id == sa.any_(sa.cast(list(portal), _IDS))
    theirs = _theirs(board, lead, on_portal)
    mine = sa.exists().where(
        board.c.publisher == theirs.c.publisher, board.c.source_id == article.c.source_id
    )
    first_at = sa.func.min(article.c.discovered_at)
    looked = [
        sa.select(source.c.baselined_at).where(source.c.id == each).scalar_subquery()
        for each in (portal[0], lead.c.source_id)
    ]
    return (
        sa.select(
            theirs.c.publisher,
            first_at.label("first_at"),
            sa.func.min(article.c.title).label("title"),
            sa.func.bool_or(on_portal).label("on_portal"),
            sa.func.bool_or(mine).label("on_board"),
        )
        .select_from(theirs)
        .join(lead, lead.c.publisher == theirs.c.publisher)
        .join(article, article.c.story_id == theirs.c.story_id)
        .where(sa.or_(on_portal, mine))
        .group_by(theirs.c.publisher, theirs.c.story_id, lead.c.source_id)
        .having(sa.and_(first_at >= _SINCE, *(first_at > each for each in looked)))
        .subquery()
    )


def _theirs(board: Any, lead: Any, on_portal: sa.ColumnElement[bool]) -> sa.Subquery:
    """Recent stories by publisher: on its own board, or passed on by the portal.

    Of a joint release the first publisher's board is asked for it.
    """
    recent = (article.c.discovered_at >= _SINCE, article.c.discovered_at < _UNTIL)
    own = sa.select(board.c.publisher, article.c.story_id).join(
        article, article.c.source_id == board.c.source_id
    )
    passed_on = (
        sa.select(lead.c.publisher, article.c.story_id)
        .join(article, article.c.publishers[1] == lead.c.publisher)
        .where(on_portal)
    )
    both = (each.where(*recent, ~article.c.baseline) for each in (own, passed_on))
    return sa.union(*both).subquery()


def _pairs(groups: Groups, group: str, member: str) -> Any:
    """``groups`` as a table of two columns."""
    pairs = [(name, each) for name, members in groups.items() for each in members]
    columns = (sa.cast([pair[side] for pair in pairs], _IDS) for side in (0, 1))
    return sa.func.unnest(*columns).table_valued(group, member).render_derived()


def _same(table: sa.Table, route: Any, post: sa.Subquery) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.source_id == route.c.source_id, table.c.key == post.c.key)


def _figures(missed: sa.ColumnElement[bool], of: sa.Subquery) -> tuple[Any, Any, Any]:
    """How many there are, how many were ``missed``, and titles of the newest of those."""
    newest_first = aggregate_order_by(of.c.title, of.c.first_at.desc())
    titles = sa.func.array_agg(newest_first, type_=_IDS).filter(missed)
    return sa.func.count(), sa.func.count().filter(missed), titles[1:_EXAMPLES]


def _missed(row: Any) -> Missed:
    source_id, group, shown, missed, titles = row
    return Missed(source_id, group, shown, missed, tuple(titles or ()))
