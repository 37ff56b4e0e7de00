"""The tables. Every id is a bigint, every time carries its zone, every hand-over is a stamp.

A due time is also the lease: claiming a row moves it ahead, a live worker keeps moving it, and a
dead one lets it come due again. All by the database's clock, the only one that replicas share.
``fence`` (for a source its ``slot``) counts the claims, so that a worker whose lease ran out cannot
settle the row any more.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True)


def _at(name: str, *, required: bool = False, now: bool = False) -> sa.Column[object]:
    default = sa.func.now() if now else None
    return sa.Column(
        name, sa.DateTime(timezone=True), nullable=not (required or now), server_default=default
    )


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def _text(name: str, *, required: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=not required)


def _ref(name: str, target: str, *, required: bool = True) -> sa.Column[int]:
    return sa.Column(
        name, sa.BigInteger, sa.ForeignKey(target, ondelete="CASCADE"), nullable=not required
    )


source = sa.Table(
    "source",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _count("slot"),
    _count("begun_slot"),
    _at("next_due", now=True),
    _at("baselined_at"),
    _at("baseline_floor"),
    _at("last_ok_at"),
    _at("newest_at"),
    _count("failures"),
    _text("last_error", required=False),
    _text("etag", required=False),
    _text("last_modified", required=False),
    sa.Column("body_sha256", sa.LargeBinary),
    _count("quiet_polls"),
    comment="One row per declared source: when it is due, how it does, what was seen last.",
)

poll = sa.Table(
    "poll",
    metadata,
    _id(),
    sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
    sa.Column("slot", sa.BigInteger, nullable=False),
    _at("started_at", now=True),
    _at("finished_at"),
    _text("outcome", required=False),
    _text("detail", required=False),
    sa.Column("pages", sa.Integer, nullable=False, server_default="0"),
    sa.Column("seen", sa.Integer, nullable=False, server_default="0"),
    sa.Column("new", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("source_id", "slot"),
    sa.Index("ix_poll_started_at", "started_at"),
    comment="One row per slot of a source that was polled, with what came of it.",
)

story = sa.Table(
    "story",
    metadata,
    _id(),
    _at("created_at", now=True),
    comment="One event; its articles are copies of each other.",
)

story_key = sa.Table(
    "story_key",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    _ref("story_id", "story.id"),
    comment="What makes two articles one story: a canonical address, an identical text.",
)

article = sa.Table(
    "article",
    metadata,
    _id(),
    sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
    _text("key"),
    _text("url"),
    _text("title"),
    _text("publisher", required=False),
    _at("published_at"),
    _text("precision", required=False),
    _text("summary"),
    _text("text", required=False),
    sa.Column("baseline", sa.Boolean, nullable=False),
    _at("discovered_at", now=True),
    # collect: the post's own page
    _at("collected_at"),
    _at("collect_due", now=True),
    _count("fence"),
    _count("failures"),
    _text("last_error", required=False),
    # read
    _at("read_at"),
    _text("read_title", required=False),
    _text("read_text", required=False),
    sa.Column("publishers", pg.ARRAY(sa.Text)),
    _text("kind", required=False),
    _at("read_published_at"),
    _text("read_precision", required=False),
    _at("embargo_until"),
    sa.Column("call_end", sa.Date),
    sa.Column("facts", pg.JSONB),
    # triage
    _at("triaged_at"),
    _count("swept"),
    _ref("story_id", "story.id", required=False),
    sa.UniqueConstraint("source_id", "key"),
    sa.Index("ix_article_story_id", "story_id"),
    sa.Index("ix_article_discovered_at", "discovered_at"),
    sa.Index(
        "ix_article_owed", "source_id", "id", postgresql_where=sa.text("collected_at IS NULL")
    ),
    sa.Index("ix_article_unfinished", "id", postgresql_where=sa.text("triaged_at IS NULL")),
    sa.Index("ix_article_call_end", "call_end"),
    comment="One announcement of one source, whole.",
)

attachment = sa.Table(
    "attachment",
    metadata,
    _id(),
    _ref("article_id", "article.id"),
    sa.Column("position", sa.Integer, nullable=False),
    _text("name"),
    _text("url"),
    # Which document of the article it is, 0 the release itself, and which of its formats; NULL: a
    # file that is not read. Of a document's formats the next is due where the one before failed.
    sa.Column("document", sa.Integer),
    sa.Column("rank", sa.Integer),
    # attach
    _at("due_at"),
    _count("fence"),
    _count("failures"),
    _at("settled_at"),
    sa.Column("sha256", sa.LargeBinary),
    sa.Column("size", sa.BigInteger),
    *(_text(each, required=False) for each in ("container", "parser", "text", "reason", "detail")),
    sa.Column("tables", sa.Integer),
    sa.UniqueConstraint("article_id", "position"),
    sa.Index(
        "ix_attachment_owed",
        "due_at",
        postgresql_where=sa.text("settled_at IS NULL AND due_at IS NOT NULL"),
    ),
    comment="A file an article came with; of its documents the text, or why there is none.",
)

mention = sa.Table(
    "mention",
    metadata,
    _id(),
    _ref("article_id", "article.id"),
    _text("series"),
    _text("name"),
    sa.Column("round", sa.Integer),
    sa.Column("year", sa.Integer),
    sa.Column("parties", pg.ARRAY(sa.Text), nullable=False),
    sa.Index("ix_mention_article_id", "article_id"),
    sa.Index("ix_mention_series", "series"),
    comment="A programme, council or event that an article names; all its rounds are one series.",
)

subscription = sa.Table(
    "subscription",
    metadata,
    _id(),
    _text("name"),
    _at("created_at", now=True),
    _at("ended_at"),
    sa.Column("embargoed", sa.Text, nullable=False, server_default="wait"),
    sa.UniqueConstraint("name"),
    sa.CheckConstraint("embargoed IN ('wait', 'badge')", name="embargoed_known"),
    comment="Somebody who wants to be told.",
)

rule = sa.Table(
    "rule",
    metadata,
    _id(),
    _ref("subscription_id", "subscription.id"),
    _text("text"),
    _text("canonical"),
    _at("created_at", now=True),
    sa.UniqueConstraint("subscription_id", "canonical"),
    comment="What concerns them, in the rule language.",
)

endpoint = sa.Table(
    "endpoint",
    metadata,
    _id(),
    _ref("subscription_id", "subscription.id"),
    _text("channel"),
    _text("address"),
    _text("secret", required=False),
    _at("created_at", now=True),
    _at("switched_off_at"),
    _text("switched_off_why", required=False),
    sa.UniqueConstraint("subscription_id", "channel", "address"),
    comment="Where they want to be told.",
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
    _id(),
    _text("message_id"),
    _ref("story_id", "story.id"),
    _ref("subscription_id", "subscription.id"),
    _ref("endpoint_id", "endpoint.id"),
    _ref("article_id", "article.id"),
    sa.Column("alert", pg.JSONB, nullable=False),
    _at("created_at", now=True),
    _at("due_at", now=True),
    _count("fence"),
    _count("attempts"),
    _at("settled_at"),
    _text("outcome", required=False),
    _text("last_error", required=False),
    # The promise that one event is one alert.
    sa.UniqueConstraint("story_id", "subscription_id", "endpoint_id"),
    sa.UniqueConstraint("message_id"),
    sa.Index("ix_delivery_due", "due_at", postgresql_where=sa.text("settled_at IS NULL")),
    comment="One alert owed to one endpoint; settled as sent or dead.",
)

attempt = sa.Table(
    "attempt",
    metadata,
    _id(),
    _ref("delivery_id", "delivery.id"),
    sa.Column("number", sa.BigInteger, nullable=False),
    _at("started_at", now=True),
    _at("finished_at"),
    _text("outcome", required=False),
    _text("detail", required=False),
    sa.UniqueConstraint("delivery_id", "number"),
    comment="Committed before the act; without an outcome the worker died in between.",
)

ops_item = sa.Table(
    "ops_item",
    metadata,
    _id(),
    _text("kind"),
    _text("subject"),
    _text("detail"),
    _at("first_at", now=True),
    _at("last_at", now=True),
    sa.Column("times", sa.BigInteger, nullable=False, server_default="1"),
    _at("closed_at"),
    sa.Index(
        "uq_ops_item_open",
        "kind",
        "subject",
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
    comment="Something a person has to look at, once however often it happens.",
)
