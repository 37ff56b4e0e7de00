"""What an article says, the documents it says it in, and whether its alerts wait."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import columns

revision = "0002"
down_revision = "0001"

_OWED = sa.text("settled_at IS NULL AND due_at IS NOT NULL")


def upgrade() -> None:
    for column in _article():
        op.add_column("article", column)
    op.create_index("ix_article_call_end", "article", ["call_end"], unique=False)
    for column in _attachment():
        op.add_column("attachment", column)
    op.create_table_comment(
        "attachment",
        "A file an article came with; of its documents the text, or why there is none.",
        existing_comment="A file an article came with.",
    )
    op.create_index(
        "ix_attachment_owed", "attachment", ["due_at"], unique=False, postgresql_where=_OWED
    )
    op.create_table(
        "mention",
        columns.identity(),
        columns.number("article_id"),
        *map(columns.text, ("series", "name")),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("parties", postgresql.ARRAY(sa.Text()), nullable=False),
        columns.referring("mention", "article_id", "article"),
        columns.key("mention"),
        comment="A programme, council or event that an article names; "
        "all its rounds are one series.",
    )
    op.create_index("ix_mention_article_id", "mention", ["article_id"], unique=False)
    op.create_index("ix_mention_series", "mention", ["series"], unique=False)
    op.add_column(
        "subscription", sa.Column("embargoed", sa.Text(), server_default="wait", nullable=False)
    )
    op.create_check_constraint("embargoed_known", "subscription", "embargoed IN ('wait', 'badge')")


def downgrade() -> None:
    op.drop_constraint("embargoed_known", "subscription", type_="check")
    op.drop_column("subscription", "embargoed")
    op.drop_index("ix_mention_series", table_name="mention")
    op.drop_index("ix_mention_article_id", table_name="mention")
    op.drop_table("mention")
    op.drop_index("ix_attachment_owed", table_name="attachment", postgresql_where=_OWED)
    op.create_table_comment(
        "attachment",
        "A file an article came with.",
        existing_comment="A file an article came with; of its documents the text, "
        "or why there is none.",
    )
    for column in reversed(_attachment()):
        op.drop_column("attachment", column.name)
    op.drop_index("ix_article_call_end", table_name="article")
    for column in reversed(_article()):
        op.drop_column("article", column.name)


def _article() -> list[sa.Column[Any]]:
    return [
        columns.text("kind", nullable=True),
        columns.time("read_published_at"),
        columns.text("read_precision", nullable=True),
        columns.time("embargo_until"),
        sa.Column("call_end", sa.Date()),
        sa.Column("facts", postgresql.JSONB()),
    ]


def _attachment() -> list[sa.Column[Any]]:
    return [
        *(sa.Column(each, sa.Integer()) for each in ("document", "rank")),
        columns.time("due_at"),
        *map(columns.count, ("fence", "failures")),
        columns.time("settled_at"),
        sa.Column("sha256", sa.LargeBinary()),
        sa.Column("size", sa.BigInteger()),
        *(columns.text(each, nullable=True) for each in ("container", "parser")),
        sa.Column("tables", sa.Integer()),
        *(columns.text(each, nullable=True) for each in ("text", "reason", "detail")),
    ]
