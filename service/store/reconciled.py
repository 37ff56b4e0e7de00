"""What is owed, held against what should be: rows that are gone are found and made anew.

Only what stood when an article was found is expected: rules, endpoints, a subscription that was
not muted since. Whoever changed something in between is never told by mistake.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store import embargo, ops, owing
from service.store.database import Database, Wake, wake
from service.store.owing import WANTED, WHOM, Concern, Owed
from service.store.paces import paces
from service.store.rows import PUBLISHED, Readable, readable
from service.store.tables import article, rule, rule_book

_LATELY = timedelta(days=2)
_PATIENCE = timedelta(minutes=1)  # what was judged a moment ago is left to those at work
_BATCH = 500

# What a subscription has of the story, by whatever telling, is not owed to it again; but to an
# endpoint whose own row is gone while another has its own. A digest's are looked at by themselves.
_HOLES = """
    WITH event AS (
        SELECT id FROM telling WHERE story_id = :story AND reason = 'alert'
    ), sent AS (
        SELECT subscription_id, endpoint_id, created_at FROM delivery
        WHERE telling_id IN (SELECT id FROM event)
    ), gone AS (
        SELECT subscription.id, endpoint.id AS endpoint_id, number
        FROM {whom} JOIN subscription USING (id)
        JOIN endpoint ON endpoint.subscription_id = subscription.id
        WHERE {wanted} AND endpoint.confirmed_at <= least(:found, (
                SELECT min(sent.created_at) FROM sent WHERE sent.subscription_id = subscription.id))
          AND coalesce(subscription.resumed_at <= :found, true)
          AND NOT EXISTS (SELECT FROM sent WHERE sent.endpoint_id = endpoint.id)
          AND NOT EXISTS (SELECT FROM waiting WHERE waiting.subscription_id = subscription.id
                          AND waiting.telling_id IN (SELECT id FROM event))
    )
"""
_GONE = _HOLES.format(whom=WHOM, wanted=WANTED)
_LOOK = sa.text(f"{_GONE} TABLE gone LIMIT 1")
_OWE = owing.owing_to("gone AS concerned", "concerned.endpoint_id", f"{_GONE},")
_MADE = """
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits)
    SELECT DISTINCT ON (telling.id, endpoint.id) telling.id, subscription.id, endpoint.id,
           endpoint.channel, CASE WHEN waiting.telling_id = telling.id THEN waiting.hits END
    FROM waiting JOIN telling ON telling.id = told_by
    JOIN subscription ON subscription.id = waiting.subscription_id
    JOIN endpoint ON endpoint.subscription_id = subscription.id
    WHERE waiting.window_at BETWEEN now() - CAST(:lately AS interval)
                                AND now() - CAST(:patience AS interval)
      AND subscription.ended_at IS NULL AND subscription.paused_at IS NULL
      AND coalesce(subscription.resumed_at <= waiting.created_at, true)
      AND endpoint.confirmed_at <= waiting.created_at AND {wanted}
      AND NOT EXISTS (SELECT FROM delivery WHERE delivery.telling_id = telling.id
                      AND delivery.endpoint_id = endpoint.id)
    ON CONFLICT DO NOTHING RETURNING channel
"""
_DIGESTS = sa.text(_MADE.format(wanted=WANTED))
# What waited and was told by a digest of which nothing is left waits again.
_UNTOLD = sa.text("""
    UPDATE waiting SET told_by = NULL, window_at = now()
    WHERE told_by IS NOT NULL AND window_at > now() - CAST(:lately AS interval)
      AND NOT EXISTS (SELECT FROM telling WHERE telling.id = told_by)
""")
# Rows have the time at which their article was judged: of a telling that is gone, its number.
_LOST = sa.text("""
    SELECT created_at, min(telling_id) FROM (
        SELECT telling_id, created_at FROM delivery
        UNION ALL SELECT telling_id, created_at FROM waiting) AS made
    WHERE created_at > now() - CAST(:lately AS interval)
      AND NOT EXISTS (SELECT FROM telling WHERE telling.id = telling_id)
    GROUP BY created_at HAVING count(DISTINCT telling_id) = 1
""")
_RESTORE = sa.text("""
    INSERT INTO telling (id, reason, key, story_id, article_id, facts, embargo_until, created_at)
    OVERRIDING SYSTEM VALUE
    SELECT :id, 'alert', :key, :story, :article, :facts, :until, :at
    WHERE NOT EXISTS (SELECT FROM telling WHERE story_id = :story AND reason = 'alert')
    ON CONFLICT DO NOTHING
""").bindparams(sa.bindparam("facts", type_=JSONB))
# Of whom was erased while it came to be owed nobody is told.
_ORPHANS = sa.text("""
    WITH owed AS (
        UPDATE delivery SET settled_at = now(), outcome = 'ended',
               last_error = 'what it was to tell is lost'
        WHERE settled_at IS NULL AND created_at < now() - CAST(:patience AS interval)
          AND NOT EXISTS (SELECT FROM telling WHERE telling.id = telling_id) RETURNING 1
    ), kept AS (
        DELETE FROM waiting
        WHERE told_by IS NULL AND created_at < now() - CAST(:patience AS interval)
          AND (NOT EXISTS (SELECT FROM telling WHERE telling.id = telling_id)
               OR NOT EXISTS (SELECT FROM subscription WHERE subscription.id = subscription_id))
        RETURNING subscription_id
    )
    SELECT (SELECT count(*) FROM owed)
        + (SELECT count(*) FROM kept JOIN subscription ON subscription.id = subscription_id)
