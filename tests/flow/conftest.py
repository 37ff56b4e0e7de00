"""A page in, one message out: what the flow tests share."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest

from notifier.channels.webhook import new_secret
from service import app
from service.config import Settings
from service.demo import invent
from service.demo.process import ServiceProcess
from service.demo.run import SOURCES_OF_SITE
from service.demo.server import HOST
from service.judging import rules
from service.store.database import Database
from service.store.subscriptions import Embargoed, Endpoint, Subscriptions
from service.web.serve import serving
from tests.commands import AwaitedPabal, run
from tests.conftest import logging_as_before
from tests.replica import Moody, Restless, Watched

Until = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]
Subscribe = Callable[..., Awaitable[None]]
Start = Callable[[Mapping[str, str]], Awaitable[ServiceProcess]]

_PATIENCE = 60.0


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url, size=5)
    yield made
    await made.close()


@pytest.fixture
def secret() -> str:
    return new_secret()


@pytest.fixture
def sink(secret: str) -> Moody:
    """The receiver of webhooks, part of the replica at ``/sink/…``."""
    return Moody(secret)


@pytest.fixture
def world() -> Restless:
    """Every site of the replica with a little history on it."""
    made = Restless()
    for release in invent.history(datetime.now(UTC)):
        made.publish(release, time.time())
    return made


@pytest.fixture
def pabal(migrated_url: str) -> Iterator[AwaitedPabal]:
    """``await pabal("wake", "나", PABAL_URL=…)``: the command in a thread, with its own loop."""
    settings = {"PABAL_DATABASE_URL": migrated_url, "PABAL_PRIVATE_ADDRESSES": "true"}

    async def pabal(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(run, *arguments, **(settings | more))

    yield pabal
    logging_as_before()


@pytest.fixture
def watched(world: Restless, sink: Moody) -> Watched:
    """The replica, and what it was asked for."""
    return Watched(world, sink)


@pytest.fixture
async def replica(watched: Watched) -> AsyncIterator[str]:
    """The address of the replica."""
    async with serving(watched, HOST, 0) as base:
        yield base


@pytest.fixture
def subscribe(database: Database, replica: str, secret: str) -> Subscribe:
    """``await subscribe("이름", "수출")``: alerts to the sink, or to ``channel=``, ``address=``."""

    async def subscribe(
        name: str,
        rule: str,
        *,
        channel: str = "webhook",
        address: str | None = None,
        embargoed: Embargoed = "wait",
    ) -> None:
        written = [(rule, rules.canonical(rules.parse(rule)))]
        to = address or f"{replica}/sink/{name}"
        await Subscriptions(database).subscribe(
            name, written, Endpoint(channel, to, secret, agreed=True), embargoed=embargoed
        )

    return subscribe


@asynccontextmanager
async def running(settings: Settings, url: str, roles: Sequence[app.Role]) -> AsyncIterator[None]:
    """These roles of the service in this process, once they are ready."""
    stop, ready = asyncio.Event(), asyncio.Event()
    going = asyncio.create_task(app.run(settings, url, roles, stop, ready=lambda _: ready.set()))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({going, waiting}, return_when=asyncio.FIRST_COMPLETED)
    assert ready.is_set(), going
    yield
    stop.set()
    await going


@pytest.fixture
async def service(migrated_url: str, replica: str) -> AsyncIterator[None]:
    """Every role of the service in this process, as ``pabal up`` runs it."""
    settings = Settings(
        replica_url=replica,
        sources=("korea_kr", "mss_press"),
        pace=600,
        look_again="",
        private_addresses=True,
        port=0,
    )
    async with running(settings, migrated_url, app.ROLES):
        yield


@pytest.fixture
def until() -> Until:
    """``await until(condition)``: looks again and again, for a minute at most."""

    async def until(condition: Callable[[], Awaitable[bool]]) -> None:
        end = time.monotonic() + _PATIENCE
        while not await condition():  # the rows have no event to wait for
            assert time.monotonic() < end, "it never came to that"
            await asyncio.sleep(0.1)

    return until


@pytest.fixture
async def start(migrated_url: str, replica: str, tmp_path: Path) -> AsyncIterator[Start]:
    """``await start({"PABAL_PACE": "60"})``: one more ``pabal up`` on the database of the test."""
    async with AsyncExitStack() as stack:
        logs = (tmp_path / f"service-{number}.log" for number in range(1, 9))

        async def start(more: Mapping[str, str]) -> ServiceProcess:
            environment = {k: v for k, v in os.environ.items() if not k.startswith("PABAL_")}
            environment |= {
                "PABAL_DATABASE_URL": migrated_url,
                "PABAL_REPLICA_URL": replica,
                "PABAL_SOURCES": ",".join(chain.from_iterable(SOURCES_OF_SITE.values())),
                "PABAL_PRIVATE_ADDRESSES": "true",
                "PABAL_LOOK_AGAIN": "",
                "PABAL_PORT": "0",
                "PABAL_LOG": "json",
            }
            service = ServiceProcess(environment | dict(more), next(logs))
            stack.push_async_callback(service.stop)
            await service.start()
            return service

        yield start
