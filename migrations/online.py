"""What a migration does to tables that others write to meanwhile, without keeping them waiting.

Each of these commits what the migration did before it: they come last in a migration, after what is
done only if it is not there yet. Begun again after a crash, each finds its way. Within a
transaction of the caller, who then has the tables alone, all is done in that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

_PART = 5_000  # numbers of rows at a time

Column = str | sa.TextClause


def build_index(
    name: str,
    table: str,
    columns: Sequence[Column],
    *,
    using: str | None = None,
    where: str | None = None,
) -> None:
    """Build an index of a table in use; what a crash left half built is dropped first."""
    condition = None if where is None else sa.text(where)
    with _outside() as alone:
        if not alone:
            op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)
        op.create_index(
            name,
            table,
            [*columns],
            postgresql_using=using,
            postgresql_where=condition,
            postgresql_concurrently=not alone,
        )


def drop_index(name: str, table: str) -> None:
    """Drop an index of a table in use, unless that is done."""
    with _outside() as alone:
        op.drop_index(name, table, postgresql_concurrently=not alone, if_exists=True)


def in_parts(table: str, statement: str) -> None:
    """Run a statement for every row of ``table`` by its number, ``:after`` < number <= ``:until``.

    A part may be run twice: it is to take no harm from that.
    """
    with _outside():
        last = op.get_bind().scalar(sa.text(f"SELECT max(id) FROM {table}"))  # noqa: S608 - ours
        for after in range(0, last or 0, _PART):
            values = {"after": after, "until": after + _PART}
            op.get_bind().execute(sa.text(statement), values)


@contextmanager
def _outside() -> Iterator[bool]:
    """Each statement a transaction of its own; yields whether the caller's is kept instead."""
    context = op.get_context()
    if context.config is not None and context.config.attributes["in_transaction"]:
        yield True
        return
    with context.autocommit_block():
        # To build waits for every transaction that is older; nobody waits for it meanwhile.
        op.execute("SET lock_timeout = 0")
        yield False
        op.execute("SET lock_timeout = '400ms'")
