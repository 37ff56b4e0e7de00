"""Judgements in the store: which story an article belongs to, and whom it is owed to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Kind, Reading
from service.store import ops
from service.store.database import Database, Wake, wake
from service.store.rows import PUBLISHED, documents_of, reading_of
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
    """An article that was read and waits for judgement.

    ``given_title`` and ``given_text`` are those of its web page, ``documents`` the texts of its
    documents, the release first. ``embargo_until``: from when it may be told, where it must wait.
    """

    id: int
    source_id: str
    url: str
    publisher: str | None
    summary: str
    baseline: bool
    given_title: str
    given_text: str
    documents: tuple[str, ...]
    reading: Reading
    embargo_until: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What triage decided. ``alerts`` maps subscription id → the facts its alert will tell.

    They are told from ``embargo_until`` on, without their ``embargo``; at once to a subscription
    that asked to see the badge. ``kind``: what its words settled, None leaves what was read.
    """

    story_keys: Sequence[str]
    alerts: Mapping[int, Mapping[str, object]]
    embargo_until: datetime | None = None
    kind: Kind | None = None


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
            readable = Readable(
                row.id,
                row.source_id,
                row.url,
                row.publisher,
                row.summary,
                row.baseline,
                row.title,
                row.text or "",
                tuple(text for _, text in await documents_of(tx, article_id)),
                reading_of(row),
                row.embargo_until,
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
            waits = await _owe(tx, article_id, story_id, verdict)
            await tx.execute(
                sa.update(article)
                .where(article.c.id == article_id)
                .values(
                    triaged_at=sa.func.now(),
                    story_id=story_id,
                    kind=sa.func.coalesce(verdict.kind, article.c.kind),
                )
            )
            wakes = [Wake("deliver", str(article_id), after=each) for each in sorted(set(waits))]
            await wake(tx, wakes)
        return len(waits)


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
    tx: AsyncConnection, article_id: int, story_id: int, verdict: Verdict
) -> list[timedelta]:
    """Owe each subscription's alert to each of its endpoints, once a story. Idempotent.

    Returns how long each that is newly owed waits for the embargo.
    """
    if not verdict.alerts:
        return []
    columns = ["subscription_id", "endpoint_id", "alert", "due_at"]
    columns += ["message_id", "story_id", "article_id"]
    owed = _owed(verdict).add_columns(
        sa.literal("msg_") + sa.cast(sa.func.gen_random_uuid(), sa.Text),
        sa.literal(story_id, sa.BigInteger),
        sa.literal(article_id, sa.BigInteger),
    )
    done = await tx.execute(
        insert(delivery)
        .from_select(columns, owed)
        .on_conflict_do_nothing()
        .returning(delivery.c.due_at - sa.func.now())
    )
    return list(done.scalars())


def _owed(verdict: Verdict) -> sa.Select[Any]:
    """Subscription, endpoint, alert and due time of each who is to be told."""
    told = _told(verdict.alerts)
    until = sa.cast(verdict.embargo_until, sa.DateTime(timezone=True))
    held = sa.func.coalesce(until > sa.func.now(), sa.false())
    waits = held & (subscription.c.embargoed == "wait")
    return (
        sa.select(
            endpoint.c.subscription_id,
            endpoint.c.id,
            # Whoever is told when it has lifted sees no badge; a condition lifts unseen.
            sa.case(
                (sa.or_(until.is_(None), held & ~waits), told.c.alert),
                else_=told.c.alert.delete_path(["embargo"]),
            ),
            sa.case((waits, until), else_=sa.func.now()),
        )
        .join(told, told.c.subscription_id == endpoint.c.subscription_id)
        .join(subscription, subscription.c.id == endpoint.c.subscription_id)
        .where(endpoint.c.switched_off_at.is_(None), subscription.c.ended_at.is_(None))
        # Whoever ends a subscription or an endpoint now comes before us or after us.
        .with_for_update(read=True, of=[subscription, endpoint])
    )


def _told(alerts: Mapping[int, Mapping[str, object]]) -> sa.TableValuedAlias:
    """The alerts as a table of subscription_id and alert."""
    return (
        sa.func.unnest(
            sa.cast(list(alerts), ARRAY(sa.BigInteger)),
            sa.cast([dict(each) for each in alerts.values()], ARRAY(JSONB)),
        )
        .table_valued(sa.column("subscription_id", sa.BigInteger), sa.column("alert", JSONB))
        .render_derived(name="told")
    )
