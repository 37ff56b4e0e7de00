"""Since when a subscription that was muted is told again. Adds only."""

from __future__ import annotations

from alembic import op

from migrations import columns

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("subscription", columns.time("resumed_at"))


def downgrade() -> None:
    op.drop_column("subscription", "resumed_at")
