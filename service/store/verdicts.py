"""Judgements in the store: which story an article belongs to, and whom it is owed to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Change, Kind, Reading
from service.store import embargo, following, ops, owing, rulebook, stories
from service.store.database import TODAY, Database, Intentions
from service.store.owing import Concern, Owed
from service.store.rows import PUBLISHED, Readable, earlier_of, files_of, readable, reading_of
from service.store.rulebook import RuleChanges
from service.store.stories import Kindred, Place
from service.store.tables import article, rule, rule_book, unsearched

_AHEAD = 1_000  # whom it concerns: enough to be sent while the others' rows are written


@dataclass(frozen=True, slots=True)
class Correction:
    """What a later version says otherwise, and the alert of it where it is worth one.

    ``earlier_id``: the other article that it corrects; ``revision_id``: the version of the same.
    ``alert``: the facts with their ``changes``; everyone who was told of the story is told.
    ``released``: it says in words that it may be told at once.
    """

    changes: Sequence[Change]
    earlier_id: int | None = None
    revision_id: int | None = None
    alert: Mapping[str, object] | None = None
    released: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What triage decided. ``facts`` are told to whom it concerns.

    They are told from ``embargo_until`` on, without their ``embargo``; at once to a subscription
    that asked to see the badge. ``kind``: what its words settled, None leaves what was read.
    ``topics`` are codes, ``topical`` all that was found of them; ``hit``: ids of rules that hold.
    ``read_at``: of the reading that was judged; of another one it says nothing.
    """

    place: Place
    facts: Mapping[str, object]
    concern: Concern = field(default_factory=Concern)
    embargo_until: datetime | None = None
    kind: Kind | None = None
    topics: Sequence[str] = ()
    topical: Mapping[str, object] | None = None
    hit: Sequence[int] = ()
    correction: Correction | None = None
    read_at: datetime | None = None


class Verdicts(Intentions):
    """Intentions of triage, a transaction each where it is not said otherwise."""

    def __init__(self, database: Database, *, ahead: int = _AHEAD) -> None:
        """``ahead``: whom it concerns that are owed before the others, where they are more."""
        super().__init__(database)
        self._ahead = ahead

    async def waiting(self, article_id: int) -> tuple[Readable, int] | None:
        """The article and the version of the rule book; None where it is not waiting (any more)."""
        query = (
            sa.select(article, *PUBLISHED, rule_book.c.version)
            .join(rule_book, sa.true())
            .where(
                article.c.id == article_id,
                article.c.read_at.is_not(None),
                article.c.triaged_at.is_(None),
            )
        )
        async with self._database.transaction() as tx:
            row = (await tx.execute(query)).one_or_none()
            if row is None:
                return None
            return await readable(tx, row, await earlier_of(tx, article_id)), row.version

    async def likely(self, article_id: int, place: Place) -> Kindred:
        """Judged articles that this one may belong to, or they to it."""
        async with self._database.transaction() as tx:
            return await stories.likely(tx, place, article_id)

    async def reading(self, article_id: int) -> tuple[Reading, Mapping[str, bytes | None]] | None:
        """What another article says, and its files: sha256 by name."""
        query = sa.select(article, *PUBLISHED).where(
            article.c.id == article_id,
            article.c.read_title.is_not(None),  # also while it is on its way again
        )
        async with self._database.transaction() as tx:
            row = (await tx.execute(query)).one_or_none()
            return None if row is None else (reading_of(row), await files_of(tx, article_id))

    async def rules(self, known: Collection[int] = ()) -> RuleChanges:
        """The live rules that are not among the ``known``, and which of those are gone."""
        async with self._database.transaction() as tx:
            return await rulebook.changes(tx, known)

    async def settle(self, article_id: int, verdict: Verdict) -> int | None:
        """Join the article to its story, owe its alerts, stamp it.

        One transaction; two where it is an event that concerns very many: the first of them are
        owed ahead, and told while the rows of the others are written. The stamp comes with those:
        what breaks off in between is judged again, and whoever is owed it then is not owed again.

        A silent-baseline article is owed to nobody: its verdict concerns nobody. Returns how many
        messages are newly owed, or due at another time; None where another worker has triaged it,
        or it was read anew. Raises UnseenTwin.
        """
        first = _first(verdict, self._ahead)
        if first is None:
            return await self._settle(article_id, verdict)
        owed = await self._settle(article_id, first, whole=False)
        if owed is None:
            return None
        return owed + (await self._settle(article_id, verdict) or 0)

    async def _settle(self, article_id: int, verdict: Verdict, *, whole: bool = True) -> int | None:
        current = [article.c.id == article_id, article.c.triaged_at.is_(None)]
        if verdict.read_at is not None:
            current.append(article.c.read_at == verdict.read_at)
        async with self._database.transaction() as tx:
            held = await tx.execute(
                sa.select(article.c.url, article.c.swept, article.c.story_id)
                .where(*current)
                .with_for_update(key_share=True, skip_locked=True)
            )
            row = held.one_or_none()
            if row is None:
                return None
            if row.swept:
                await ops.close(tx, "article-stuck", row.url)
            story_id = await stories.join(tx, article_id, verdict.place, story_id=row.story_id)
            until = await _held_until(tx, story_id, verdict)
            if until is not None and verdict.facts and not verdict.facts.get("embargo"):
                # A copy without its box.
                verdict = replace(verdict, facts={**verdict.facts, "embargo": owing.badge(until)})
            if row.story_id is not None and verdict.correction is None and verdict.facts:
                await following.renew(tx, article_id, verdict.facts, until)
            owed = await _owe(tx, article_id, story_id, verdict, until)
            await _keep(tx, article_id, story_id, verdict, whole=whole)
            if whole:
                await _hand_on(tx, article_id, verdict)
            return await owing.call(tx, owed)


