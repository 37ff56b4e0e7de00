"""The search index, filled by the service beside its other work. Adds only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations import columns
from migrations.online import in_parts

revision = "0008"
down_revision = "0007"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "searchable",
        _article("searchable"),
        sa.Column("out_at", _TIME, nullable=False),
        columns.now("entered_at"),
        sa.Column("words", pg.TSVECTOR),
        columns.text("trouble", nullable=True),
        sa.PrimaryKeyConstraint("article_id", name="pk_searchable"),
        comment="What an article is found by in a search.",
        if_not_exists=True,
    )
    op.create_index(
        "ix_searchable_words",
        "searchable",
        ["words"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        if_not_exists=True,
    )
    op.create_index("ix_searchable_out_at", "searchable", ["out_at"], if_not_exists=True)
    op.create_table(
        "unsearched",
        _article("unsearched"),
        columns.now("due_at"),
        *map(columns.count, ("fence", "attempts")),
        sa.PrimaryKeyConstraint("article_id", name="pk_unsearched"),
        comment="An article that is to be entered in what is searched, "
        "for the first time or again.",
        if_not_exists=True,
    )
    in_parts(
        "article",
        """INSERT INTO unsearched (article_id) SELECT id FROM article
            WHERE triaged_at IS NOT NULL AND id > :after AND id <= :until ON CONFLICT DO NOTHING""",
    )


def downgrade() -> None:
    op.drop_table("unsearched")
    op.drop_table("searchable")


def _article(table: str) -> sa.Column[int]:
    """The article, of which there is one row at most."""
    name = f"fk_{table}_article_id"
    key = sa.ForeignKey("article.id", ondelete="CASCADE", name=name)
    return sa.Column("article_id", sa.BigInteger, key, autoincrement=False, nullable=False)
