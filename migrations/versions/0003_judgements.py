"""What triage finds out: topics, twins by their numbers, coverage, revisions; rules that hit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import columns

revision = "0003"
down_revision = "0002"

_JSON = postgresql.JSONB(astext_type=sa.Text())
_TEXTS = postgresql.ARRAY(sa.Text())
_ARTICLE = (
    ("topics", _TEXTS),
    ("topical", _JSON),
    ("twin_id", sa.BigInteger()),
    ("joined_as", sa.Text()),
    ("share", sa.Float()),
    ("why", sa.Text()),
    ("look_due", sa.DateTime(timezone=True)),
)
_LOOKING = sa.text("look_due IS NOT NULL")
_NUMBERS = {
    "fingerprint": "A few numbers of each article, to find its copies by.",
    "excerpt": "More numbers of it for a while, to find news that repeats it.",
}
_EVENT = ["story_id", "subscription_id", "endpoint_id"]


def upgrade() -> None:
    for name, kind in _ARTICLE:
        op.add_column("article", sa.Column(name, kind, nullable=True))
    op.add_column("article", columns.count("looks"))
    op.create_foreign_key(
        op.f("fk_article_twin_id"), "article", "article", ["twin_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("ix_article_twin_id", "article", ["twin_id"], unique=False)
    op.create_index(
        "ix_article_out_at",
        "article",
        [sa.text("coalesce(read_published_at, published_at, discovered_at)")],
    )
    op.create_index("ix_article_look_due", "article", ["look_due"], postgresql_where=_LOOKING)
    for name, comment in _NUMBERS.items():
        _numbers(name, comment)
    _revisions()
    op.add_column("rule", sa.Column("last_hit_on", sa.Date(), nullable=True))
    op.add_column("delivery", columns.count("revision_id"))
    op.create_unique_constraint(
        op.f("uq_delivery_story_id_subscription_id_endpoint_id_revision_id"),
        "delivery",
        [*_EVENT, "revision_id"],
    )
    op.drop_constraint(
        op.f("uq_delivery_story_id_subscription_id_endpoint_id"), "delivery", type_="unique"
    )


def _numbers(name: str, comment: str) -> None:
    op.create_table(
        name,
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number", "day", "article_id", name=op.f(f"pk_{name}")),
        comment=comment,
    )


def _revisions() -> None:
    op.create_table(
        "revision",
        columns.identity(),
        columns.number("article_id"),
        sa.Column("earlier_id", sa.BigInteger(), nullable=True),
        columns.now("noticed_at"),
        *(columns.text(each, nullable=True) for each in ("title", "text")),
        sa.Column("publishers", _TEXTS, nullable=True),
        columns.text("kind", nullable=True),
        columns.time("published_at"),
        columns.text("precision", nullable=True),
        *(sa.Column(each, _JSON, nullable=True) for each in ("facts", "files", "changes")),
        columns.referring("revision", "article_id", "article"),
        sa.ForeignKeyConstraint(
            ["earlier_id"], ["article.id"], name=op.f("fk_revision_earlier_id"), ondelete="SET NULL"
        ),
        columns.key("revision"),
        comment="A later version of an announcement: its page edited, or another that corrects it.",
    )
    op.create_index("ix_revision_article_id", "revision", ["article_id"], unique=False)
    op.create_index("ix_revision_earlier_id", "revision", ["earlier_id"], unique=False)


def downgrade() -> None:
    # What is a correction there is one event twice here.
    op.execute("DELETE FROM delivery WHERE revision_id <> 0")
    op.create_unique_constraint(
        op.f("uq_delivery_story_id_subscription_id_endpoint_id"), "delivery", _EVENT
    )
    op.drop_constraint(
        op.f("uq_delivery_story_id_subscription_id_endpoint_id_revision_id"),
        "delivery",
        type_="unique",
    )
    op.drop_column("delivery", "revision_id")
    op.drop_column("rule", "last_hit_on")
    op.drop_table("revision")
    for name in _NUMBERS:
        op.drop_table(name)
    op.drop_index("ix_article_look_due", table_name="article", postgresql_where=_LOOKING)
    op.drop_index("ix_article_out_at", table_name="article")
    op.drop_index("ix_article_twin_id", table_name="article")
    op.drop_constraint(op.f("fk_article_twin_id"), "article", type_="foreignkey")
    op.drop_column("article", "looks")
    for name, _ in reversed(_ARTICLE):
        op.drop_column("article", name)
