"""An index for lists of what everybody may see: what was held stands where that ended. Adds only.

Whoever sees what is held still goes by ``ix_article_listed``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.online import build_index

revision = "0014"
down_revision = "0013"

_PUBLIC = sa.text(
    "(greatest(CASE WHEN baseline OR late "
    "THEN least(coalesce(read_published_at, published_at, discovered_at), discovered_at) "
    "ELSE discovered_at END, embargo_until))"
)


def upgrade() -> None:
    build_index("ix_article_public", "article", [_PUBLIC, "id"], where="story_id IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_article_public", "article")
