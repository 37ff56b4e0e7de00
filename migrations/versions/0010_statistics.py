"""Figures by the day, and a way to calls without a deadline. Adds only.

Written down once and added up by pages, instead of counted anew each time one is opened.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import columns
from migrations.online import build_index

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "tally",
        columns.text("what"),
        sa.Column("day", sa.Date, nullable=False),
        *map(columns.text, ("publisher", "topic")),
        sa.Column("step", sa.SmallInteger, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("what", "day", "publisher", "topic", "step", name="pk_tally"),
        comment="How many releases came out on a day: whose, about what, when, how covered.",
        if_not_exists=True,
    )
    op.create_table(
        "tallied",
        sa.Column("day", sa.Date, nullable=False),
        columns.now("owed_at"),
        columns.time("made_at"),
        sa.PrimaryKeyConstraint("day", name="pk_tallied"),
        comment="Days whose figures are made, or are to be made again.",
        if_not_exists=True,
    )
    op.create_index(
        "ix_tallied_owed",
        "tallied",
        ["day"],
        postgresql_where=sa.text("made_at IS NULL OR made_at < owed_at"),
        if_not_exists=True,
    )
    build_index(
        "ix_article_undated_call",
        "article",
        [sa.text("coalesce(read_published_at, published_at, discovered_at)")],
        where="call_end IS NULL AND (facts -> 'call' ->> 'is_call') = 'true'",
    )


def downgrade() -> None:
    op.drop_index("ix_article_undated_call", "article")
    for table in ("tallied", "tally"):
        op.drop_table(table)
