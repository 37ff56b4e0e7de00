"""What an article says, the documents it says it in, and whether its alerts wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ARTICLE = ("kind", "read_published_at", "read_precision", "embargo_until", "call_end", "facts")
_ATTACHMENT = (
    "document",
    "rank",
    "due_at",
    "fence",
    "failures",
    "settled_at",
    "sha256",
    "size",
    "container",
    "parser",
    "tables",
    "text",
    "reason",
    "detail",
)
_OWED = sa.text("settled_at IS NULL AND due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("article", sa.Column("kind", sa.Text(), nullable=True))
    op.add_column("article", sa.Column("read_published_at", sa.DateTime(timezone=True)))
    op.add_column("article", sa.Column("read_precision", sa.Text(), nullable=True))
    op.add_column("article", sa.Column("embargo_until", sa.DateTime(timezone=True)))
    op.add_column("article", sa.Column("call_end", sa.Date(), nullable=True))
    op.add_column(
        "article", sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.create_index("ix_article_call_end", "article", ["call_end"], unique=False)
    op.add_column("attachment", sa.Column("document", sa.Integer(), nullable=True))
    op.add_column("attachment", sa.Column("rank", sa.Integer(), nullable=True))
    op.add_column("attachment", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "attachment", sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "attachment", sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("attachment", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attachment", sa.Column("sha256", sa.LargeBinary(), nullable=True))
    op.add_column("attachment", sa.Column("size", sa.BigInteger(), nullable=True))
    op.add_column("attachment", sa.Column("container", sa.Text(), nullable=True))
    op.add_column("attachment", sa.Column("parser", sa.Text(), nullable=True))
    op.add_column("attachment", sa.Column("tables", sa.Integer(), nullable=True))
    op.add_column("attachment", sa.Column("text", sa.Text(), nullable=True))
    op.add_column("attachment", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("attachment", sa.Column("detail", sa.Text(), nullable=True))
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
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("parties", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_mention_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
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
    for column in reversed(_ATTACHMENT):
        op.drop_column("attachment", column)
    op.drop_index("ix_article_call_end", table_name="article")
    for column in reversed(_ARTICLE):
        op.drop_column("article", column)
