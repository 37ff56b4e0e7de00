"""Judgements in the store: which story an article belongs to, and whom it is owed to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Precision
from service.store import ops
from service.store.database import Database, Wake, wake
from service.store.tables import (
    article,
    delivery,
    endpoint,
    rule,
    rule_book,
    story,
    story_key,
    subscription,
)

_LONGEST_KEY = 200  # characters


@dataclass(frozen=True, slots=True)
class Readable:
    """An article that was read and waits for judgement."""

    id: int
    source_id: str
    url: str
    title: str
    text: str
    summary: str
    publisher: str | None
    publishers: tuple[str, ...]
    published_at: datetime | None
    precision: Precision | None
    baseline: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What triage decided. ``alerts`` maps subscription id → the facts its alert will tell."""

    story_keys: Sequence[str]
    alerts: Mapping[int, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class LiveRule:
    """A rule of a subscription that has not ended."""

    id: int
    subscription_id: int
    subscription: str
    text: str


class Triage:
    """Intentions of triage, a transaction each."""

    def __init__(self, database: Database) -> None:
        """Work on ``database``."""
        self._database = database

    async def waiting(self, article_id: int) -> tuple[Readable, int] | None:
        """The article and the version of the rule book; None where it is not waiting (any more)."""
        query = (
            sa.select(article, rule_book.c.version)
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
        readable = Readable(
            row.id,
            row.source_id,
            row.url,
            row.read_title,
            row.read_text,
            row.summary,
            row.publisher,
            tuple(row.publishers or ()),
            row.published_at,
            row.precision,
            row.baseline,
        )
        return readable, row.version

    async def rules(self) -> tuple[int, list[LiveRule]]:
        """The version of the rule book and its live rules, of one moment."""
        async with self._database.transaction() as tx:
            version = (await tx.execute(sa.select(rule_book.c.version))).scalar_one()
            rows = await tx.execute(
                sa.select(rule.c.id, rule.c.subscription_id, subscription.c.name, rule.c.text)
                .join(subscription)
                .where(subscription.c.ended_at.is_(None))
                .order_by(rule.c.id)
            )
            return version, [LiveRule(*row) for row in rows]

    async def settle(self, article_id: int, verdict: Verdict) -> int | None:
        """Join the article to its story, owe its alerts, stamp it: one transaction.

        A silent-baseline article is owed to nobody: its verdict carries no alerts. Returns how many
        deliveries are newly owed; None where another worker has triaged it.
        """
        async with self._database.transaction() as tx:
            held = await tx.execute(
                sa.select(article.c.url, article.c.swept)
                .where(article.c.id == article_id, article.c.triaged_at.is_(None))
                .with_for_update(skip_locked=True)
            )
            row = held.one_or_none()
            if row is None:
                return None
            if row.swept:
                await ops.close(tx, "article-stuck", row.url)
            story_id = await _join_story(tx, verdict.story_keys)
            owed = await _owe(tx, article_id, story_id, verdict.alerts)
            await tx.execute(
                sa.update(article)
                .where(article.c.id == article_id)
                .values(triaged_at=sa.func.now(), story_id=story_id)
            )
            if owed:
                await wake(tx, [Wake("deliver", str(article_id))])
        return owed


async def _join_story(tx: AsyncConnection, keys: Sequence[str]) -> int:
    """The story that one of ``keys`` names already, the first that does; else a new one.

    1. Lock the keys in one order, so that two copies judged at once wait for each other.
    2. Look them up; identity by address comes before identity by text.
    3. Give the keys that are new to the story.
    """
    keys = [_bounded(key) for key in keys]
    for key in sorted(set(keys)):
        await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))
    rows = await tx.execute(sa.select(story_key).where(story_key.c.key.in_(keys)))
    known = {row.key: row.story_id for row in rows}
    named = [known[key] for key in keys if key in known]
    story_id: int = (
        named[0] if named else (await tx.execute(insert(story).returning(story.c.id))).scalar_one()
    )
    fresh = [{"key": key, "story_id": story_id} for key in dict.fromkeys(keys) if key not in known]
    if fresh:
        await tx.execute(insert(story_key).values(fresh))
    return story_id


def _bounded(key: str) -> str:
    """A b-tree row holds under 2,704 bytes; an address may not."""
    return key if len(key) <= _LONGEST_KEY else "sha256:" + hashlib.sha256(key.encode()).hexdigest()


async def _owe(
    tx: AsyncConnection, article_id: int, story_id: int, alerts: Mapping[int, Mapping[str, object]]
) -> int:
    """Owe each subscription's alert to each of its endpoints, once a story. Idempotent."""
    if not alerts:
        return 0
    told = (
        sa.func.unnest(
            sa.cast(list(alerts), ARRAY(sa.BigInteger)),
            sa.cast([dict(each) for each in alerts.values()], ARRAY(JSONB)),
        )
        .table_valued(sa.column("subscription_id", sa.BigInteger), sa.column("alert", JSONB))
        .render_derived(name="told")
    )
    owed = (
        sa.select(
            sa.literal("msg_") + sa.cast(sa.func.gen_random_uuid(), sa.Text),
            sa.literal(story_id, sa.BigInteger),
            endpoint.c.subscription_id,
            endpoint.c.id,
            sa.literal(article_id, sa.BigInteger),
            told.c.alert,
        )
        .join(told, told.c.subscription_id == endpoint.c.subscription_id)
        .join(subscription, subscription.c.id == endpoint.c.subscription_id)
        .where(endpoint.c.switched_off_at.is_(None), subscription.c.ended_at.is_(None))
        # Whoever ends a subscription or an endpoint now comes before us or after us.
        .with_for_update(read=True, of=[subscription, endpoint])
    )
    columns = ["message_id", "story_id", "subscription_id", "endpoint_id", "article_id", "alert"]
    done = await tx.execute(
        insert(delivery)
        .from_select(columns, owed)
        .on_conflict_do_nothing()
        .returning(delivery.c.id)
    )
    return len(done.all())
