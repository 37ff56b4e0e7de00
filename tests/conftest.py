"""One PostgreSQL for the whole run, and an empty database for every test that asks."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
import structlog
from sqlalchemy.engine import make_url

from service.ops.embedded import Server, running
from service.store.database import Database
from service.work import connect
from tests.emptied import Kept
from tests.faults.plugin import (
    measured,
    pytest_addoption,
    pytest_configure,
    pytest_itemcollected,
    scale,
)

__all__ = [  # pytest looks for them here
    "measured",
    "pytest_addoption",
    "pytest_configure",
    "pytest_itemcollected",
    "scale",
]

HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is slow begins first: else one process waits at the end for the other's long test."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def log_plainly() -> None:
    """A bug is logged as the service does it: with all the values it met that takes seconds."""
    logging_as_before()


def logging_as_before() -> None:
    """Undo what a command did to the log: it points at a stream that is gone."""
    structlog.reset_defaults()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False),
        ]
    )


def address(server: Server, database: str) -> str:
    """Return the SQLAlchemy address of another database on the same server."""
    return make_url(server.url).set(database=database).render_as_string(hide_password=False)


async def execute(server: Server, statement: str) -> None:
    """Run one administrative statement outside any transaction."""
    url = make_url(address(server, "postgres")).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def throwaway(stem: str) -> str:
    """Return a name nobody has, in the form that ``disposable`` may drop."""
    return f"{stem}_{secrets.token_hex(6)}_test"


@asynccontextmanager
async def disposable(server: Server, name: str, template: str = "template1") -> AsyncIterator[str]:
    """Create a database, yield its address, drop it; refuse a name not ending in ``_test``."""
    url = await copied(server, name, template)
    try:
        yield url
    finally:
        await dropped(server, url)


async def copied(server: Server, name: str, template: str) -> str:
    """Create a database of that name and return its address."""
    if not name.endswith("_test"):
        raise ValueError(f"{name}: only databases named *_test are made and dropped here")
    await execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return address(server, name)


async def dropped(server: Server, url: str) -> None:
    """Drop a database that ``copied`` made, whoever is connected to it."""
    await execute(server, f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')


@pytest.fixture
def reachable_dir() -> Iterator[Path]:
    """A temporary directory that other accounts may pass: as root the server is ``nobody``."""
    with tempfile.TemporaryDirectory(prefix="pabal-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server of this run. Its watcher is a thread, so no loop has to run between tests."""
    with tempfile.TemporaryDirectory(prefix="pabal-") as made, asyncio.Runner() as runner:
        Path(made).chmod(0o755)
        server = running(Path(made) / "data", options=HASTY)
        yield runner.run(server.__aenter__())
        runner.run(server.__aexit__(None, None, None))


@pytest.fixture
async def database_url(postgres: Server) -> AsyncIterator[str]:
    """The address of a fresh, empty database."""
    async with disposable(postgres, throwaway("pabal")) as url:
        yield url


@pytest.fixture(scope="session")
def template(postgres: Server) -> Iterator[str]:
    """The name of a migrated database that is only ever copied."""
    from service.store.migrate import migrate  # noqa: PLC0415 - only who asks for it needs it

    name = throwaway("pabal_template")
    with asyncio.Runner() as runner:
        made = disposable(postgres, name)
        runner.run(migrate(runner.run(made.__aenter__())))
        yield name
        runner.run(made.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def kept_database(postgres: Server, template: str) -> Iterator[tuple[Kept, asyncio.Runner]]:
    """The migrated database that the tests of this process have one after another.

    With the loop that its connection lives in, which runs between the tests.
    """
    made = Kept(
        lambda: copied(postgres, throwaway("pabal"), template), lambda url: dropped(postgres, url)
    )
    with asyncio.Runner() as runner:
        yield made, runner
        runner.run(made.drop())


@pytest.fixture
def migrated_url(kept_database: tuple[Kept, asyncio.Runner]) -> Iterator[str]:
    """The address of a database with the current schema, as if it were just made."""
    kept, runner = kept_database
    yield runner.run(kept.ready())
    runner.run(kept.empty())


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """The store's way to that database."""
    made = Database(migrated_url)
    yield made
    await made.close()


@pytest.fixture
async def sql(migrated_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A plain connection, autocommitting: what an operator would see and change."""
    connection = await connect(migrated_url)
    yield connection
    await connection.close()
