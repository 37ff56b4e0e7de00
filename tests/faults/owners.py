"""An embedded PostgreSQL as its owners see it: its answers, its process, its files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from service.ops.embedded import Server

HASTY = {"fsync": "off"}
ROOT = os.geteuid() == 0
PATIENCE = 20.0


async def connect(server: Server) -> asyncpg.Connection[asyncpg.Record]:
    url = make_url(server.url).set(drivername="postgresql")
    return await asyncpg.connect(url.render_as_string())


async def ask(server: Server, question: str) -> Any:
    connection = await connect(server)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def server_pid(server: Server) -> int:
    pid = server.pid
    assert pid is not None
    return pid


def names(directory: Path) -> set[str]:
    return {found.name for found in directory.iterdir()}


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - another process sends us no event
            await asyncio.sleep(0.01)
