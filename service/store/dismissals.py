"""What subscribers say is not for them, and what their rules brought them lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.database import Intentions, changed
from service.store.ending import LIVE, turn_page
from service.store.tables import article, delivery, dismissal, rule, subscription, telling, waiting
from service.store.titles import TITLE

_LATELY = timedelta(days=30)
_A_MINUTE = timedelta(minutes=1)  # times are kept apart no finer
_MOST = 300  # of what was told lately is looked at, the newest


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a subscription was told. ``excerpts`` are pairs of a rule and its words.

    ``text`` is that of the article, empty where it is forgotten.
    """

    title: str
    url: str
    excerpts: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """Why somebody was told: ``rules`` are those of its rules, by id, that stand as they were."""

    subscription: str
    told: Told
    rules: Mapping[int, str]
    dismissed: bool


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A rule that is to say less than before: its new text and canonical form."""

    rule_id: int
    before: str
    text: str
    canonical: str


class Dismissals(Intentions):
    """Intentions about what was told in vain, a transaction each."""

    async def case(self, subscription_id: int, telling_id: int) -> Case | None:
        """Why the subscription was told; None unless it was and is live."""
        of_it = _of(subscription_id) & (_TOLD.c.telling_id == telling_id)
        said = sa.exists().where(
            dismissal.c.subscription_id == subscription_id, dismissal.c.telling_id == telling_id
        )
        owner = sa.select(TITLE.label("name"), said).where(
            subscription.c.id == subscription_id, LIVE
        )
        async with self._database.transaction() as tx:
            live = (await tx.execute(owner)).one_or_none()
            found = (await tx.execute(_NEWEST.where(of_it).limit(1))).one_or_none()
            if live is None or found is None:
                return None
            told = _told(found)
            rules = await tx.execute(
                sa.select(rule.c.id, rule.c.text)
                .where(
                    rule.c.subscription_id == subscription_id,
                    rule.c.text.in_([text for text, _ in told.excerpts]),
                    # Whoever has taken up the name since has rules of their own.
                    rule.c.created_at < found.created_at + _A_MINUTE,
                )
                .order_by(rule.c.id)
            )
            return Case(live.name, told, dict(rules.all()), bool(live[1]))

    async def lately(self, subscription_id: int, but: int) -> list[Told]:
        """What else the subscription was told in the last month, ``but`` being left out."""
        recent = _TOLD.c.created_at > sa.func.now() - _LATELY
        news = telling.c.reason.in_(("alert", "coverage"))
        query = _NEWEST.where(_of(subscription_id), recent, news, _TOLD.c.telling_id != but)
        return [_told(row) for row in await self._rows(query.limit(_MOST))]

    async def dismiss(
        self, subscription_id: int, telling_id: int, narrowed: Sequence[Narrowed]
    ) -> list[Narrowed]:
        """Take it down, and narrow rules that still say what they did; returns those."""
        done = []
        async with self._database.transaction() as tx:
            # The owner first, as everywhere.
            owner = sa.select(subscription.c.id).where(subscription.c.id == subscription_id, LIVE)
            if (await tx.execute(owner.with_for_update())).one_or_none() is None:
                return []
            await tx.execute(
                insert(dismissal)
                .values(subscription_id=subscription_id, telling_id=telling_id)
                .on_conflict_do_nothing()
            )
            for each in narrowed:
                own = rule.c.subscription_id == subscription_id
                same = own & (rule.c.id == each.rule_id) & (rule.c.text == each.before)
                other = rule.alias()
                twin = sa.exists().where(
                    other.c.subscription_id == rule.c.subscription_id,
                    other.c.canonical == each.canonical,
                    other.c.urgent == rule.c.urgent,
                    other.c.id != rule.c.id,
                )
                gone = await tx.execute(sa.delete(rule).where(same, twin).returning(rule.c.id))
                said = {"text": each.text, "canonical": each.canonical}
                if gone.all() or await changed(tx, rule, same, **said):
                    done.append(each)
            if done:
                await _renumber(tx, subscription_id, min(each.rule_id for each in done))
                await turn_page(tx)
        return done


async def _renumber(tx: AsyncConnection, subscription_id: int, first: int) -> None:
    """Give a rule that says otherwise, and those behind it, new numbers in the old order.

    By its number a worker knows what a rule says, and looks no second time.
    """
    of_it = (rule.c.subscription_id == subscription_id) & (rule.c.id >= first)
    for number in (await tx.scalars(sa.select(rule.c.id).where(of_it).order_by(rule.c.id))).all():
        await tx.execute(sa.update(rule).where(rule.c.id == number).values(id=sa.text("DEFAULT")))


_TOLD = sa.union(
    *(
        sa.select(
            *each.c["subscription_id", "telling_id", "hits"],
            sa.func.date_trunc("minute", each.c.created_at).label("created_at"),
        ).where(each.c.hits.is_not(None))
        for each in (delivery, waiting)
    )
).subquery("told")
_NEWEST: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        telling.c.facts["title"].astext.label("title"),
        telling.c.facts["url"].astext.label("url"),
        _TOLD.c.hits,
        _TOLD.c.created_at,
        article.c.read_text.label("text"),
    )
    .join_from(_TOLD, telling, telling.c.id == _TOLD.c.telling_id)
    .outerjoin(article, article.c.id == telling.c.article_id)
    .order_by(_TOLD.c.created_at.desc(), telling.c.id.desc())
)


def _of(subscription_id: int) -> sa.ColumnElement[bool]:
    return _TOLD.c.subscription_id == subscription_id


def _told(row: sa.Row[Any]) -> Told:
    pairs = [(str(each.get("rule", "")), str(each.get("excerpt", ""))) for each in row.hits]
    return Told(row.title or "", row.url or "", tuple(pairs), row.text or "")
