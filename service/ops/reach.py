"""Waiting for a database: said clearly, tried again with back-off, given up in the end."""

from __future__ import annotations

import asyncio

import asyncpg
import structlog

from service.errors import UserError
from service.store import server

log = structlog.get_logger()

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_OLDEST, _NEWEST = 14, 18


async def reachable(url: str, *, patience: float = 300.0, writes: bool = False) -> int:
    """Return the major version of the server at ``url`` as soon as it answers.

    ``writes``: as soon as it can be written, too.

    It is tried again with doubling waits for ``patience`` seconds. Raises UserError when
    that has passed, or at once where waiting cannot help (a wrong password, no such database, a
    server that is too old).
    """
    shown, plain = server.shown(url), server.plain(url)
    waited, wait = 0.0, _FIRST_WAIT
    while True:
        try:
            connection = await asyncpg.connect(plain, timeout=10)
            if writes and await connection.fetchval("SHOW transaction_read_only") == "on":
                connection.terminate()
                raise asyncpg.ReadOnlySQLTransactionError("it can only be read")
        except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError,
                asyncpg.ClientConfigurationError) as error:  # fmt: skip
            raise UserError(_text(shown, error)) from error
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if waited >= patience:
                raise UserError(_text(shown, error)) from error
            log.warning("database.unreachable", database=shown, why=str(error), again_in=wait)
            await asyncio.sleep(wait)
            waited, wait = waited + wait, min(wait * 2, _LONGEST_WAIT)
        else:
            version: int = connection.get_server_version().major
            await connection.close()
            if version < _OLDEST:
                old = f"PostgreSQL {version}; {_OLDEST}–{_NEWEST} is needed"
                raise UserError(_text(shown, RuntimeError(old)))
            return version


def _text(shown: str, error: Exception) -> str:
    return f"데이터베이스에 닿을 수 없습니다 (cannot reach the database): {shown}: {error}"
