"""Deadlines that a subscription was told of, as they are known now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from service.store.database import Intentions
from service.store.items import LATELY, Item, items, items_of
from service.store.rows import GONE

_SEASON = timedelta(days=400)  # between a call and its last day

_TOLD = items_of(
    LATELY,
    """reason <> 'coverage' AND (
        facts ->> 'apply_by' >= CAST(:oldest AS text) OR EXISTS (
            SELECT FROM article WHERE article.story_id = telling.story_id
            AND call_end >= CAST(CAST(:oldest AS text) AS date)))""",
)
_STANDING = """
    SELECT article.id, story_id, coalesce(read_title, title) AS title, url, call_end,
        facts -> 'call' ->> 'end_clock' AS end_clock, seen.*
    FROM article JOIN subscription ON subscription.id = :reader
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(changes @> CAST(:withdrawn AS jsonb)), false) AS withdrawn,
            count(*) AS revisions, max(noticed_at) AS changed_at
        FROM revision WHERE article_id = article.id
    ) AS seen
    WHERE story_id = ANY(CAST(:stories AS bigint[])) AND kind IS DISTINCT FROM 'news'
        AND (embargoed = 'badge' OR coalesce(embargo_until <= now(), true))
    ORDER BY coalesce(seen.changed_at, discovered_at) DESC, article.id DESC
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an article says it now. ``end`` is the last day to apply, ``end_clock`` ``"HH:MM"``."""

    title: str
    url: str
    end: date | None
    end_clock: str | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Call:
    """Something to apply for, as one was ``told`` of it, the newest last.

    ``standing`` is how its articles say it now, first that of the newest telling. ``revision``
    grows with whatever changes of it, last at ``changed_at``.
    """

    story_id: int
    told: Sequence[Item]
    standing: Sequence[Standing]
    revision: int
    changed_at: datetime


class Calls(Intentions):
    """Reads only."""

    async def calls(self, subscription_id: int, oldest: date) -> Sequence[Call]:
        """What the subscription was told of whose last day is or was ``oldest`` or later."""
        told: dict[int, list[Item]] = {}
        values = {"readers": [subscription_id], "back": _SEASON, "oldest": oldest.isoformat()}
        for each in await items(self._database, _TOLD, **values):
            if each.story_id is not None:
                told.setdefault(each.story_id, []).insert(0, each)
        standing: dict[int, list[sa.Row[Any]]] = {each: [] for each in told}
        values = {"reader": subscription_id, "stories": list(told), **GONE}
        for row in await self._rows(sa.text(_STANDING), values):
            standing[row.story_id].append(row)
        return [_call(each, told[each], standing[each]) for each in sorted(told)]


def _call(story_id: int, told: Sequence[Item], rows: Sequence[sa.Row[Any]]) -> Call:
    turns = {each.article_id: turn for turn, each in enumerate(told)}
    rows = sorted(rows, key=lambda row: turns.get(row.id, -1), reverse=True)
    changed = [each.updated_at for each in told]
    return Call(
        story_id,
        told,
        [Standing(r.title, r.url, r.call_end, r.end_clock, r.withdrawn) for r in rows],
        len(told) - 1 + sum(each.version for each in told) + sum(row.revisions for row in rows),
        max([*changed, *(row.changed_at for row in rows if row.changed_at is not None)]),
    )
