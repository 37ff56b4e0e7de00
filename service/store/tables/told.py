"""What is told to whom, and what a person has to look at."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from service.store.tables.columns import at, count, ident, metadata, partial, ref, text

telling = sa.Table(
    "telling",
    metadata,
    ident(),
    text("reason"),
    # The promise that one event is told once: whoever finds it again finds this row.
    text("key"),
    ref("story_id", "story.id", required=False),
    ref("article_id", "article.id", required=False),
    # 0: the event; else the revision it tells of.
    count("revision_id"),
    # What everybody is told alike.
    sa.Column("facts", pg.JSONB, nullable=False),
    # Grows with every change of the facts.
    count("version"),
    # Until then its badge is shown.
    at("embargo_until"),
    at("created_at", now=True),
    sa.UniqueConstraint("key"),
    sa.Index("ix_telling_story_id", "story_id"),
    sa.CheckConstraint(
        "reason IN ('alert', 'correction', 'coverage', 'digest', 'reminder', 'confirm', 'notice')",
        name="reason_known",
    ),
    comment="One thing that is told, however many are told of it.",
)

# No foreign keys: to check them for a million rows would cost more than the rows.
delivery = sa.Table(
    "delivery",
    metadata,
    ident(),
    sa.Column("telling_id", sa.BigInteger, nullable=False),
    sa.Column("subscription_id", sa.BigInteger, nullable=False),
    sa.Column("endpoint_id", sa.BigInteger, nullable=False),
    text("channel"),
    sa.Column("message_id", pg.UUID, nullable=False, server_default=sa.func.gen_random_uuid()),
    # Which rules of the subscription matched, and in which words; of what has no rule NULL.
    sa.Column("hits", pg.JSONB),
    at("created_at", now=True),
    at("due_at", now=True),
    # When it would be due but for the snooze that holds it back.
    at("held_from"),
    count("fence"),
    count("attempts"),
    at("settled_at"),
    text("outcome", required=False),
    text("last_error", required=False),
    sa.UniqueConstraint("telling_id", "endpoint_id"),
    partial("ix_delivery_due", "channel", "due_at", where="settled_at IS NULL"),
    partial("ix_delivery_open", "endpoint_id", where="settled_at IS NULL"),
    sa.Index("ix_delivery_of", "subscription_id", "created_at"),
    partial("ix_delivery_dead", "settled_at", where="outcome = 'dead'"),
    # By what mail comes back under; of what is still owed nothing can.
    partial("ix_delivery_mailed", "message_id", where="channel = 'mail' AND outcome = 'sent'"),
    comment="One thing owed to one endpoint; settled as sent, dead or ended.",
)

waiting = sa.Table(
    "waiting",
    metadata,
    sa.Column("telling_id", sa.BigInteger, nullable=False),
    sa.Column("subscription_id", sa.BigInteger, nullable=False),
    sa.Column("hits", pg.JSONB),
    at("created_at", now=True),
    # The end of the window whose digest it goes into.
    at("window_at", required=True),
    # The telling that told of it: a digest, or its own where it was alone in its window.
    sa.Column("told_by", sa.BigInteger),
    sa.PrimaryKeyConstraint("subscription_id", "telling_id"),
    partial("ix_waiting_window", "window_at", where="told_by IS NULL"),
    sa.Index("ix_waiting_telling_id", "telling_id"),
    sa.Index("ix_waiting_told_by", "told_by"),
    sa.Index("ix_waiting_of", "subscription_id", "created_at"),
    comment="What a subscription that is not told at once is told of later.",
)

# No foreign key here either.
attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("delivery_id", sa.BigInteger, nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    at("started_at", now=True),
    at("finished_at"),
    text("outcome", required=False),
    text("detail", required=False),
    sa.PrimaryKeyConstraint("delivery_id", "number"),
    comment="Committed before the act; without an outcome the worker died in between.",
)

dismissal = sa.Table(
    "dismissal",
    metadata,
    ref("subscription_id", "subscription.id"),
    ref("telling_id", "telling.id"),
    at("at", now=True),
    sa.PrimaryKeyConstraint("subscription_id", "telling_id"),
    comment="What a subscriber said was not for them.",
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
    # That it stands was told to whoever asked for it, and not yet that it is over.
    sa.Column("told", sa.Boolean, nullable=False, server_default="false"),
    partial("uq_ops_item_open", "kind", "subject", unique=True, where="closed_at IS NULL"),
    comment="Something a person has to look at, once however often it happens.",
)
