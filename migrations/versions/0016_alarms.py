"""Whoever runs the service may be told of ops items as others are of news.

What stands when somebody first asks for it is told then.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_ADDED = (("subscription", "ops"), ("ops_item", "told"))


def upgrade() -> None:
    for table, name in _ADDED:
        op.add_column(table, sa.Column(name, sa.Boolean, nullable=False, server_default="false"))


def downgrade() -> None:
    for table, name in _ADDED:
        op.drop_column(table, name)
