"""The commands as an operator meets them: the replica, a database of their own.

What stays is a real process; what ends by itself runs in ours, where it is loaded.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import asyncpg
import httpx
import pytest
import sqlalchemy as sa

from service.demo.process import descendants
from service.demo.run import SOURCES_OF_SITE
from service.demo.sink import Sink
from service.demo.world import Release, World
from service.store.database import Database
from service.store.overview import Overview
from tests.commands import AwaitedPabal, run
from tests.conftest import logging_as_before

Launch = Callable[..., Awaitable[Process]]
Subscribe = Callable[..., Awaitable[None]]

PATIENCE = 60.0
STOPPING = 15.0


@pytest.fixture
def common(replica: str) -> dict[str, str]:
    """The settings of every command."""
    return {
        "PABAL_REPLICA_URL": replica,
        "PABAL_PRIVATE_ADDRESSES": "true",
        "PABAL_PORT": "0",
        "PABAL_LOG": "json",
        "PABAL_DATA": "/dev/null/no-database-here",
    }


@pytest.fixture
async def launch(common: dict[str, str]) -> AsyncIterator[Launch]:
    """``await launch("up", PABAL_…=…)``: the command under way; what still runs is killed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PABAL_")}
    async with AsyncExitStack() as stack:

        async def launch(*arguments: str, **settings: str) -> Process:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "service", *arguments,
                env=clean | common | settings, stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
            )  # fmt: skip
            stack.callback(_kill, process)
            return process

        yield launch


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


@pytest.fixture
def ask(common: dict[str, str]) -> Iterator[AwaitedPabal]:
    """``await ask("doctor")``: a command that ends by itself."""

    async def ask(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(run, *arguments, **(common | settings))

    yield ask
    logging_as_before()


async def refused(process: Process) -> str:
    """What a process says that ends because its call is wrong."""
    _, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 2
    assert b"Traceback" not in err
    return err.decode()


async def said(process: Process, what: bytes) -> re.Match[bytes]:
    """Read its standard error up to a line that holds ``what``."""
    assert process.stderr is not None
    seen = b""
    async with asyncio.timeout(PATIENCE):
        while line := await process.stderr.readline():
            seen += line
            if found := re.search(what, line):
                return found
    raise AssertionError(f"it ended without saying {what!r}\n{seen.decode()}")


async def stopped(process: Process, by: signal.Signals) -> str:
    """Ask it to stop; it ends well, soon, and leaves no process behind. Returns its last words."""
    family = descendants(process.pid)
    process.send_signal(by)
    _, err = await asyncio.wait_for(process.communicate(), STOPPING)
    assert process.returncode == 0, err.decode()
    async with asyncio.timeout(5):  # what watches a pipe of its parent goes a moment after it
        while any(map(alive, family)):  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.05)
    return err.decode()


def alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def release(number: int, title: str) -> Release:
    return Release(900_000_000 + number, "관세청", title, f"{title} 본문", datetime.now(UTC))


@pytest.mark.slow
async def test_up_runs_on_its_own_database_and_ends_with_all_that_it_started(
    launch: Launch, ask: AwaitedPabal, reachable_dir: Path
) -> None:
    home = {"PABAL_DATA": str(reachable_dir / "data")}
    subscribed = await ask("subscribe", "나", "--rule", "수출", **home)  # nothing runs yet
    assert subscribed.returncode == 0
    assert "아직 어림할 수 없습니다" in subscribed.stdout
    assert "나: 규칙 1개 → console -\n" in subscribed.stdout

    up = await launch("up", PABAL_SOURCES="yna", **home)
    page = (await said(up, rb"page: (http://\S+)")).group(1).decode()
    async with httpx.AsyncClient(base_url=page) as client:
        assert (await client.get("/readyz")).status_code == 200
        front, coverage = await client.get("/"), await client.get("/coverage")
    assert (front.status_code, coverage.status_code) == (200, 200)
    assert "yna" in coverage.text
    listed = await ask("subscriptions", **home)
    assert (listed.returncode, listed.stdout.splitlines()[0]) == (0, "나: 수출 → console -")
    assert (await ask("unsubscribe", "나", **home)).returncode == 0
    assert len(descendants(up.pid)) > 2  # the analyser, PostgreSQL and its helpers

    assert "Pabal has stopped" in await stopped(up, signal.SIGTERM)
    listed = await ask("subscriptions", **home)
    assert (listed.returncode, listed.stdout) == (0, "")


async def test_up_ends_in_order_by_ctrl_c(launch: Launch, migrated_url: str) -> None:
    up = await launch("up", PABAL_DATABASE_URL=migrated_url, PABAL_SOURCES="yna")
    await said(up, rb"page: ")
    assert "파발을 마쳤습니다" in await stopped(up, signal.SIGINT)


@pytest.mark.parametrize("wait", [0.0, 1.0, 2.0])
async def test_up_can_be_stopped_while_it_is_getting_ready(
    launch: Launch, reachable_dir: Path, wait: float
) -> None:
    up = await launch("up", PABAL_DATA=str(reachable_dir / "data"))
    await said(up, "준비합니다".encode())
    await asyncio.sleep(wait)  # wherever it is then: unpacking, starting PostgreSQL, migrating …
    await stopped(up, signal.SIGTERM)


