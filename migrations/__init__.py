"""Alembic migrations: additive first, contracting one release later."""
