"""Figures that are kept by the day, since to count a million releases takes too long for a page."""

import sqlalchemy as sa

from service.store.tables.columns import at, metadata, partial

tally = sa.Table(
    "tally",
    metadata,
    # releases · covered: that had news · hour: at which they came out, step 0..23 in Korea ·
    # lead: until their first news, step as service.store.tallies.EDGES has it
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    # Of a publisher, of a topic; '': of all.
    sa.Column("publisher", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("step", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("count", sa.Integer, nullable=False),
    comment="How many releases came out on a day: whose, about what, when, how covered.",
)

tallied = sa.Table(
    "tallied",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    # Something of that day turned up, so that its figures are owed again.
    at("owed_at", now=True),
    at("made_at"),
    partial("ix_tallied_owed", "day", where="made_at IS NULL OR made_at < owed_at"),
    comment="Days whose figures are made, or are to be made again.",
)
