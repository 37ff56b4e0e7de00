"""A quarter of a year in minutes: ``make quarter``, ``ARGS="--days 14 --persons 20"``.

The service's own owing, digests, reminders and delivering work on a real PostgreSQL whose ``now()``
is simulated, through Chuseok, corrections that move deadlines, snoozes, pauses and expiries, a
clock that jumps, and three restarts at digest time. An oracle that shares no code with the service
says what everybody is to be told and when. It ends with 1 where anything differs.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from service.ops.embedded import running
from service.store.migrate import migrate
from tests.quarter.drive import Driver
from tests.quarter.oracle import Oracle
from tests.quarter.score import Score
from tests.quarter.world import BEGIN, World, world
from tests.rhythm import clock as clocks

_HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def main() -> int:
    """Run it; 0 where everything came as the oracle says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--days", type=int, default=92)
    parser.add_argument("--persons", type=int, default=200)
    parser.add_argument(
        "--tick", type=int, default=15, help="minutes of simulated time; divides 30"
    )
    parser.add_argument("--seed", type=int, default=6)
    args = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    gc.set_threshold(100_000, 50, 50)
    made = world(args.days, args.persons, args.seed, timedelta(minutes=args.tick))
    with tempfile.TemporaryDirectory(prefix="pabal-") as folder:
        Path(folder).chmod(0o755)  # as root the server is somebody else
        began = time.monotonic()
        score = asyncio.run(_run(made, Path(folder), args.seed))
    sys.stdout.write(f"{args.days} days, {args.persons} subscribers, seed {args.seed}\n")
    sys.stdout.write("".join(f"{line}\n" for line in score.lines))
    sys.stdout.write(f"in {time.monotonic() - began:.0f} s\n")
    return 1 if score.wrong else 0


async def _run(made: World, folder: Path, seed: int) -> Score:
    async with running(folder / "data", options=_HASTY) as server:
        return await lived(made, server.url, seed, told=_tell)


async def lived(
    made: World, url: str, seed: int, told: Callable[[datetime], None] = lambda _: None
) -> Score:
    """Live through it on the empty database at ``url``; what came of it."""
    clock = await clocks.install(url, BEGIN)
    try:
        await migrate(url)
        driver = Driver(url, clock, seed)
        await driver.live(made, told)
    finally:
        await clock.connection.close()
    return Score(made, Oracle(made).expected, driver.mailbox.got, driver.restarts)


def _tell(now: datetime) -> None:
    sys.stderr.write(f"\r{now:%F}")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
