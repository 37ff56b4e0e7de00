"""Who wants to be told of what, where and when."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from service.store.tables.columns import at, count, ident, metadata, ref, text

subscription = sa.Table(
    "subscription",
    metadata,
    ident(),
    text("name"),
    # Whoever made it on the pages or by the API, and may change it there.
    ref("account_id", "account.id", required=False, ondelete="SET NULL"),
    at("created_at", now=True),
    at("ended_at"),
    at("expires_at"),
    at("snoozed_until"),
    at("paused_at"),
    # What was found before that is not made up for: it was silent then.
    at("resumed_at"),
    sa.Column("embargoed", sa.Text, nullable=False, server_default="wait"),
    # As service.cadence writes it: "at-once", "daily 08:00 workdays quiet 21:00-08:00".
    sa.Column("cadence", sa.Text, nullable=False, server_default="at-once"),
    # Days before a deadline.
    sa.Column("remind", pg.ARRAY(sa.SmallInteger), nullable=False, server_default="{}"),
    sa.Column("coverage", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("language", sa.Text, nullable=False, server_default="ko"),
    # Told of ops items, too.
    sa.Column("ops", sa.Boolean, nullable=False, server_default="false"),
    # A link to its feeds that was given out counts as long as this stands.
    count("feed_epoch"),
    sa.UniqueConstraint("name"),
    sa.Index("ix_subscription_account_id", "account_id"),
    sa.CheckConstraint("embargoed IN ('wait', 'badge')", name="embargoed_known"),
    sa.CheckConstraint("language IN ('ko', 'en')", name="language_known"),
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
    # Of what the other rules match, what it matches too is told at once, even at night.
    sa.Column("urgent", sa.Boolean, nullable=False, server_default="false"),
    sa.UniqueConstraint("subscription_id", "canonical", "urgent"),
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
    # Whoever owns the address agreed; before that it is sent nothing but the question.
    at("confirmed_at"),
    # How: by whom, in which words, from where.
    sa.Column("consent", pg.JSONB),
    at("asked_at"),
    # A link to confirm or to end that was given out counts as long as this stands.
    count("epoch"),
    at("failing_since"),
    at("rests_until"),
    sa.UniqueConstraint("subscription_id", "channel", "address"),
    sa.Index("ix_endpoint_address", "channel", sa.text("lower(address)")),
    comment="Where they want to be told.",
)

suppressed = sa.Table(
    "suppressed",
    metadata,
    text("channel"),
    text("address"),
    text("why"),
    at("at", now=True),
    sa.PrimaryKeyConstraint("channel", "address"),
    comment="Addresses, in small letters, that do not exist or complained: never written to.",
)

rule_book = sa.Table(
    "rule_book",
    metadata,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="one_row"), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    comment="One row; its version grows with every change of rules, so that matchers reload.",
)

instance = sa.Table(
    "instance",
    metadata,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="one_row"), primary_key=True),
    # What links are signed with where PABAL_SECRET is not set.
    sa.Column("secret", sa.LargeBinary, nullable=False),
    comment="One row: what this installation is known by.",
)
