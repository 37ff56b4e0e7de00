"""What an article has only once it was read or judged is indexed only then, not when it is found.

Replaces indexes of the release before, which is served by these as well as by its own.
"""

from __future__ import annotations

from alembic import op

from migrations.online import build_index, drop_index

revision = "0015"
down_revision = "0014"

_INDEXES = (
    ("story", "story_id", None),
    ("twin", "twin_id", None),
    ("ends", "call_end", None),
    ("of_publisher", "publishers", "gin"),
    ("of_topic", "topics", "gin"),
)


def upgrade() -> None:
    for name, column, using in _INDEXES:
        where = f"{column} IS NOT NULL"
        build_index(f"ix_article_{name}", "article", [column], using=using, where=where)
        drop_index(f"ix_article_{column}", "article")


def downgrade() -> None:
    for name, column, using in _INDEXES:
        op.create_index(f"ix_article_{column}", "article", [column], postgresql_using=using)
        op.drop_index(f"ix_article_{name}", "article")
