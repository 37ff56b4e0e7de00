"""What the rows tell of how sources do: when posts came out, what lists and texts looked like.

Each query is asked for all sources at once and gives (source id, value), of shapes with the slot
between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from service.store.tables import article, poll, sighting, source

WEEKS = timedelta(weeks=8)
# Back from its newest post: the habits of a source that fell silent are not forgotten meanwhile.
_SINCE = sa.func.least(sa.func.now(), source.c.newest_at) - WEEKS
_APART = timedelta(hours=1)  # of older posts closer to each other than this, most are passed over
_LATEST = 200  # posts of which none is passed over
_SHAPES, _LENGTHS = 10, 30
_HALF_A_DAY = timedelta(hours=12)

# When a post came out, as far as its source says, else when it was found. What was there at the
# first look came out some time of its day.
_OUT = sa.case(
    (article.c.precision != "day", article.c.published_at),
    (~article.c.baseline, article.c.discovered_at),
    else_=sa.func.least(article.c.discovered_at, article.c.published_at + _HALF_A_DAY),
)
# A checking route finds nothing by itself: of it count the posts that it showed.
_COMING = (
    (article.c.source_id, article.c.discovered_at, _OUT),
    (sighting.c.source_id, sighting.c.seen_at, sighting.c.seen_at),
)


def spread(ids: Sequence[str]) -> sa.CompoundSelect[Any]:
    """Posts of the last eight weeks, one an hour: the first, the first an hour after it, and so on.

    An index entry each, however many come in an hour; still a second for a hundred sources that
    never rest.
    """
    return sa.union_all(*(_one_an_hour(ids, *each) for each in _COMING))


def _one_an_hour(ids: Sequence[str], owner: Any, at: Any, came: Any) -> sa.Select[Any]:
    def after(who: Any, moment: Any) -> Any:
        row = sa.select(at.label("at"), came.label("came")).where(owner == who, at > moment)
        return row.order_by(at).limit(1).lateral()

    first = after(source.c.id, _SINCE)
    row = sa.select(source.c.id, first.c.at, first.c.came).where(source.c.id.in_(ids))
    rows = row.join_from(source, first, sa.true()).cte(recursive=True)
    following = after(rows.c.id, rows.c.at + _APART)
    rows = rows.union_all(
        sa.select(rows.c.id, following.c.at, following.c.came).join_from(rows, following, sa.true())
    )
    return sa.select(rows.c.id, rows.c.came)


def latest(ids: Sequence[str]) -> sa.CompoundSelect[Any]:
    """The latest posts of each source, all of them."""

    def of(owner: Any, at: Any, came: Any) -> sa.Select[Any]:
        row = sa.select(came.label("came")).where(owner == source.c.id, at > _SINCE)
        rows = row.order_by(at.desc()).limit(_LATEST).lateral()
        found = sa.select(source.c.id, rows.c.came).join_from(source, rows, sa.true())
        return found.where(source.c.id.in_(ids))

    return sa.union_all(*(of(*each) for each in _COMING))


def shapes(ids: Sequence[str]) -> sa.Select[Any]:
    """Shapes of the lists that were read last, with their slots."""
    shape = sa.select(poll.c.shape, poll.c.slot).where(
        poll.c.source_id == source.c.id, poll.c.shape.is_not(None)
    )
    last = shape.order_by(poll.c.slot.desc()).limit(_SHAPES).lateral()
    return (
        sa.select(source.c.id, last.c.slot, last.c.shape)
        .join_from(source, last, sa.true())
        .where(source.c.id.in_(ids))
    )


def daily_shapes(ids: Sequence[str]) -> sa.Select[Any]:
    """Shape of the first list of each day that is kept, with its slot.

    The last lists alone would make a custom of what drifted hours ago.
    """
    day = sa.func.date_trunc("day", poll.c.started_at)
    return (
        sa.select(poll.c.source_id, poll.c.slot, poll.c.shape)
        .ext(distinct_on(poll.c.source_id, day))
        .where(poll.c.source_id.in_(ids), poll.c.shape.is_not(None))
        .order_by(poll.c.source_id, day, poll.c.slot)
    )


def lengths(ids: Sequence[str]) -> sa.Select[Any]:
    """Letters of the texts that were opened last, oldest first; of the baseline where they lack."""
    row = sa.select(article).where(article.c.source_id == source.c.id)
    late = row.order_by(article.c.discovered_at.desc()).limit(_LATEST).lateral()
    place = sa.func.row_number().over(
        partition_by=source.c.id, order_by=(late.c.baseline, late.c.id.desc())
    )
    opened = (
        sa.select(source.c.id, late.c.text, place.label("place"))
        .join_from(source, late, sa.true())
        .where(source.c.id.in_(ids), late.c.text.is_not(None), late.c.last_error.is_(None))
        .subquery()
    )
    return (
        sa.select(opened.c.id, sa.func.char_length(opened.c.text))
        .where(opened.c.place <= _LENGTHS)
        .order_by(opened.c.place.desc())
    )
