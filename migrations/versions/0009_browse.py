"""Indexes for the lists of stories: where each stands, by publisher and by topic. Adds only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.online import build_index

revision = "0009"
down_revision = "0008"

_CAME = sa.text(
    "(CASE WHEN baseline OR late "
    "THEN least(coalesce(read_published_at, published_at, discovered_at), discovered_at) "
    "ELSE discovered_at END)"
)


def upgrade() -> None:
    build_index("ix_article_listed", "article", [_CAME, "id"], where="story_id IS NOT NULL")
    for column in ("publishers", "topics"):
        build_index(f"ix_article_{column}", "article", [column], using="gin")


def downgrade() -> None:
    for name in ("listed", "publishers", "topics"):
        op.drop_index(f"ix_article_{name}", "article")
