"""What a subscription was told, or is told at last: for those who come to ask for it.

A feed is asked for, so that no quiet hours, no digest and no snooze hold anything back from it. An
embargo does, for those who wait until it lifts. Deadlines are told as they are known now.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from service.model import Language
from service.store.database import Intentions, columns
from service.store.ending import LIVE
from service.store.items import KINDS, SHOWN, THESE, Item, items, items_of
from service.store.rows import GONE, record
from service.store.tables import subscription
from service.store.titles import TITLE

_REMEMBERED = timedelta(days=90)
_HELD = timedelta(days=60)  # longer than any embargo

_IDS = ARRAY(sa.BigInteger)
_READER = sa.select(
    subscription.c.id,
    TITLE.label("name"),
    *subscription.c["feed_epoch", "language", "remind", "created_at"],
    sa.func.now().label("asked_at"),
)
_LATELY = """
    SELECT subscription_id, telling_id, created_at, hits FROM delivery
    WHERE subscription_id = ANY(CAST(:readers AS bigint[]))
        AND created_at > now() - CAST(:back AS interval) AND outcome IS DISTINCT FROM 'ended'
    UNION ALL
    SELECT subscription_id, telling_id, created_at, hits FROM waiting
    WHERE subscription_id = ANY(CAST(:readers AS bigint[]))
        AND created_at > now() - CAST(:back AS interval)
"""
"""What came to be owed to ``:readers`` in the last ``:back``."""
_NEWEST = items_of(_LATELY) + "LIMIT :most"
_FOUND = items_of(THESE)
_AFTER = items_of(
    _LATELY,
    """told_at > greatest(now() - CAST(:longest AS interval), CAST(:after AS timestamptz))""",
)
_OF_DIGEST = items_of("""
    SELECT subscription_id, telling_id, created_at, hits FROM waiting
    WHERE subscription_id = :reader AND told_by = :digest
""")
_DIGEST = """
    SELECT facts ->> 'since' AS since, facts ->> 'until' AS until FROM telling
    WHERE id = :digest AND reason = 'digest' AND starts_with(key, :key)
"""
_SIGHTS = """
    SELECT DISTINCT subscription.id, telling.id, {shown} FROM ({lately} UNION ALL {these}) AS owed
    JOIN telling ON telling.id = telling_id JOIN subscription ON subscription.id = subscription_id
    WHERE {kinds}
"""
_SEASON = timedelta(days=400)  # between a call and its last day

_CALLS = items_of(
    _LATELY,
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
class Reader:
    """A live subscription whose address was asked for, at ``asked_at``.

    ``remind``: days before a deadline.
    """

    id: int
    name: str
    feed_epoch: int
    language: Language
    remind: tuple[int, ...]
    created_at: datetime
    asked_at: datetime = field(compare=False)


@dataclass(frozen=True, slots=True)
class Sight:
    """That something is told; not ``shown`` while its embargo holds it back."""

    subscription_id: int
    telling_id: int
    shown: bool


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


class Told(Intentions):
    """Reads only, but for an address that is renewed; a transaction each."""

    async def reader(self, subscription_id: int, feed_epoch: int | None = None) -> Reader | None:
        """Who asks with an address of that epoch; None where it does not count any more.

        Without an epoch: whoever has a digest, which may have been the last one.
        """
        query = _READER.where(subscription.c.id == subscription_id)
        if feed_epoch is not None:
            query = query.where(LIVE, subscription.c.feed_epoch == feed_epoch)
        row = await self._row(query)
        return None if row is None else record(Reader, row, remind=tuple(row.remind))

    async def valid(self, readers: Collection[Reader]) -> Collection[int]:
        """The ids of those whose addresses count still."""
        epochs = {each.id: each.feed_epoch for each in readers}
        query = _READER.where(LIVE, subscription.c.id == sa.any_(sa.cast(list(epochs), _IDS)))
        return {row.id for row in await self._rows(query) if row.feed_epoch == epochs[row.id]}

    async def address(self, name: str, *, renew: bool = False) -> tuple[int, int] | None:
        """Id and epoch of a live subscription, which all its addresses are made of.

        ``renew``: those given out until now are void. None where none of that name is live.
        """
        own = (subscription.c.id, subscription.c.feed_epoch)
        named = (subscription.c.name == name) & LIVE
        void = sa.update(subscription).values(feed_epoch=subscription.c.feed_epoch + 1)
        query = void.where(named).returning(*own) if renew else sa.select(*own).where(named)
        row = await self._row(query)
        return row and (row.id, row.feed_epoch)

    async def newest(self, subscription_id: int, most: int) -> Sequence[Item]:
        """What was told within some months, at most ``most``, the newest first."""
        return await items(
            self._database, _NEWEST, readers=[subscription_id], back=_REMEMBERED, most=most
        )

    async def these(self, chosen: Collection[tuple[int, int]]) -> Sequence[Item]:
        """Those of the chosen, by subscription and telling, that are shown; the oldest first."""
        found = await items(self._database, _FOUND, **columns(chosen, "ids", "tellings"))
        return found[::-1]

    async def since(
        self, subscription_id: int, telling_id: int, overlap: timedelta, longest: timedelta
    ) -> Sequence[Item]:
        """What was told after something else and for ``overlap`` before it, the oldest first.

        What began before it and was committed after it is not missed where that is long enough.
        Nothing is looked for before ``longest`` ago.
        """
        last = await self.these([(subscription_id, telling_id)])
        found = await items(
            self._database,
            _AFTER,
            readers=[subscription_id],
            back=longest + _HELD,
            longest=longest,
            after=last[0].told_at - overlap if last else None,
        )
        return found[::-1]

    async def sights(
        self, readers: Sequence[int], back: timedelta, held: Collection[tuple[int, int]] = ()
    ) -> Sequence[Sight]:
        """What came to be told in the last ``back``, and what became of those ``held`` before.

        The time of a row is that at which its transaction began: it may come in sight later.
        """
        query = _SIGHTS.format(shown=SHOWN, kinds=KINDS, lately=_LATELY, these=THESE)
        values = {"readers": readers, "back": back, **columns(held, "ids", "tellings")}
        return [Sight(*row) for row in await self._rows(sa.text(query), values)]

    async def held(self, subscription_id: int) -> Sequence[Sight]:
        """What an embargo holds back from a subscription."""
        return [each for each in await self.sights([subscription_id], _HELD) if not each.shown]

    async def digest(
        self, subscription_id: int, telling_id: int
    ) -> tuple[datetime, datetime, Sequence[Item]] | None:
        """Since and until when one digest gathered, and all that it tells of, the newest first.

        None where it is not theirs.
        """
        values = {"digest": telling_id, "key": f"digest {subscription_id} "}
        row = await self._row(sa.text(_DIGEST), values)
        if row is None:
            return None
        found = await items(self._database, _OF_DIGEST, reader=subscription_id, digest=telling_id)
        since, until = map(datetime.fromisoformat, row)
        return since, until, found

    async def calls(self, subscription_id: int, oldest: date) -> Sequence[Call]:
        """What the subscription was told of whose last day is or was ``oldest`` or later."""
        told: dict[int, list[Item]] = {}
        values = {"readers": [subscription_id], "back": _SEASON, "oldest": oldest.isoformat()}
        for each in await items(self._database, _CALLS, **values):
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
