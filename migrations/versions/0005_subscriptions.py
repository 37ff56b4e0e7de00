"""Subscriptions end by themselves and are silent for a while; what that holds back comes later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_NEW = (
    ("subscription", "expires_at"),
    ("subscription", "snoozed_until"),
    ("delivery", "held_from"),
)


def upgrade() -> None:
    for table, name in _NEW:
        op.add_column(table, sa.Column(name, _TIME, nullable=True))


def downgrade() -> None:
    for table, name in reversed(_NEW):
        op.drop_column(table, name)
