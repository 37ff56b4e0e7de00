"""Figures by the day, and a way to calls without a deadline. Adds only.

Written down once and added up by pages, instead of counted anew each time one is opened.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.online import build_index

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("publisher", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("step", sa.SmallInteger, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("what", "day", "publisher", "topic", "step", name="pk_tally"),
        comment="How many releases came out on a day: whose, about what, when, how covered.",
    )
    op.create_table(
        "tallied",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("owed_at", _TIME, nullable=False, server_default=_NOW),
        sa.Column("made_at", _TIME),
        sa.PrimaryKeyConstraint("day", name="pk_tallied"),
        comment="Days whose figures are made, or are to be made again.",
    )
    op.create_index(
        "ix_tallied_owed",
        "tallied",
        ["day"],
        postgresql_where=sa.text("made_at IS NULL OR made_at < owed_at"),
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
