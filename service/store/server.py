"""The database's server as the house sees it: its address, and how its absence shows."""

from __future__ import annotations

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# What the driver itself raises where a connection was ended under it.
_CUT = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)

AWAY = (OSError, SQLAlchemyError, asyncpg.PostgresError, *_CUT)
"""What a unit of work raises where the database is away or not ready."""


# Connection lost, too many or a full disk, stopped by an operator, read-only, and tables that are
# not there yet.
_STATES = ("08", "53", "57P", "25006", "42P01")


def is_away(error: BaseException) -> bool:
    """Whether an error of AWAY is the database's absence, and no bug in what it was asked."""
    if isinstance(error, (OSError, PoolTimeout, InterfaceError, *_CUT)):
        return True
    said = error.orig if isinstance(error, DBAPIError) else error  # else as the driver raised it
    if (getattr(said, "sqlstate", None) or "").startswith(_STATES):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or isinstance(getattr(said, "__cause__", None), _CUT)


def is_cut(error: BaseException) -> bool:
    """Whether the database was lost under a unit of work that talks to others as well.

    An error of the operating system is not taken for that, unless it names a connection.
    """
    return is_away(error) and (not isinstance(error, OSError) or isinstance(error, ConnectionError))


def plain(url: str) -> str:
    """The address of ``postgresql+asyncpg://…`` as asyncpg itself reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def shown(url: str) -> str:
    """The address with its password masked, for a person's eye."""
    return make_url(url).render_as_string()
