"""Runs migrations on the connection handed over by service.store.migrate."""

from __future__ import annotations

from alembic import context

from service.store.tables import metadata


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """PgQueuer keeps its own tables current by itself."""
    return not (kind == "table" and (name or "").startswith("pgqueuer"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=_ours,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
