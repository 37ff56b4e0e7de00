"""schemathesis against the API over a migrated database with rows: ``make api``.

Every check, every route, with a key that may do everything: what the OpenAPI allows, what it
forbids, and chains of requests. Exit code 1 where anything failed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import schemathesis
import sqlalchemy as sa
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

sys.path.insert(0, str(Path(__file__).parents[3]))  # run as a script, from wherever

from fastapi import FastAPI

from notifier import registry
from notifier.model import ChannelOptions
from service.judging.fields import Values
from service.links import Signer
from service.ops.embedded import running
from service.preview import Tools
from service.reading.publishers import Registry
from service.search import Search
from service.store import tables
from service.store.database import Database
from service.store.keys import Keys
from service.store.migrate import migrate
from service.store.search import Searching
from service.web.api.app import PATH, build_api, mount
from service.web.api.backing import Backing
from service.web.api.cursors import Cursors
from service.web.api.gate import Allowance, Buckets, Gate
from service.web.means import Means
from service.web.serve import serving
from tests.faults import record

_ROWS = 40
# Of a cursor, a ministry, a rule or a cadence the schema cannot say all that it has to be.
_REFUSABLE = ["2xx", "3xx", "400", "401", "403", "404", "409", "422", "429", "501"]


@dataclass
class Report:
    """What came of it: requests by phase, answers by status, failures in words."""

    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def failed_here(self) -> int:
        """Answers of 500 and above, but for what is not installed."""
        return sum(times for code, times in self.statuses.items() if code >= 500 and code != 501)


class Patient(Buckets):
    """Limits have tests of their own: here everybody may ask as often as they like."""

    def take(self, who: str, per_minute: int) -> Allowance:  # noqa: ARG002 - whoever it is
        return Allowance(per_minute, per_minute, 0, 0)


@asynccontextmanager
async def served(url: str) -> AsyncIterator[tuple[str, str]]:
    """The API over the database at ``url``, with rows: its address, and a key for everything."""
    database = Database(url, size=5)
    key = await _filled(database)
    app = FastAPI(openapi_url=None)
    api = build_api(_backing(database))
    api.state.gate = Gate(Keys(database), Patient(), anonymous=True)
    mount(app, api)
    try:
        async with serving(app, "127.0.0.1", 0) as address:
            yield f"{address}{PATH}", key
    finally:
        await database.close()


def checked(address: str, key: str, *, examples: int, seed: int, phases: list[str]) -> Report:
    """Ask all that there is to ask. ``examples``: of each route, in the phase that is at random."""
    auth = {"openapi": {"key": {"bearer": key}}}
    said: dict[str, Any] = {
        "seed": seed,
        "auth": auth,
        "generation": {"max-examples": examples, "no-shrink": True, "database": "none"},
        "checks": {"positive_data_acceptance": {"expected-statuses": _REFUSABLE}},
        "phases": {
            each: {"enabled": each in phases}
            for each in ("examples", "coverage", "fuzzing", "stateful")
        },
    }
    config = SchemathesisConfig.from_dict(said)
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json", config=config)
    report = Report()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            report.failures[f"error {event}"] = str(event.info if hasattr(event, "info") else event)
        if isinstance(event, events.ScenarioFinished):
            _note(report, event)
    return report


def _note(report: Report, event: events.ScenarioFinished) -> None:
    seen = event.recorder
    report.cases[event.phase.value] += len(seen.interactions)
    for each in seen.interactions.values():
        if each.response is not None:
            report.statuses[each.response.status_code] += 1
    for number, found in seen.checks.items():
        for check in found:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                curl = seen.cases[number].value.as_curl_command()
                report.failures.setdefault(
                    f"{check.name} {event.label}", f"{failure.title}: {failure.message}\n{curl}"
                )


async def _filled(database: Database) -> str:
    out = datetime.now(UTC) - timedelta(days=9)
    async with database.transaction() as tx:
        await tx.execute(sa.insert(tables.source).values(id="a"))
        made = await tx.execute(
            sa.insert(tables.account)
            .values(address="fuzz@x.example", role="operator")
            .returning(tables.account.c.id)
        )
        account = int(made.scalar_one())
        for number in range(_ROWS):
            story = await tx.execute(
                sa.insert(tables.story).values(created_at=out).returning(tables.story.c.id)
            )
            row = _article(number, out + timedelta(hours=number))
            await tx.execute(sa.insert(tables.article).values(story_id=story.scalar_one(), **row))
    return await Keys(database).make(account, "시험", ["read", "alerts", "operate"])


def _article(number: int, out: datetime) -> dict[str, Any]:
    call = number % 4 == 0
    return {
        "source_id": "a",
        "key": f"k{number}",
        "url": f"https://a.example/{number}",
        "title": f"수출 바우처 {number}",
        "read_title": f"수출 바우처 {number}",
        "read_text": f"중소기업의 수출을 돕는 사업을 {number}월에 시작한다.\n둘째 줄",
        "summary": "",
        "baseline": False,
        "collected_at": out,
        "read_at": out,
        "triaged_at": out,
        "discovered_at": out,
        "read_published_at": out,
        "read_precision": "minute",
        "kind": "notice" if call else "release",
        "publishers": ["mss", "motir"][: 1 + number % 2],
        "topics": ["export"],
        "call_end": datetime(2099, 1, 1, tzinfo=UTC).date() if call else None,
        "facts": {"call": {"is_call": call}},
    }


async def _no_morphemes(windows: Any) -> Any:
    return dict.fromkeys(windows, ())


def _backing(database: Database) -> Backing:
    registered = Registry.load()
    tools = Tools(_no_morphemes, registered, {})
    known = {name: registry.traits(name) for name in ("webhook", "feed", "console")}
    options = ChannelOptions(private_addresses=True)
    ways = {name: registry.open_channel(name, options) for name in known}
    means = Means(Values(registered), ways, known, tools)
    cursors = Cursors(Signer(b"a secret of this test, 32 or more"))
    return Backing(database, means, Search(Searching(database), tools), cursors)


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """As ``served``, over a database of its own in ``folder``."""
    async with running(folder / "data") as server:
        await migrate(server.url)
        async with served(server.url) as both:
            yield both


async def _long(folder: Path, examples: int, seed: int, most: int) -> Report:
    async with house(folder) as (address, key):
        every = Report()
        for turn in range(100):
            phases = ["examples", "coverage", "fuzzing", "stateful"] if not turn else ["fuzzing"]
            found = await asyncio.to_thread(
                checked, address, key, examples=examples, seed=seed + turn, phases=phases
            )
            every.cases += found.cases
            every.statuses += found.statuses
            every.failures |= found.failures
            if every.cases.total() >= most:
                break
        return every


def main() -> None:
    """Run it for at least so many requests and say what came of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=10_000)
    options.add_argument("--examples", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pabal-") as made:
        Path(made).chmod(0o755)  # as root the server is nobody
        report = asyncio.run(_long(Path(made), chosen.examples, chosen.seed, chosen.cases))
    for name, why in report.failures.items():
        print(f"{name}\n  {why}\n")  # noqa: T201
    print(f"requests: {report.cases.total():,} {dict(report.cases)}")  # noqa: T201
    print(f"answers: {dict(sorted(report.statuses.items()))}")  # noqa: T201
    print(f"failures of ours (5xx): {report.failed_here}")  # noqa: T201
    print(f"checks that failed: {len(report.failures)}")  # noqa: T201
    figures = {"requests": report.cases.total(), "errors": report.failed_here}
    record.script(21, __file__, figures, good=not report.failures, since=began)
    sys.exit(bool(report.failures))


if __name__ == "__main__":
    main()
