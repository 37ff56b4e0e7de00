"""A release appears: when the first is told of it and when the last, beside a loop by hand.

The ordinary service, a scheduler and two workers, watches a replica of korea.kr; half are told by
webhook, half by mail, to receivers on this machine. Seconds count from when the list was fetched on
which the release stood. The rules are known before, as they are in a service that has been running.
The peer sends one message after the other, httpx or aiosmtplib, with a row each.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.report import OURS, Figure, Growth, Seconds, named, save, shown
from tests.storm.house import TEXTS, House, house, publish, subscribe, until
from tests.storm.storm import JUDGED, STEPS, Storm, blow, by_hand

TITLES = "수출길을 함께 넓힌다", "기업들의 목소리를 듣다", "내년 살림을 짜다"
NOBODY = "경로당에 김장 김치를 나누었다. 어르신 마흔 분이 함께했다."
FIRST, LAST = STEPS[-2:]
console = Console(width=100)


async def known(built: House, title: str) -> None:
    """Have the service judge releases of which nobody is told: then it knows all rules.

    So many at once that every worker judges one.
    """
    titles = [f"{title}, {number}" for number in range(1, 13)]
    for each in titles:
        publish(built, each, NOBODY)
        await asyncio.sleep(0.11)  # releases are numbered by tenths of a second
    for each in titles:
        await until(built, partial(built.sql.fetchval, JUDGED, each))


async def measure(
    counts: Sequence[int], samples: Sequence[int]
) -> tuple[dict[int, Storm], Seconds]:
    """A release for each of ``counts``; seconds by hand for each of ``samples``."""
    told: dict[int, Storm] = {}
    with tempfile.TemporaryDirectory(prefix="pabal-fresh-") as made:
        Path(made).chmod(0o755)  # noqa: ASYNC240 - once, before anything runs
        async with house(Path(made), counts[0]) as built:
            for count, title, text in zip(counts, TITLES, TEXTS, strict=True):
                await subscribe(built, count - max(told, default=counts[0]))
                await known(built, f"김장 나눔 {count}")
                told[count] = await blow(built, title, text, 0, random.Random(1))
            await built.stop()
            rates = [(count, await by_hand(built, count // 2)) for count in samples]
    halves = {count: count / 2 / r["web"] + count / 2 / r["mail"] for count, r in rates}
    return told, halves


def figures(told: Mapping[int, Storm], hand: Seconds) -> Iterator[Figure]:
    """Of the most who were told."""
    most = max(told)
    storm = told[most]
    sample = max(hand)
    by = f"{named('httpx')}, {named('aiosmtplib')}: {sample / hand[sample]:,.0f} /s"
    ours = f"{most / (storm.steps[LAST] - storm.steps[STEPS[1]]):,.0f} /s"
    yield Figure(
        what=f"첫 사람 / the first of {most:,}",
        value=storm.steps[FIRST],
        unit="s",
        ours=", ".join(f"{name} {shown(at)}" for name, at in storm.steps.items()),
        must=0.5,
        at_most=True,
    )
    what = f"끝 사람 / the last of {most:,}"
    last = storm.steps[LAST]
    yield Figure(what=what, value=last, unit="s", ours=ours, peer=by, must=60, aim=30, at_most=True)
    for count, each in told.items():
        wrong = each.lost + each.strangers + each.repeats + count - each.owed
        what = f"놓침·겹침 / lost, repeated, not owed: {count:,}"
        yield Figure(what=what, value=wrong, unit="", must=0, at_most=True)


def main() -> None:
    """Measure, print, leave it for the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--counts", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options.add_argument("--samples", type=int, nargs="+", default=[100, 1_000], help="by hand")
    chosen = options.parse_args()
    told, hand = asyncio.run(measure(chosen.counts, chosen.samples))
    table = Table("told", *(f"{name}, s" for name in STEPS), "first after it appeared, s")
    for count, each in told.items():
        cells = (f"{at:.2f}" for at in (*each.steps.values(), each.first))
        table.add_row(f"{count:,}", *cells)
    console.print(table)
    growth = Growth(
        title="구독 수에 따른 첫 알림과 끝 알림 / The first told and the last, by subscriptions",
        sizes="구독 수 / subscriptions",
        seconds={
            f"{OURS}, the last": {count: each.steps[LAST] for count, each in told.items()},
            f"{OURS}, the first": {count: each.steps[FIRST] for count, each in told.items()},
            "one after the other": hand,
        },
    )
    save("fresh", list(figures(told, hand)), growth)


if __name__ == "__main__":
    main()