async def test_up_waits_for_a_database_that_is_away_with_back_off(launch: Launch) -> None:
    up = await launch("up", PABAL_DATABASE_URL="postgresql://x:geheim@127.0.0.1:1/x")
    lines = [(await said(up, rb"database\.unreachable")).string.decode() for _ in range(3)]
    assert [json.loads(line)["again_in"] for line in lines] == [0.5, 1.0, 2.0]
    assert all("127.0.0.1:1/x" in line and "geheim" not in line for line in lines)
    await stopped(up, signal.SIGTERM)


async def test_up_waits_for_a_database_that_can_only_be_read(
    launch: Launch, migrated_url: str, sql: asyncpg.Connection
) -> None:
    name = await sql.fetchval("SELECT current_database()")
    await sql.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    try:
        up = await launch("up", PABAL_DATABASE_URL=migrated_url, PABAL_SOURCES="yna")
        await said(up, rb"it can only be read.*database\.unreachable")
    finally:
        await sql.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    await said(up, rb"page: http://")
    await stopped(up, signal.SIGTERM)


async def test_a_port_that_is_taken_is_refused_by_its_setting(
    launch: Launch, migrated_url: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        up = await launch("up", PABAL_DATABASE_URL=migrated_url, PABAL_PORT=port)
        err = await refused(up)
    assert re.search(rf"^pabal: 설정 PABAL_PORT: 127\.0\.0\.1:{port}: ", err, re.MULTILINE)


async def test_a_source_that_nobody_declared_is_refused_at_start(
    launch: Launch, migrated_url: str
) -> None:
    up = await launch("up", PABAL_DATABASE_URL=migrated_url, PABAL_SOURCES="yna,nope")
    assert (await refused(up)).splitlines()[-1].startswith("pabal: 설정 PABAL_SOURCES: nope")


async def files_owed(database: Database) -> bool:
    owed = "SELECT 1 FROM attachment WHERE settled_at IS NULL AND due_at IS NOT NULL LIMIT 1"
    async with database.transaction() as tx:
        return (await tx.execute(sa.text(owed))).one_or_none() is not None


@pytest.mark.slow
async def test_the_steps_done_one_by_one_bring_one_alert(
    ask: AwaitedPabal,
    migrated_url: str,
    database: Database,
    world: World,
    sink: Sink,
    subscribe: Subscribe,
) -> None:
    await subscribe("나", "연어양식")
    overview = Overview(database)

    async def once(step: str) -> dict[str, int]:
        done = await ask(
            "once", step, PABAL_DATABASE_URL=migrated_url, PABAL_SOURCES="korea_kr",
            PABAL_PACE="10000",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return dict(await overview.counts())

    before = await once("poll")
    world.publish(release(1, "연어양식 수출 첫 계약"), time.time())
    world.publish(release(2, "감귤 출하 시작"), time.time())
    polled = await once("poll")
    assert polled["articles"] == polled["to_collect"] == before["articles"] + 2
    collected = await once("collect")
    assert (collected["to_collect"], collected["to_judge"]) == (0, polled["articles"])
    while await files_owed(database):  # what failed once is put off, and put off is left
        await once("attach")
    assert (await once("read"))["to_judge"] == polled["articles"]
    triaged = await once("triage")
    assert (triaged["to_judge"], triaged["to_send"]) == (0, 1)
    assert sink.receipts == []
    delivered = await once("deliver")
    assert (delivered["to_send"], delivered["sent"]) == (0, 1)
    (receipt,) = sink.receipts
    assert receipt.valid
    assert receipt.payload["data"]["title"] == "연어양식 수출 첫 계약"


async def test_sources_are_read_live(ask: AwaitedPabal) -> None:
    answered = list(chain.from_iterable(SOURCES_OF_SITE.values()))
    checked = await ask("sources", "check", *answered, PABAL_PACE="10000")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert [line[:2] for line in checked.stdout.splitlines()] == ["✓ "] * len(answered)
    assert "본문 / body" in checked.stdout


async def test_a_source_that_cannot_be_read_is_told_with_its_cause(ask: AwaitedPabal) -> None:
    away = "http://127.0.0.1:1"
    checked = await ask("sources", "check", "yna", "mk", PABAL_REPLICA_URL=away)
    assert checked.returncode == 1
    assert [line.split(":")[0] for line in checked.stdout.splitlines()] == ["✗ yna", "✗ mk"]
    assert "https://" in checked.stdout


@pytest.mark.parametrize(
    ("host", "link"),
    [("0.0.0.0", "http://127.0.0.1:8080/sign-in/"), ("::1", "http://[::1]:8080/sign-in/")],
)
async def test_a_link_to_sign_in_leads_to_the_page_wherever_it_listens(
    ask: AwaitedPabal, migrated_url: str, host: str, link: str
) -> None:
    settings = {"PABAL_DATABASE_URL": migrated_url, "PABAL_HOST": host, "PABAL_PORT": "8080"}
    printed = await ask("sign-in", "reader@a.example", **settings)
    assert printed.returncode == 0
    assert printed.stdout.startswith(link)


async def test_no_link_to_sign_in_leads_to_a_port_that_nobody_knows(
    ask: AwaitedPabal, migrated_url: str
) -> None:
    settings = {"PABAL_DATABASE_URL": migrated_url, "PABAL_PORT": "0"}
    unsaid = await ask("sign-in", "reader@a.example", **settings)
    assert (unsaid.returncode, unsaid.stdout) == (2, "")
    assert "pabal: 설정 PABAL_URL" in unsaid.stderr

    settings["PABAL_URL"] = "http://127.0.0.1:41234"
    printed = await ask("sign-in", "reader@a.example", **settings)
    assert printed.stdout.startswith("http://127.0.0.1:41234/sign-in/")
