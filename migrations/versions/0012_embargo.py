"""A way to what is under embargo, which every list leaves out. Adds only."""

from __future__ import annotations

from alembic import op

from migrations.online import build_index

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    build_index(
        "ix_article_embargo_until", "article", ["embargo_until"], where="embargo_until IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index("ix_article_embargo_until", "article")
