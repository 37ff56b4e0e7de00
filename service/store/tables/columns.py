"""The kinds of columns, and of indexes, that tables are made of."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def ident() -> sa.Column[int]:
    """The id of a row."""
    return sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True)


def at(name: str, *, required: bool = False, now: bool = False) -> sa.Column[object]:
    """A time with its zone, NULL unless it is ``required`` or made ``now``."""
    default = sa.func.now() if now else None
    return sa.Column(
        name, sa.DateTime(timezone=True), nullable=not (required or now), server_default=default
    )


def count(name: str) -> sa.Column[int]:
    """A count that begins at 0."""
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def text(name: str, *, required: bool = True) -> sa.Column[str]:
    """A text."""
    return sa.Column(name, sa.Text, nullable=not required)


def ref(
    name: str, target: str, *, required: bool = True, ondelete: str = "CASCADE"
) -> sa.Column[int]:
    """The id of a row of ``target``, which takes this one with it unless ``ondelete`` says else."""
    return sa.Column(
        name, sa.BigInteger, sa.ForeignKey(target, ondelete=ondelete), nullable=not required
    )


def partial(
    name: str,
    *columns: str | sa.TextClause,
    where: str,
    unique: bool = False,
    using: str | None = None,
) -> sa.Index:
    """An index of those rows of which ``where`` holds."""
    condition = sa.text(where)
    return sa.Index(
        name, *columns, unique=unique, postgresql_where=condition, postgresql_using=using
    )
