"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import columns

revision = "0001"
down_revision = None


def upgrade() -> None:
    _ops_and_rules()
    _sources_stories_subscriptions()
    _articles()
    _endpoints_and_polls()
    _rules_and_keys()
    _attachments()
    _deliveries()
    _attempts()
    op.execute("INSERT INTO rule_book (id) VALUES (1)")


def downgrade() -> None:
    for table in (
        "attempt",
        "delivery",
        "attachment",
        "story_key",
        "rule",
        "poll",
        "endpoint",
        "article",
        "subscription",
        "story",
        "source",
        "rule_book",
        "ops_item",
    ):
        op.drop_table(table)


def _ops_and_rules() -> None:
    op.create_table(
        "ops_item",
        columns.identity(),
        *map(columns.text, ("kind", "subject", "detail")),
        *map(columns.now, ("first_at", "last_at")),
        sa.Column("times", sa.BigInteger(), server_default="1", nullable=False),
        columns.time("closed_at"),
        columns.key("ops_item"),
        comment="Something a person has to look at, once however often it happens.",
    )
    op.create_index(
        "uq_ops_item_open",
        "ops_item",
        ["kind", "subject"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "rule_book",
        sa.Column("id", sa.Integer(), nullable=False),
        columns.count("version"),
        sa.CheckConstraint("id = 1", name="one_row"),
        columns.key("rule_book"),
        comment="One row; its version grows with every change of rules, so that matchers reload.",
    )


def _sources_stories_subscriptions() -> None:
    op.create_table(
        "source",
        columns.text("id"),
        *map(columns.count, ("slot", "begun_slot")),
        columns.now("next_due"),
        *map(columns.time, ("baselined_at", "baseline_floor", "last_ok_at", "newest_at")),
        columns.count("failures"),
        *(columns.text(each, nullable=True) for each in ("last_error", "etag", "last_modified")),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=True),
        columns.count("quiet_polls"),
        columns.key("source"),
        comment="One row per declared source: when it is due, how it does, what was seen last.",
    )
    op.create_table(
        "story",
        columns.identity(),
        columns.now("created_at"),
        columns.key("story"),
        comment="One event; its articles are copies of each other.",
    )
    op.create_table(
        "subscription",
        columns.identity(),
        columns.text("name"),
        columns.now("created_at"),
        columns.time("ended_at"),
        columns.key("subscription"),
        sa.UniqueConstraint("name", name=op.f("uq_subscription_name")),
        comment="Somebody who wants to be told.",
    )


def _articles() -> None:
    op.create_table(
        "article",
        columns.identity(),
        *map(columns.text, ("source_id", "key", "url", "title")),
        columns.text("publisher", nullable=True),
        columns.time("published_at"),
        columns.text("precision", nullable=True),
        columns.text("summary"),
        columns.text("text", nullable=True),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        columns.now("discovered_at"),
        columns.time("collected_at"),
        columns.now("collect_due"),
        *map(columns.count, ("fence", "failures")),
        columns.text("last_error", nullable=True),
        columns.time("read_at"),
        *(columns.text(each, nullable=True) for each in ("read_title", "read_text")),
        sa.Column("publishers", postgresql.ARRAY(sa.Text()), nullable=True),
        columns.time("triaged_at"),
        columns.count("swept"),
        sa.Column("story_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_article_source_id")),
        columns.referring("article", "story_id", "story"),
        columns.key("article"),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_article_source_id_key")),
        comment="One announcement of one source, whole.",
    )
    op.create_index("ix_article_discovered_at", "article", ["discovered_at"], unique=False)
    op.create_index(
        "ix_article_owed",
        "article",
        ["source_id", "id"],
        postgresql_where=sa.text("collected_at IS NULL"),
    )
    op.create_index("ix_article_story_id", "article", ["story_id"], unique=False)
    op.create_index(
        "ix_article_unfinished",
        "article",
        ["id"],
        postgresql_where=sa.text("triaged_at IS NULL"),
    )


