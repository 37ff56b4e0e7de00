"""What publishers announced: sources, articles with their files and versions, stories."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from service.store.tables.columns import at, count, ident, metadata, partial, ref, text

source = sa.Table(
    "source",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    count("slot"),
    count("begun_slot"),
    at("next_due", now=True),
    at("baselined_at"),
    at("baseline_floor"),
    at("last_ok_at"),
    at("newest_at"),
    count("failures"),
    text("last_error", required=False),
    text("etag", required=False),
    text("last_modified", required=False),
    # Of the answer; before it eight bytes of the digest of what was asked.
    sa.Column("body_sha256", sa.LargeBinary),
    count("quiet_polls"),
    # What ails it and since when; both NULL while it answers.
    text("trouble", required=False),
    at("failing_since"),
    at("paused_at"),
    text("paused_why", required=False),
    comment="One row per declared source: when it is due, how it does, what was seen last.",
)

poll = sa.Table(
    "poll",
    metadata,
    ident(),
    sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
    sa.Column("slot", sa.BigInteger, nullable=False),
    at("started_at", now=True),
    at("finished_at"),
    text("outcome", required=False),
    text("detail", required=False),
    sa.Column("pages", sa.Integer, nullable=False, server_default="0"),
    sa.Column("seen", sa.Integer, nullable=False, server_default="0"),
    sa.Column("new", sa.Integer, nullable=False, server_default="0"),
    text("trouble", required=False),
    sa.Column("shape", pg.JSONB),
    sa.UniqueConstraint("source_id", "slot"),
    sa.Index("ix_poll_started_at", "started_at"),
    partial("ix_poll_shape", "source_id", "slot", where="shape IS NOT NULL"),
    comment="One row per slot of a source that was polled, with what came of it.",
)

sighting = sa.Table(
    "sighting",
    metadata,
    sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    at("seen_at", now=True),
    sa.Index("ix_sighting_seen_at", "source_id", "seen_at"),
    comment="A post that a checking route showed and another route has.",
)

route_day = sa.Table(
    "route_day",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), primary_key=True),
    sa.Column("shown", sa.Integer, nullable=False),
    sa.Column("missed", sa.Integer, nullable=False),
    comment="What the routes to the same posts first showed on a day in Korea, and one missed.",
)

backfill = sa.Table(
    "backfill",
    metadata,
    ident(),
    sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
    at("since", required=True),
    # From which time on it tells what it finds, NULL: nobody is told of anything.
    at("told_from"),
    at("asked_at", now=True),
    # The request for the page that is next, NULL: the first.
    sa.Column("request", pg.JSONB),
    # Pages in a row, the last ones, that brought nothing new and nothing older.
    *map(count, ("pages", "seen", "new", "still", "fence", "failures")),
    # Whether it came by something known: what stands above that is for the polls to find.
    sa.Column("met", sa.Boolean, nullable=False, server_default=sa.text("false")),
    at("oldest_at"),
    at("due_at", now=True),
    text("last_error", required=False),
    at("finished_at"),
    text("outcome", required=False),
    partial("uq_backfill_open", "source_id", unique=True, where="finished_at IS NULL"),
    comment="A list that is read back to a day, page by page; open until it is finished.",
)

story = sa.Table(
    "story",
    metadata,
    ident(),
    at("created_at", now=True),
    comment="One event; its articles are copies of each other.",
)

story_key = sa.Table(
    "story_key",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    ref("story_id", "story.id"),
    comment="What makes two articles one story: a canonical address, an identical text.",
)

# Where an article stands in lists: when it was seen or, of what had been out for long by then, when
# it was published; for those who do not see what is held not before its embargo ended. Line by line
# as PostgreSQL itself writes it, by which Alembic compares.
_SEEN = """
CASE
    WHEN baseline OR late THEN \
LEAST(COALESCE(read_published_at, published_at, discovered_at), discovered_at)
    ELSE discovered_at
