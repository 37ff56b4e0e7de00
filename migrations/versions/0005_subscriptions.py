"""Subscriptions end by themselves and are silent for a while; what that holds back comes later."""

from __future__ import annotations

from alembic import op

from migrations import columns

revision = "0005"
down_revision = "0004"

_NEW = (
    ("subscription", "expires_at"),
    ("subscription", "snoozed_until"),
    ("delivery", "held_from"),
)


def upgrade() -> None:
    for table, name in _NEW:
        op.add_column(table, columns.time(name))


def downgrade() -> None:
    for table, name in reversed(_NEW):
        op.drop_column(table, name)
