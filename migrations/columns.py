"""Columns and constraints as many tables have them. What landed migrations made stays as it is."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op


def identity() -> sa.Column[int]:
    """The number of a row, given by the database."""
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def number(name: str) -> sa.Column[int]:
    """A whole number that is always there."""
    return sa.Column(name, sa.BigInteger(), nullable=False)


def count(name: str) -> sa.Column[int]:
    """A whole number that begins with nought."""
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """Text."""
    return sa.Column(name, sa.Text(), nullable=nullable)


def time(name: str) -> sa.Column[datetime]:
    """A point in time, perhaps none yet."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def now(name: str) -> sa.Column[datetime]:
    """A point in time, that of the insertion where none is given."""
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def key(table: str) -> sa.PrimaryKeyConstraint:
    """The primary key of ``table``: its identity."""
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def referring(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    """A row of ``table`` goes where the ``other`` that it names goes."""
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")
