"""Accounts, sessions, keys and the record of what was changed by hand. Adds only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_NOW = sa.text("now()")


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
        _id(),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False, server_default="reader"),
        sa.Column("language", sa.Text, nullable=False, server_default="ko"),
        sa.Column("created_at", _TIME, nullable=False, server_default=_NOW),
        sa.Column("seen_at", _TIME),
        sa.Column("closed_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.CheckConstraint("role IN ('reader', 'editor', 'operator')", name="role_known"),
        comment="Somebody who signs in: a mail address and what it may do.",
    )
    op.create_index("uq_account_address", "account", [sa.text("lower(address)")], unique=True)
    op.create_table(
        "session",
        _id(),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        _account(),
        sa.Column("created_at", _TIME, nullable=False, server_default=_NOW),
        sa.Column("seen_at", _TIME, nullable=False, server_default=_NOW),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("agent", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("sha256", name="uq_session_sha256"),
        comment="A browser that is signed in.",
    )
    op.create_index("ix_session_account_id", "session", ["account_id"])
    op.create_index("ix_session_expires_at", "session", ["expires_at"])
    op.create_table(
        "sign_in",
        _id(),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False, server_default="ko"),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("ip", sa.Text),
        sa.Column("asked_at", _TIME, nullable=False, server_default=_NOW),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME),
        sa.Column("due_at", _TIME),
        sa.Column("fence", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("attempts", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("sent_at", _TIME),
        sa.Column("last_error", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
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
        _id(),
        _account(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("scopes", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("per_minute", sa.Integer, nullable=False, server_default="120"),
        sa.Column("created_at", _TIME, nullable=False, server_default=_NOW),
        sa.Column("used_at", _TIME),
        sa.Column("expires_at", _TIME),
        sa.Column("revoked_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("prefix", name="uq_api_key_prefix"),
        comment="What a program shows instead of signing in.",
    )
    op.create_index("ix_api_key_account_id", "api_key", ["account_id"])
    op.create_table(
        "request",
        _account(),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", _TIME, nullable=False, server_default=_NOW),
        sa.Column("made", sa.BigInteger),
        sa.PrimaryKeyConstraint("account_id", "key", name="pk_request"),
        comment="A request to make something that is made once, however often it is sent.",
    )
    op.create_table(
        "audit",
        _id(),
        sa.Column("at", _TIME, nullable=False, server_default=_NOW),
        sa.Column("account_id", sa.BigInteger),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", pg.JSONB),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        comment="What was changed by hand, by whom.",
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_account_id", "audit", ["account_id", "at"])


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False)


def _account() -> sa.Column[int]:
    """The account that something belongs to, and goes with."""
    key = sa.ForeignKey("account.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.BigInteger, key, nullable=False)