def _endpoints_and_polls() -> None:
    op.create_table(
        "endpoint",
        columns.identity(),
        columns.number("subscription_id"),
        *map(columns.text, ("channel", "address")),
        columns.text("secret", nullable=True),
        columns.now("created_at"),
        columns.time("switched_off_at"),
        columns.text("switched_off_why", nullable=True),
        columns.referring("endpoint", "subscription_id", "subscription"),
        columns.key("endpoint"),
        sa.UniqueConstraint(
            "subscription_id",
            "channel",
            "address",
            name=op.f("uq_endpoint_subscription_id_channel_address"),
        ),
        comment="Where they want to be told.",
    )
    op.create_table(
        "poll",
        columns.identity(),
        columns.text("source_id"),
        columns.number("slot"),
        columns.now("started_at"),
        columns.time("finished_at"),
        *(columns.text(each, nullable=True) for each in ("outcome", "detail")),
        sa.Column("pages", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("new", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_poll_source_id")),
        columns.key("poll"),
        sa.UniqueConstraint("source_id", "slot", name=op.f("uq_poll_source_id_slot")),
        comment="One row per slot of a source that was polled, with what came of it.",
    )
    op.create_index("ix_poll_started_at", "poll", ["started_at"], unique=False)


def _rules_and_keys() -> None:
    op.create_table(
        "rule",
        columns.identity(),
        columns.number("subscription_id"),
        *map(columns.text, ("text", "canonical")),
        columns.now("created_at"),
        columns.referring("rule", "subscription_id", "subscription"),
        columns.key("rule"),
        sa.UniqueConstraint(
            "subscription_id", "canonical", name=op.f("uq_rule_subscription_id_canonical")
        ),
        comment="What concerns them, in the rule language.",
    )
    op.create_table(
        "story_key",
        columns.text("key"),
        columns.number("story_id"),
        columns.referring("story_key", "story_id", "story"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_story_key")),
        comment="What makes two articles one story: a canonical address, an identical text.",
    )


def _attachments() -> None:
    op.create_table(
        "attachment",
        columns.identity(),
        columns.number("article_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        *map(columns.text, ("name", "url")),
        columns.referring("attachment", "article_id", "article"),
        columns.key("attachment"),
        sa.UniqueConstraint(
            "article_id", "position", name=op.f("uq_attachment_article_id_position")
        ),
        comment="A file an article came with.",
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
        columns.identity(),
        columns.text("message_id"),
        *map(columns.number, ("story_id", "subscription_id", "endpoint_id", "article_id")),
        sa.Column("alert", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *map(columns.now, ("created_at", "due_at")),
        *map(columns.count, ("fence", "attempts")),
        columns.time("settled_at"),
        *(columns.text(each, nullable=True) for each in ("outcome", "last_error")),
        columns.referring("delivery", "article_id", "article"),
        columns.referring("delivery", "endpoint_id", "endpoint"),
        columns.referring("delivery", "story_id", "story"),
        columns.referring("delivery", "subscription_id", "subscription"),
        columns.key("delivery"),
        sa.UniqueConstraint("message_id", name=op.f("uq_delivery_message_id")),
        sa.UniqueConstraint(
            "story_id",
            "subscription_id",
            "endpoint_id",
            name=op.f("uq_delivery_story_id_subscription_id_endpoint_id"),
        ),
        comment="One alert owed to one endpoint; settled as sent or dead.",
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["due_at"],
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def _attempts() -> None:
    op.create_table(
        "attempt",
        columns.identity(),
        *map(columns.number, ("delivery_id", "number")),
        columns.now("started_at"),
        columns.time("finished_at"),
        *(columns.text(each, nullable=True) for each in ("outcome", "detail")),
        columns.referring("attempt", "delivery_id", "delivery"),
        columns.key("attempt"),
        sa.UniqueConstraint("delivery_id", "number", name=op.f("uq_attempt_delivery_id_number")),
        comment="Committed before the act; without an outcome the worker died in between.",
    )