""")


@dataclass(frozen=True, slots=True)
class Judged:
    """An article of late with its story, and when it was judged.

    ``version`` is that of the rule book, ``young`` the rules that came after the article.
    """

    article: Readable
    story_id: int
    at: datetime
    version: int
    young: frozenset[int]


class Reconciled:
    """Intentions of looking again at what is owed, a transaction each."""

    def __init__(self, database: Database, *, patience: timedelta = _PATIENCE) -> None:
        """``patience``: what was judged since then is left alone."""
        self._database = database
        self._patience = patience

    async def recent(self) -> AsyncIterator[int]:
        """The articles that were judged within two days and are news to somebody, by number."""
        query = (
            sa.select(article.c.id)
            .where(
                article.c.discovered_at > sa.func.now() - _LATELY,
                article.c.triaged_at < sa.func.now() - self._patience,
                ~article.c.baseline,
            )
            .order_by(article.c.id)
            .limit(_BATCH)
        )
        last = 0
        while True:
            async with self._database.transaction() as tx:
                ids = list(await tx.scalars(query.where(article.c.id > last)))
            for each in ids:
                yield each
            if len(ids) < _BATCH:
                return
            last = ids[-1]

    async def judged(self, article_id: int) -> Judged | None:
        """An article as it was judged; None where it is on its way again."""
        query = (
            sa.select(article, *PUBLISHED, rule_book.c.version)
            .join(rule_book, sa.true())
            .where(article.c.id == article_id, article.c.triaged_at.is_not(None))
        )
        async with self._database.transaction() as tx:
            row = (await tx.execute(query)).one_or_none()
            if row is None or row.story_id is None:
                return None
            read = await readable(tx, row)
            if row.embargo_until is None and row.kind != "news":  # a copy may leave its box out
                read = replace(read, embargo_until=await embargo.of_story(tx, row.story_id))
            young = sa.select(rule.c.id).where(rule.c.created_at > row.discovered_at)
            rules = frozenset(await tx.scalars(young))
            return Judged(read, row.story_id, row.triaged_at, row.version, rules)

    async def lost(self) -> dict[datetime, int]:
        """The numbers of tellings that are gone though rows of them are there, by their time."""
        async with self._database.transaction() as tx:
            return dict((await tx.execute(_LOST, {"lately": _LATELY})).all())

    async def owe(
        self,
        found: Judged,
        facts: Mapping[str, object],
        concern: Concern,
        lost: Mapping[datetime, int],
    ) -> int:
        """Owe an event to those whom it concerns and who have nothing of it; how many.

        It is told at the time that each of them chose, as if it had come now. A person is told.
        """
        if not concern.of:
            return 0
        given = {
            "ids": list(concern.of),
            "numbers": [place + 1 for place in concern.of.values()],
            "story": found.story_id,
            "found": found.article.discovered_at,
        }
        async with self._database.transaction() as tx:
            if (number := lost.get(found.at)) is not None:
                await _restore(tx, found, facts, number)
            if (await tx.execute(_LOOK, given)).first() is None:
                return 0
            number = await owing.call(tx, await _again(tx, found, facts, concern, given))
            if number:
                await ops.note(tx, "alert-lost", found.article.url, _owed_again(number))
        return number

    async def digests(self) -> int:
        """Owe each digest to those of its endpoints that have no row of it; how many."""
        spans = {"lately": _LATELY, "patience": self._patience}
        async with self._database.transaction() as tx:
            await tx.execute(_UNTOLD, {"lately": _LATELY})
            made = list(await tx.scalars(_DIGESTS, spans))
            await wake(tx, [Wake("deliver", each) for each in sorted(set(made))])
            if made:
                await ops.note(tx, "alert-lost", "digests", _owed_again(len(made)))
        return len(made)

    async def orphans(self) -> int:
        """End what is owed though what it was to tell is gone for good; how many, told a person."""
        async with self._database.transaction() as tx:
            number = int(await tx.scalar(_ORPHANS, {"patience": self._patience}) or 0)
            if number:
                said = f"{number}건을 보내지 못함 ({number} cannot be sent)"
                await ops.note(tx, "alert-untold", "tellings", said)
        return number


def _owed_again(number: int) -> str:
    return f"{number}건을 다시 보냄 ({number} owed again)"


async def _restore(
    tx: AsyncConnection, found: Judged, facts: Mapping[str, object], number: int
) -> None:
    """Make a telling anew that is gone, under its number, so that nobody is told twice."""
    key, until = f"story {found.story_id}", found.article.embargo_until
    values = {"id": number, "key": key, "story": found.story_id, "article": found.article.id}
    await tx.execute(_RESTORE, {**values, "facts": facts, "until": until, "at": found.at})


async def _again(
    tx: AsyncConnection,
    found: Judged,
    facts: Mapping[str, object],
    concern: Concern,
    given: Mapping[str, object],
) -> list[Owed]:
    """What comes to be owed to those who lack it."""
    until, story = found.article.embargo_until, found.story_id
    values = {"story_id": story, "article_id": found.article.id, "facts": facts}
    event = await owing.tell(tx, f"story {story}", "alert", {**values, "embargo_until": until})
    when = await paces(tx, list(concern.of), until, **await owing.haste(tx, found.article.id))
    values = {**given, **when, **owing.spreading(event), **owing.reasons(concern)}
    return [Owed(*row) for row in await tx.execute(_OWE, values)]