_IDS = sa.ARRAY(sa.BigInteger)


def _first(verdict: Verdict, number: int) -> Verdict | None:
    """The verdict for the first ``number``; None where no more are concerned, or it is no event."""
    concern = verdict.concern
    follows = verdict.correction is not None or verdict.kind == "news"
    if follows or len(concern.of) <= number:
        return None
    of = dict(islice(concern.of.items(), number))
    return replace(verdict, concern=replace(concern, of=of))


async def _owe(
    tx: AsyncConnection, article_id: int, story_id: int, verdict: Verdict, until: datetime | None
) -> list[Owed]:
    """Corrections and coverage first: whoever is told of the event only now needs neither."""
    lifts, correction, news = verdict.embargo_until, verdict.correction, verdict.kind == "news"
    owed: list[Owed] = []
    if correction is not None:
        changes = [asdict(each) for each in correction.changes]
        number = await following.keep(
            tx, article_id, changes, correction.earlier_id, correction.revision_id
        )
        if (facts := correction.alert) is not None:
            released = correction.released
            owed = await following.correct(
                tx, article_id, story_id, number, facts, lifts, released=released
            )
    if news and verdict.facts:
        owed += await following.cover(tx, article_id, story_id, verdict.facts)
    facts, concern = verdict.facts, verdict.concern
    return owed + await owing.owe(tx, article_id, story_id, facts, concern, until, news=news)


async def _held_until(tx: AsyncConnection, story_id: int, verdict: Verdict) -> datetime | None:
    """Until when it may not be told: a copy without its box as its story; news is public."""
    released = verdict.correction is not None and verdict.correction.released
    public = released or verdict.kind == "news" or not verdict.facts
    if verdict.embargo_until is not None or public:
        return verdict.embargo_until
    return await embargo.of_story(tx, story_id)


async def _keep(
    tx: AsyncConnection, article_id: int, story_id: int, verdict: Verdict, *, whole: bool
) -> None:
    """What was decided, with the stamp where all that it owes is owed by now."""
    await tx.execute(
        sa.update(article)
        .where(article.c.id == article_id)
        .values(
            triaged_at=sa.func.now() if whole else None,
            story_id=story_id,
            kind=sa.func.coalesce(verdict.kind, article.c.kind),
            topics=list(verdict.topics),
            topical=sa.null() if verdict.topical is None else verdict.topical,
        )
    )


async def _hand_on(tx: AsyncConnection, article_id: int, verdict: Verdict) -> None:
    """Have it searched for, and its rules known as ones that hit."""
    # Search is for later: the sweep wakes it.
    again = {"due_at": sa.func.now(), "fence": unsearched.c.fence + 1, "attempts": 0}
    await tx.execute(
        insert(unsearched)
        .values(article_id=article_id)
        .on_conflict_do_update(index_elements=["article_id"], set_=again)
    )
    if verdict.hit:
        # At most once a day, and by one worker: a rule that thousands of releases meet is one row.
        stale = (
            sa.select(rule.c.id)
            .where(
                rule.c.id == sa.any_(sa.cast(list(verdict.hit), _IDS)),
                rule.c.last_hit_on.is_distinct_from(TODAY),
            )
            .with_for_update(skip_locked=True)
        )
        await tx.execute(
            sa.update(rule).where(rule.c.id.in_(stale.scalar_subquery())).values(last_hit_on=TODAY)
        )
