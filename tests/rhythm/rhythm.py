"""A month of every declared source in minutes: ``make rhythm``, ``ARGS="--days 8"``.

All declared sources are served by a replica made from their fixtures, by a weekly rhythm, through
Chuseok and through a script of mishaps. The real steps work on a real PostgreSQL whose ``now()``
is simulated. It ends with 1 where a mishap is not named right in time, where there is a false
alarm, where a post is lost, where alerts come in a storm or a host is asked more than it allows.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from scrapers import registry
from scrapers.dates import SEOUL
from scrapers.model import Source
from service.judging import rules
from service.ops.embedded import running
from service.store.migrate import migrate
from service.store.subscriptions import Endpoint, Subscriptions
from tests.rhythm import clock as clocks
from tests.rhythm import press, score, script
from tests.rhythm.drive import CHANNEL, Driver, driver
from tests.rhythm.holes import NoReplica, Template
from tests.rhythm.mishaps import Mishap, Script
from tests.rhythm.pages import template
from tests.rhythm.site import Shelf, Site, shelf_of

BEGIN = datetime(2026, 9, 7, 6, tzinfo=SEOUL)  # a Monday
_HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_BROAD = "기업 OR 지원 OR 산업 OR 정책"


def main() -> int:
    """Run it; 0 where every goal is met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--sources", default="", help="ids by commas; all that are on")
    parser.add_argument("--step", type=float, default=600, help="seconds of simulated time")
    parser.add_argument("--look", type=float, default=3600, help="seconds between looks at sources")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--report", type=Path, help="where the report is written to as well")
    args = parser.parse_args()
    random.seed(args.seed)  # the waits of the service are jittered
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory(prefix="pabal-") as made:
        Path(made).chmod(0o755)  # as root the server is somebody else
        report = asyncio.run(_run(args, Path(made)))
    sys.stdout.write(report.text)
    if args.report:
        args.report.write_text(report.text, "utf-8")
    return 1 if report.missed else 0


async def _run(args: argparse.Namespace, folder: Path) -> score.Report:
    chosen = {name for name in args.sources.split(",") if name}
    declared = {
        name: each
        for name, each in registry.sources().items()
        if (name in chosen if chosen else each.off is None) and not each.searches
    }
    end = BEGIN + timedelta(days=args.days)
    began = time.monotonic()
    gc.set_threshold(100_000, 50, 50)  # much lives, and is looked through again and again
    async with running(folder / "data", options=_HASTY) as server:
        clock = await clocks.install(server.url, BEGIN)
        await migrate(server.url)
        mishaps = script.mishaps(declared, BEGIN, end)
        weather = Script(mishaps, clock.now)
        shelves = _shelves(declared, end, args.seed)
        site = Site(shelves, weather, clock.now)
        async with driver(server.url, clock, declared, site) as steps:
            words = rules.parse(_BROAD)
            await Subscriptions(steps.database).subscribe(
                "reader",
                [(_BROAD, rules.canonical(words))],
                Endpoint(CHANNEL, "anywhere", agreed=True),
            )
            await steps.until(
                end,
                timedelta(seconds=args.step),
                look=timedelta(seconds=args.look),
                told=lambda: _tell(steps, began),
            )
            report = await _report(args, steps, site, shelves, mishaps, end)
    report.add(f"{args.days:g} days in {time.monotonic() - began:.0f} s")
    return report


async def _report(
    args: argparse.Namespace,
    steps: Driver,
    site: Site,
    shelves: Sequence[Shelf],
    mishaps: Sequence[Mishap],
    end: datetime,
) -> score.Report:
    report = score.Report()
    look = timedelta(seconds=args.look)
    step = timedelta(seconds=args.step)
    sql, declared = steps.clock.connection, steps.declared
    what = score.Score(sql, declared, shelves, mishaps, BEGIN, end, step, look)
    report.add(
        f"{len(shelves)} sources of {len(declared)}, {args.days:g} days from {BEGIN:%F %H:%M}"
    )
    looks = await sql.fetchval("SELECT count(*) FROM poll WHERE outcome = 'ok'")
    report.add(f"looks that found nothing wrong: {looks}")
    await what.naming(report, steps.troubles)
    await what.losses(report)
    ids = [message.id for _, message in steps.mailbox.got]
    await what.alerts(report, set(ids), len(ids))
    await what.manners(report, site.hosts)
    strange = sum(site.hosts.lost.values())
    report.goal(
        "requests for what no publisher has", dict(site.hosts.lost.most_common(3)), met=not strange
    )
    broken = {name: f"{count} times, last {steps.last[name.partition(':')[0]]!r}"[:300]
              for name, count in steps.broken.items()}  # fmt: skip
    report.goal("steps that broke", broken or 0, met=not broken)
    asking = sorted(name for name, each in registry.sources().items() if each.searches)
    report.add(f"       not simulated, since they ask for readers' words: {', '.join(asking)}")
    missing = sorted(set(declared) - {each.source_id for each in shelves})
    report.goal("sources without a replica", missing or 0, met=not missing)
    return report


def _tell(steps: Driver, began: float) -> None:
    done = " ".join(f"{name} {count:,}" for name, count in sorted(steps.done.items()))
    sys.stderr.write(
        f"{steps.clock.at:%m-%d} {time.monotonic() - began:6.0f} s  {done}, {steps.looking:.0f} s\n"
    )


def _shelves(declared: Mapping[str, Source], end: datetime, seed: int) -> Sequence[Shelf]:
    """Every source's pages; routes to the same posts share them."""
    templates: dict[str, Template] = {}
    for name, source in declared.items():
        try:
            templates[name] = template(name, source)
        except NoReplica as why:
            sys.stderr.write(f"no replica: {why}\n")
    routes = {name: declared[name].route_of or name for name in templates}
    leads = {name: lead if lead in templates else name for name, lead in routes.items()}
    streams = press.streams(
        {lead: (declared[lead], templates[lead]) for lead in sorted(set(leads.values()))},
        BEGIN,
        end,
        seed,
        script.BUSY,
    )
    return [
        shelf_of(name, declared[name], made, streams[leads[name]])
        for name, made in templates.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
