"""Who is told of what, and what a person has to look at."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from service.store.tables.columns import at, count, ident, metadata, ref, text

subscription = sa.Table(
    "subscription",
    metadata,
    ident(),
    text("name"),
    at("created_at", now=True),
    at("ended_at"),
    at("expires_at"),
    at("snoozed_until"),
    sa.Column("embargoed", sa.Text, nullable=False, server_default="wait"),
    sa.UniqueConstraint("name"),
    sa.CheckConstraint("embargoed IN ('wait', 'badge')", name="embargoed_known"),
    comment="Somebody who wants to be told.",
)

rule = sa.Table(
    "rule",
    metadata,
    ident(),
    ref("subscription_id", "subscription.id"),
    text("text"),
    text("canonical"),
    at("created_at", now=True),
    sa.Column("last_hit_on", sa.Date),
    sa.UniqueConstraint("subscription_id", "canonical"),
    comment="What concerns them, in the rule language.",
)

endpoint = sa.Table(
    "endpoint",
    metadata,
    ident(),
    ref("subscription_id", "subscription.id"),
    text("channel"),
    text("address"),
    text("secret", required=False),
    at("created_at", now=True),
    at("switched_off_at"),
    text("switched_off_why", required=False),
    sa.UniqueConstraint("subscription_id", "channel", "address"),
    comment="Where they want to be told.",
)

# A table of its own: whoever owes holds the rows of endpoints, and two would wait for each other.
pacing = sa.Table(
    "pacing",
    metadata,
    sa.Column(
        "endpoint_id",
        sa.BigInteger,
        sa.ForeignKey("endpoint.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    at("turn_at", required=True),
    comment="When an endpoint had its last turn of the alerts that come to it one by one.",
)

rule_book = sa.Table(
    "rule_book",
    metadata,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="one_row"), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    comment="One row; its version grows with every change of rules, so that matchers reload.",
)

delivery = sa.Table(
    "delivery",
    metadata,
    ident(),
    text("message_id"),
    ref("story_id", "story.id"),
    ref("subscription_id", "subscription.id"),
    ref("endpoint_id", "endpoint.id"),
    ref("article_id", "article.id"),
    sa.Column("alert", pg.JSONB, nullable=False),
    # 0: the event; else the revision it tells of.
    count("revision_id"),
    at("created_at", now=True),
    at("due_at", now=True),
    # When it would be due but for the snooze that holds it back.
    at("held_from"),
    count("fence"),
    count("attempts"),
    at("settled_at"),
    text("outcome", required=False),
    text("last_error", required=False),
    # The promise that one event is one alert, and one correction of it one more.
    sa.UniqueConstraint("story_id", "subscription_id", "endpoint_id", "revision_id"),
    sa.UniqueConstraint("message_id"),
    sa.Index("ix_delivery_due", "due_at", postgresql_where=sa.text("settled_at IS NULL")),
    comment="One alert owed to one endpoint; settled as sent or dead.",
)

attempt = sa.Table(
    "attempt",
    metadata,
    ident(),
    ref("delivery_id", "delivery.id"),
    sa.Column("number", sa.BigInteger, nullable=False),
    at("started_at", now=True),
    at("finished_at"),
    text("outcome", required=False),
    text("detail", required=False),
    sa.UniqueConstraint("delivery_id", "number"),
    comment="Committed before the act; without an outcome the worker died in between.",
)

ops_item = sa.Table(
    "ops_item",
    metadata,
    ident(),
    text("kind"),
    text("subject"),
    text("detail"),
    at("first_at", now=True),
    at("last_at", now=True),
    sa.Column("times", sa.BigInteger, nullable=False, server_default="1"),
    at("closed_at"),
    sa.Index(
        "uq_ops_item_open",
        "kind",
        "subject",
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
    comment="Something a person has to look at, once however often it happens.",
)
