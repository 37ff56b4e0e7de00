"""What is searched: the words of every article, beside it so that they are read without it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from service.store.tables.columns import at, count, metadata, text


def _of_article() -> sa.Column[int]:
    """The article, of which there is one row."""
    return sa.Column(
        "article_id",
        sa.BigInteger,
        sa.ForeignKey("article.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )


searchable = sa.Table(
    "searchable",
    metadata,
    _of_article(),
    # Published, else first seen; never later than that.
    at("out_at", required=True),
    at("entered_at", now=True),
    # NULL where it could not be entered, with the trouble.
    sa.Column("words", pg.TSVECTOR),
    text("trouble", required=False),
    # What waits to be sorted in is read by every search: so nothing waits.
    sa.Index(
        "ix_searchable_words",
        "words",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    ),
    sa.Index("ix_searchable_out_at", "out_at"),
    comment="What an article is found by in a search.",
)

unsearched = sa.Table(
    "unsearched",
    metadata,
    _of_article(),
    at("due_at", now=True),
    count("fence"),
    count("attempts"),
    comment="An article that is to be entered in what is searched, for the first time or again.",
)
