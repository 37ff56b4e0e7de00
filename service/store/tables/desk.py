"""Who uses the pages and the API: accounts, how they sign in, keys, and what they changed."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from service.store.tables.columns import at, count, ident, metadata, partial, ref, text

account = sa.Table(
    "account",
    metadata,
    ident(),
    text("address"),
    sa.Column("role", sa.Text, nullable=False, server_default="reader"),
    sa.Column("language", sa.Text, nullable=False, server_default="ko"),
    at("created_at", now=True),
    at("seen_at"),
    # Closed by an operator: nobody signs in, no key counts.
    at("closed_at"),
    sa.Index("uq_account_address", sa.text("lower(address)"), unique=True),
    sa.CheckConstraint("role IN ('reader', 'editor', 'operator')", name="role_known"),
    comment="Somebody who signs in: a mail address and what it may do.",
)

# Of tokens and keys the SHA-256 is kept: whoever reads the table can sign in nowhere.
session = sa.Table(
    "session",
    metadata,
    ident(),
    sa.Column("sha256", sa.LargeBinary, nullable=False, unique=True),
    ref("account_id", "account.id"),
    at("created_at", now=True),
    at("seen_at", now=True),
    at("expires_at", required=True),
    text("agent", required=False),
    sa.Index("ix_session_account_id", "account_id"),
    sa.Index("ix_session_expires_at", "expires_at"),
    comment="A browser that is signed in.",
)

# The link itself is signed (service.links), so nothing of it is stored.
sign_in = sa.Table(
    "sign_in",
    metadata,
    ident(),
    text("address"),
    # That of the mail, and of the account where it is new.
    sa.Column("language", sa.Text, nullable=False, server_default="ko"),
    # "page" or "terminal"
    text("asked_by"),
    text("ip", required=False),
    at("asked_at", now=True),
    at("expires_at", required=True),
    at("used_at"),
    # deliver: NULL where it is sent to nobody, as the operator hands it over
    at("due_at"),
    count("fence"),
    count("attempts"),
    at("sent_at"),
    text("last_error", required=False),
    sa.Index("ix_sign_in_address", sa.text("lower(address)"), "asked_at"),
    sa.Index("ix_sign_in_ip", "ip", "asked_at"),
    partial("ix_sign_in_owed", "due_at", where="sent_at IS NULL"),
    comment="A link to sign in with, once.",
)

api_key = sa.Table(
    "api_key",
    metadata,
    ident(),
    ref("account_id", "account.id"),
    text("name"),
    # What is shown of it, and found by.
    text("prefix"),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    sa.Column("scopes", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("per_minute", sa.Integer, nullable=False, server_default="120"),
    at("created_at", now=True),
    at("used_at"),
    at("expires_at"),
    at("revoked_at"),
    sa.UniqueConstraint("prefix"),
    sa.Index("ix_api_key_account_id", "account_id"),
    comment="What a program shows instead of signing in.",
)

request = sa.Table(
    "request",
    metadata,
    ref("account_id", "account.id"),
    # Both by their SHA-256.
    sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    at("at", now=True),
    # The subscription it made; NULL while it is under way.
    sa.Column("made", sa.BigInteger),
    sa.PrimaryKeyConstraint("account_id", "key"),
    comment="A request to make something that is made once, however often it is sent.",
)

# No foreign key: what somebody did stays when their account is gone.
audit = sa.Table(
    "audit",
    metadata,
    ident(),
    at("at", now=True),
    sa.Column("account_id", sa.BigInteger),
    text("who"),
    text("what"),
    text("subject"),
    sa.Column("detail", pg.JSONB),
    sa.Index("ix_audit_at", "at"),
    sa.Index("ix_audit_account_id", "account_id", "at"),
    comment="What was changed by hand, by whom.",
)
