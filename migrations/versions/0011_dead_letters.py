"""A way to what nobody took, for the cockpit and its figures. Adds only."""

from __future__ import annotations

from alembic import op

from migrations.online import build_index

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    build_index("ix_delivery_dead", "delivery", ["settled_at"], where="outcome = 'dead'")


def downgrade() -> None:
    op.drop_index("ix_delivery_dead", "delivery")
