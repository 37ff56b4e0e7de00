"""What one can apply for now: by its deadline, at any time, or until nobody says when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from service.store.database import TODAY, Intentions
from service.store.embargo import TOLD, UNTIL
from service.store.rows import GONE, Named, still_open

_MOST = 2_000  # calls; of those without a deadline a tenth
_LATELY = 120  # days that a call without a deadline is shown after it came out

Deadline = Literal["day", "always", "unknown"]

# An event has many copies, and a correction may move its deadline: the article that came or was
# changed last tells how it is now, unless its page is gone or its embargo hides it.
_NOW = f"""
    SELECT DISTINCT ON (story_id) article.id, source_id, url, coalesce(read_title, title) AS title,
        publisher, coalesce(publishers, '{{}}') AS publishers, story_id,
        coalesce(topics, '{{}}') AS topics,
        CAST(facts -> 'call' ->> 'start' AS date) AS start, call_end AS "end",
        facts -> 'call' ->> 'end_clock' AS end_clock,
        CASE WHEN call_end IS NOT NULL THEN 'day'
            WHEN CAST(facts -> 'call' ->> 'open_ended' AS boolean) THEN 'always'
            ELSE 'unknown' END AS deadline,
        coalesce(read_published_at, published_at, discovered_at) AS out_at,
        greatest(discovered_at, (SELECT max(noticed_at) FROM revision
            WHERE revision.article_id = article.id)) AS changed_at,
        (SELECT count(DISTINCT kin.id) + count(revision.id) - 1
            FROM article AS kin LEFT JOIN revision ON revision.article_id = kin.id
            WHERE kin.story_id = article.story_id AND kin.kind <> 'news') AS revisions,
        {UNTIL} AS held_until
    FROM article
    WHERE story_id IN (SELECT story_id FROM chosen) AND kind <> 'news'
        AND CAST(facts -> 'call' ->> 'is_call' AS boolean)
        AND (CAST(:held AS boolean) OR {TOLD})
        AND NOT EXISTS (SELECT FROM revision WHERE revision.article_id = article.id
            AND changes @> CAST(:withdrawn AS jsonb))
    ORDER BY story_id, call_end IS NULL, changed_at DESC, article.id DESC
"""  # noqa: S608 - of constants
_WANTED = """(CAST(:publishers AS text[]) = '{}' OR publishers && CAST(:publishers AS text[]))
            AND (CAST(:topic AS text) IS NULL OR :topic = ANY(topics))"""
_DATED = sa.text(f"""
    WITH chosen AS (
        SELECT DISTINCT story_id FROM article
        WHERE {still_open("call_end", "facts -> 'call' ->> 'end_clock'")}
            AND kind <> 'news' AND story_id IS NOT NULL AND {_WANTED}
    ), standing AS ({_NOW})
    SELECT * FROM standing WHERE {still_open('"end"', "end_clock")}
    ORDER BY "end", end_clock NULLS LAST, id LIMIT :most
""")  # noqa: S608 - of constants
_UNDATED = sa.text(f"""
    WITH chosen AS (
        SELECT story_id FROM article
        WHERE call_end IS NULL AND (facts -> 'call' ->> 'is_call') = 'true'
            AND story_id IS NOT NULL AND kind <> 'news'
            AND coalesce(read_published_at, published_at, discovered_at)
                > now() - make_interval(days => :lately)
            AND {_WANTED}
        ORDER BY coalesce(read_published_at, published_at, discovered_at) DESC LIMIT :most
    ), standing AS ({_NOW})
    SELECT * FROM standing WHERE "end" IS NULL ORDER BY out_at DESC, id DESC
""")  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class OpenCall(Named):
    """Something to apply for. ``end`` is the last day, ``end_clock`` ``"HH:MM"`` to ``"24:00"``.

    ``deadline``: a day is known; ``always``: at any time, or until the money is used up; unknown:
    nobody says. ``revisions`` grows with what changed of it, last at ``changed_at``.
    ``held_until``: it is under embargo.
    """

    story_id: int
    topics: Sequence[str]
    start: date | None
    end: date | None
    end_clock: str | None
    deadline: Deadline
    out_at: datetime
    changed_at: datetime
    revisions: int
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """All that is open now, on the day ``today`` in Korea.

    ``dated`` by deadline, the others the newest first.
    """

    today: date
    dated: Sequence[OpenCall]
    undated: Sequence[OpenCall]


class OpenCalls(Intentions):
    """Reads only; a transaction each."""

    async def board(
        self, publishers: Sequence[str] = (), topic: str | None = None, *, held: bool = False
    ) -> Board:
        """What is open now, of any of the publishers and of a topic, where they are given.

        ``held``: also what is under embargo.
        """
        values = {"publishers": list(publishers), "topic": topic, "held": held, **GONE}
        async with self._database.transaction() as tx:
            day = (await tx.execute(sa.select(TODAY))).scalar_one()
            dated = await tx.execute(_DATED, values | {"most": _MOST})
            later = {"lately": _LATELY, "most": _MOST // 10}
            undated = await tx.execute(_UNDATED, values | later)
            return Board(day, tuple(map(_call, dated)), tuple(map(_call, undated)))


def _call(row: sa.Row[Any]) -> OpenCall:
    """A row as a record that can be told from another one by its hash."""
    fields: list[Any] = [tuple(each) if isinstance(each, list) else each for each in row]
    return OpenCall(*fields)