END"""
_CAME, _PUBLIC = f"({_SEEN})", f"(GREATEST({_SEEN}, embargo_until))"
_JUDGED = "story_id IS NOT NULL"

article = sa.Table(
    "article",
    metadata,
    ident(),
    sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
    text("key"),
    text("url"),
    text("title"),
    text("publisher", required=False),
    at("published_at"),
    text("precision", required=False),
    text("summary"),
    text("text", required=False),
    sa.Column("baseline", sa.Boolean, nullable=False),
    at("discovered_at", now=True),
    # It was out for long before it could be seen: its alerts are paced.
    sa.Column("late", sa.Boolean, nullable=False, server_default=sa.text("false")),
    # collect: the post's own page
    at("collected_at"),
    at("collect_due", now=True),
    count("fence"),
    count("failures"),
    text("last_error", required=False),
    # read
    at("read_at"),
    text("read_title", required=False),
    text("read_text", required=False),
    sa.Column("publishers", pg.ARRAY(sa.Text)),
    text("kind", required=False),
    at("read_published_at"),
    text("read_precision", required=False),
    at("embargo_until"),
    sa.Column("call_end", sa.Date),
    sa.Column("facts", pg.JSONB),
    # triage
    at("triaged_at"),
    count("swept"),
    sa.Column("topics", pg.ARRAY(sa.Text)),
    sa.Column("topical", pg.JSONB),
    ref("story_id", "story.id", required=False),
    # Which article of its story it was joined through, as what, how much is shared, and why. A
    # release keeps NULL when news of it was there first: the news points at the release.
    ref("twin_id", "article.id", required=False, ondelete="SET NULL"),
    text("joined_as", required=False),
    sa.Column("share", sa.Float),
    text("why", required=False),
    # revisit
    at("look_due"),
    count("looks"),
    sa.UniqueConstraint("source_id", "key"),
    # An article is written to every index several times before it is judged: what it does not have
    # until then is left out.
    partial("ix_article_story", "story_id", where=_JUDGED),
    partial("ix_article_twin", "twin_id", where="twin_id IS NOT NULL"),
    sa.Index(
        "ix_article_out_at", sa.text("coalesce(read_published_at, published_at, discovered_at)")
    ),
    partial("ix_article_look_due", "look_due", where="look_due IS NOT NULL"),
    sa.Index("ix_article_discovered_at", "discovered_at"),
    sa.Index("ix_article_came", "source_id", "discovered_at"),
    partial("ix_article_owed", "source_id", "id", where="collected_at IS NULL"),
    partial("ix_article_unfinished", "id", where="triaged_at IS NULL"),
    partial("ix_article_ends", "call_end", where="call_end IS NOT NULL"),
    # See service.store.embargo.
    partial("ix_article_embargo_until", "embargo_until", where="embargo_until IS NOT NULL"),
    # Lists of stories: see service.store.browse.
    partial("ix_article_listed", sa.text(_CAME), "id", where=_JUDGED),
    partial("ix_article_public", sa.text(_PUBLIC), "id", where=_JUDGED),
    partial("ix_article_of_publisher", "publishers", where="publishers IS NOT NULL", using="gin"),
    partial("ix_article_of_topic", "topics", where="topics IS NOT NULL", using="gin"),
    # Calls that name no last day.
    partial(
        "ix_article_undated_call",
        sa.text("coalesce(read_published_at, published_at, discovered_at)"),
        where="call_end IS NULL AND (facts -> 'call' ->> 'is_call') = 'true'",
    ),
    comment="One announcement of one source, whole.",
)

attachment = sa.Table(
    "attachment",
    metadata,
    ident(),
    ref("article_id", "article.id"),
    sa.Column("position", sa.Integer, nullable=False),
    text("name"),
    text("url"),
    # Which document of the article it is, 0 the release itself, and which of its formats; NULL: a
    # file that is not read. Of a document's formats the next is due where the one before failed.
    sa.Column("document", sa.Integer),
    sa.Column("rank", sa.Integer),
    # attach
    at("due_at"),
    count("fence"),
    count("failures"),
    at("settled_at"),
    sa.Column("sha256", sa.LargeBinary),
    sa.Column("size", sa.BigInteger),
    *(text(each, required=False) for each in ("container", "parser", "text", "reason", "detail")),
    sa.Column("tables", sa.Integer),
    sa.UniqueConstraint("article_id", "position"),
    partial("ix_attachment_owed", "due_at", where="settled_at IS NULL AND due_at IS NOT NULL"),
    comment="A file an article came with; of its documents the text, or why there is none.",
)

revision = sa.Table(
    "revision",
    metadata,
    ident(),
    ref("article_id", "article.id"),
    ref("earlier_id", "article.id", required=False, ondelete="SET NULL"),
    at("noticed_at", now=True),
    # What the article said before, where the same page was changed; NULL where another corrects it.
    text("title", required=False),
    text("text", required=False),
    sa.Column("publishers", pg.ARRAY(sa.Text)),
    text("kind", required=False),
    at("published_at"),
    text("precision", required=False),
    sa.Column("facts", pg.JSONB),
    sa.Column("files", pg.JSONB),
    # triage: what changed, in words; NULL until it was judged
    sa.Column("changes", pg.JSONB),
    sa.Index("ix_revision_article_id", "article_id"),
    sa.Index("ix_revision_earlier_id", "earlier_id"),
    comment="A later version of an announcement: its page edited, or another that corrects it.",
)


def _numbers(name: str, comment: str) -> sa.Table:
    """Numbers of articles, found by number and day without reading the table itself."""
    return sa.Table(
        name,
        metadata,
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("article_id", sa.BigInteger, primary_key=True, autoincrement=False),
        comment=comment,
    )


fingerprint = _numbers("fingerprint", "A few numbers of each article, to find its copies by.")
excerpt = _numbers("excerpt", "More numbers of it for a while, to find news that repeats it.")

mention = sa.Table(
    "mention",
    metadata,
    ident(),
    ref("article_id", "article.id"),
    text("series"),
    text("name"),
    sa.Column("round", sa.Integer),
    sa.Column("year", sa.Integer),
    sa.Column("parties", pg.ARRAY(sa.Text), nullable=False),
    sa.Index("ix_mention_article_id", "article_id"),
    sa.Index("ix_mention_series", "series"),
    comment="A programme, council or event that an article names; all its rounds are one series.",
)
