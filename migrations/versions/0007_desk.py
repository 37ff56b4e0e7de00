"""Accounts, sessions, keys and the record of what was changed by hand. Adds only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations import columns

revision = "0007"
down_revision = "0006"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _accounts()
    _keys()
    op.add_column("subscription", sa.Column("account_id", sa.BigInteger))
    op.create_foreign_key(
        "fk_subscription_account_id",
        "subscription",
        "account",
        ["account_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("ix_subscription_account_id", "subscription", ["account_id"])


def downgrade() -> None:
    op.drop_column("subscription", "account_id")
    for table in ("audit", "request", "api_key", "sign_in", "session", "account"):
        op.drop_table(table)


def _accounts() -> None:
    op.create_table(
        "account",
        columns.identity(),
        columns.text("address"),
        sa.Column("role", sa.Text, nullable=False, server_default="reader"),
        sa.Column("language", sa.Text, nullable=False, server_default="ko"),
        columns.now("created_at"),
        *map(columns.time, ("seen_at", "closed_at")),
        columns.key("account"),
        sa.CheckConstraint("role IN ('reader', 'editor', 'operator')", name="role_known"),
        comment="Somebody who signs in: a mail address and what it may do.",
    )
    op.create_index("uq_account_address", "account", [sa.text("lower(address)")], unique=True)
    op.create_table(
        "session",
        columns.identity(),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        _account(),
        *map(columns.now, ("created_at", "seen_at")),
        sa.Column("expires_at", _TIME, nullable=False),
        columns.text("agent", nullable=True),
        columns.key("session"),
        sa.UniqueConstraint("sha256", name="uq_session_sha256"),
        comment="A browser that is signed in.",
    )
    op.create_index("ix_session_account_id", "session", ["account_id"])
    op.create_index("ix_session_expires_at", "session", ["expires_at"])
    op.create_table(
        "sign_in",
        columns.identity(),
        columns.text("address"),
        sa.Column("language", sa.Text, nullable=False, server_default="ko"),
        columns.text("asked_by"),
        columns.text("ip", nullable=True),
        columns.now("asked_at"),
        sa.Column("expires_at", _TIME, nullable=False),
        *map(columns.time, ("used_at", "due_at")),
        *map(columns.count, ("fence", "attempts")),
        columns.time("sent_at"),
        columns.text("last_error", nullable=True),
        columns.key("sign_in"),
        comment="A link to sign in with, once.",
    )
    op.create_index("ix_sign_in_address", "sign_in", [sa.text("lower(address)"), "asked_at"])
    op.create_index("ix_sign_in_ip", "sign_in", ["ip", "asked_at"])
    op.create_index(
        "ix_sign_in_owed", "sign_in", ["due_at"], postgresql_where=sa.text("sent_at IS NULL")
    )


def _keys() -> None:
    op.create_table(
        "api_key",
        columns.identity(),
        _account(),
        *map(columns.text, ("name", "prefix")),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("scopes", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("per_minute", sa.Integer, nullable=False, server_default="120"),
        columns.now("created_at"),
        *map(columns.time, ("used_at", "expires_at", "revoked_at")),
        columns.key("api_key"),
        sa.UniqueConstraint("prefix", name="uq_api_key_prefix"),
        comment="What a program shows instead of signing in.",
    )
    op.create_index("ix_api_key_account_id", "api_key", ["account_id"])
    op.create_table(
        "request",
        _account(),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        columns.now("at"),
        sa.Column("made", sa.BigInteger),
        sa.PrimaryKeyConstraint("account_id", "key", name="pk_request"),
        comment="A request to make something that is made once, however often it is sent.",
    )
    op.create_table(
        "audit",
        columns.identity(),
        columns.now("at"),
        sa.Column("account_id", sa.BigInteger),
        *map(columns.text, ("who", "what", "subject")),
        sa.Column("detail", pg.JSONB),
        columns.key("audit"),
        comment="What was changed by hand, by whom.",
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_account_id", "audit", ["account_id", "at"])


def _account() -> sa.Column[int]:
    """The account that something belongs to, and goes with."""
    key = sa.ForeignKey("account.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.BigInteger, key, nullable=False)
