"""How sources do: what ails them, what their lists looked like, sightings, backfills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import columns

revision = "0004"
down_revision = "0003"

_JSON = postgresql.JSONB(astext_type=sa.Text())
_TIME = sa.DateTime(timezone=True)
_SOURCE = (
    ("trouble", sa.Text()),
    ("failing_since", _TIME),
    ("paused_at", _TIME),
    ("paused_why", sa.Text()),
)


def upgrade() -> None:
    for name, kind in _SOURCE:
        op.add_column("source", sa.Column(name, kind, nullable=True))
    op.add_column("poll", columns.text("trouble", nullable=True))
    op.add_column("poll", sa.Column("shape", _JSON, nullable=True))
    op.create_index(
        "ix_poll_shape",
        "poll",
        ["source_id", "slot"],
        postgresql_where=sa.text("shape IS NOT NULL"),
    )
    op.add_column(
        "article", sa.Column("late", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_index("ix_article_came", "article", ["source_id", "discovered_at"])
    op.create_table(
        "sighting",
        *map(columns.text, ("source_id", "key")),
        columns.now("seen_at"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_sighting_source_id")),
        sa.PrimaryKeyConstraint("source_id", "key", name=op.f("pk_sighting")),
        comment="A post that a checking route showed and another route has.",
    )
    op.create_index("ix_sighting_seen_at", "sighting", ["source_id", "seen_at"])
    op.create_table(
        "route_day",
        sa.Column("day", sa.Date(), nullable=False),
        columns.text("source_id"),
        *(sa.Column(each, sa.Integer(), nullable=False) for each in ("shown", "missed")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_route_day_source_id")),
        sa.PrimaryKeyConstraint("day", "source_id", name=op.f("pk_route_day")),
        comment="What the routes to the same posts first showed on a day in Korea, and one missed.",
    )
    _backfills()
    op.create_table(
        "pacing",
        sa.Column("endpoint_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("turn_at", _TIME, nullable=False),
        columns.referring("pacing", "endpoint_id", "endpoint"),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_pacing")),
        comment="When an endpoint had its last turn of the alerts that come to it one by one.",
    )


def _backfills() -> None:
    op.create_table(
        "backfill",
        columns.identity(),
        columns.text("source_id"),
        sa.Column("since", _TIME, nullable=False),
        columns.time("told_from"),
        columns.now("asked_at"),
        sa.Column("request", _JSON, nullable=True),
        *map(columns.count, ("pages", "seen", "new", "still", "fence", "failures")),
        sa.Column("met", sa.Boolean(), server_default="false", nullable=False),
        columns.time("oldest_at"),
        columns.now("due_at"),
        columns.text("last_error", nullable=True),
        columns.time("finished_at"),
        columns.text("outcome", nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_backfill_source_id")),
        columns.key("backfill"),
        comment="A list that is read back to a day, page by page; open until it is finished.",
    )
    op.create_index(
        "uq_backfill_open",
        "backfill",
        ["source_id"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("pacing")
    op.drop_table("backfill")
    op.drop_table("route_day")
    op.drop_table("sighting")
    op.drop_index("ix_article_came", table_name="article")
    op.drop_column("article", "late")
    op.drop_index("ix_poll_shape", table_name="poll")
    op.drop_column("poll", "shape")
    op.drop_column("poll", "trouble")
    for name, _ in reversed(_SOURCE):
        op.drop_column("source", name)
