"""The database's server as the house sees it: its address, and how its absence shows."""

from __future__ import annotations

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

AWAY = (OSError, SQLAlchemyError)
"""What a unit of work raises where the database is away or not ready."""


def plain(url: str) -> str:
    """The address of ``postgresql+asyncpg://…`` as asyncpg itself reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def shown(url: str) -> str:
    """The address with its password masked, for a person's eye."""
    return make_url(url).render_as_string()
