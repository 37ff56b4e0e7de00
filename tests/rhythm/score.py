"""What came of it: how mishaps were named, what was lost, how readers and hosts were treated."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import asyncpg

from scrapers.dates import SEOUL
from scrapers.model import Source
from service.pulse import rhythm
from tests.rhythm.mishaps import Mishap
from tests.rhythm.site import CRAWL_DELAY, Hosts, Shelf

PULSE = ("source-broken", "source-quiet", "source-drift", "outage")
_SEEN = timedelta(hours=8)  # a post is on the list, found and stored by then, however quiet it was
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_MOSTLY = 0.9
_SOONEST, _LONGEST = 0.9, 4.0  # of the declared interval between two polls that worked

_BURST = 600  # seconds
_LATE = """d.telling_id IN (
    SELECT told_by FROM waiting JOIN telling ON telling.id = telling_id
    JOIN article ON article.id = article_id WHERE late
)"""


@dataclass(frozen=True, slots=True)
class Item:
    """A notice as an operator got it. ``trouble``: what the source was said to have then."""

    kind: str
    subject: str
    at: datetime
    closed: datetime | None
    detail: str
    trouble: str | None


@dataclass(slots=True)
class Report:
    """Lines to print and goals that were missed."""

    lines: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, line: str = "") -> None:
        """One more line."""
        self.lines.append(line)

    def goal(self, name: str, value: object, *, met: bool) -> None:
        """One more goal."""
        self.lines.append(f"{'ok    ' if met else 'MISSED'} {name}: {value}")
        if not met:
            self.missed.append(name)

    @property
    def text(self) -> str:
        """The whole."""
        return "\n".join(self.lines) + "\n"


@dataclass(frozen=True, slots=True)
class Score:
    """What a report is made from. ``step`` is how finely time went on."""

    sql: asyncpg.Connection
    declared: Mapping[str, Source]
    shelves: Sequence[Shelf]
    mishaps: Sequence[Mishap]
    begin: datetime
    end: datetime
    step: timedelta
    look: timedelta

    async def naming(self, report: Report, troubles: Mapping[int, str | None]) -> None:
        """Every mishap with its name, and the notices that belong to none."""
        rows = await self.sql.fetch("SELECT * FROM ops_item ORDER BY first_at, id")
        items = [
            Item(row["kind"], row["subject"], row["first_at"].astimezone(SEOUL),
                 row["closed_at"] and row["closed_at"].astimezone(SEOUL), row["detail"],
                 troubles.get(row["id"]))
            for row in rows if row["kind"] in PULSE
        ]  # fmt: skip
        report.add(f"{'mishap':26} {'named':36} {'after':>8} {'allowed':>8} {'well after':>10}")
        right, mine = 0, set()
        for each in self.mishaps:
            named = [
                item
                for item in items
                if (item.kind, item.subject) == (each.kind, each.subject)
                and each.begin <= item.at <= each.end + _DAY
            ]
            mine |= {id(item) for item in named}
            right += await self._one(report, each, named)
        report.goal("mishaps named right in time", f"{right} of {len(self.mishaps)}",
                    met=right == len(self.mishaps))  # fmt: skip
        strange = [item for item in items if id(item) not in mine]
        for item in strange:
            report.add(f"       {item.at:%m-%d %H:%M} {item.kind} {item.subject} {item.detail}")
        report.goal("false alarms", len(strange), met=not strange)

    async def _one(self, report: Report, mishap: Mishap, named: Sequence[Item]) -> bool:
        allowed = await self._allowed(mishap) + self.step + self.look
        if not named:
            report.add(f"{mishap.name:26} {'-':36} {'-':>8} {_hours(allowed):>8}  NOT NAMED")
            return False
        first = named[0]
        after = first.at - mishap.begin
        well = None if first.closed is None else first.closed - mishap.end
        wrong = []
        if mishap.trouble is not None and first.trouble != mishap.trouble:
            wrong.append(f"called {first.trouble}, is {mishap.trouble}")
        if after > allowed:
            wrong.append("too late")
        if len(named) > 1:
            wrong.append(f"{len(named)} notices")
        if well is not None and well < timedelta(0):
            wrong.append("said to be well too early")
        if well is None and mishap.end + _DAY < self.end:
            wrong.append("no recovery")
        name = f"{first.kind} {first.trouble or ''} {first.subject}"
        report.add(
            f"{mishap.name:26} {name:36} {_hours(after):>8} {_hours(allowed):>8} "
            f"{_hours(well) if well is not None else '-':>10}  {', '.join(wrong)}"
        )
        return not wrong

    async def _allowed(self, mishap: Mishap) -> timedelta:
        """Two of the usual intervals: of posts where only they can tell, else of polls."""
        polls = 2 * await self._interval(mishap)
        if mishap.frozen:
            return self._silence(mishap)
        if mishap.kind == "source-drift":  # a list that stays as it is is not read again
            (name,) = mishap.ails
            times = next(each.stream.times for each in self.shelves if each.source_id == name)
            return times[bisect_right(times, mishap.begin) + 1] - mishap.begin + polls
        return polls

    async def _interval(self, mishap: Mishap) -> timedelta:
        """Between two polls of what it ails, but for one in twenty, in the week before."""
        polls = await self.sql.fetch(
            "SELECT source_id, started_at FROM poll WHERE source_id = any($1) "
            "AND started_at BETWEEN $2 AND $3 ORDER BY source_id, started_at",
            list(mishap.ails or self.declared), mishap.begin - _WEEK, mishap.begin,
        )  # fmt: skip
        gaps: list[timedelta] = sorted(
            later["started_at"] - each["started_at"]
            for each, later in pairwise(polls)
            if each["source_id"] == later["source_id"]
        )
        return gaps[len(gaps) * 95 // 100]

    def _silence(self, mishap: Mishap) -> timedelta:
        """Until two of the usual intervals passed since the last post, and a poll could know."""
        (name,) = mishap.ails
        times = next(each.stream.times for each in self.shelves if each.source_id == name)
        # What a checking route showed at its first look says nothing of when it came out.
        first = self.begin if self.declared[name].checks else self.begin - 14 * _DAY
        known = [each for each in times if first <= each <= mishap.begin]
        learnt = rhythm.learn(known)
        assert learnt is not None
        at = mishap.begin
        while learnt.intervals(known[-1], at) <= 2:
            at += timedelta(minutes=10)
        wait = timedelta(seconds=self.declared[name].every * _LONGEST)
        return at + wait - mishap.begin

    async def losses(self, report: Report) -> None:
        """Posts that came out and are not stored, whatever route should have brought them."""
        families: defaultdict[str, list[Shelf]] = defaultdict(list)
        for shelf in self.shelves:
            families[shelf.stream.posts[0].key].append(shelf)
        out, lost, silent = 0, Counter[str](), Counter[str]()
        for shelves in families.values():
            names = [each.source_id for each in shelves]
            lead = "/".join(names)
            query = "SELECT key, baseline FROM article WHERE source_id = any($1)"
            rows = await self.sql.fetch(query, names)
            stored = {row["key"] for row in rows}
            news = {row["key"] for row in rows if not row["baseline"]}
            posts = [
                each.key
                for each in shelves[0].stream.posts
                if self.begin + 2 * self.step < each.at < self.end - _SEEN
            ]
            out += len(posts)
            lost[lead] = len(set(posts) - stored)
            silent[lead] = len(set(posts) & stored - news)
        for what, counts in (("lost", lost), ("taken for old", silent)):
            for lead, count in counts.most_common():
                if count:
                    report.add(f"       {what} by {lead}: {count}")
        report.goal("posts lost", f"{lost.total()} of {out:,}", met=not lost.total())
        report.goal("posts taken for old ones", silent.total(), met=not silent.total())
        rows = await self.sql.fetch(
            "SELECT kind, count(*) AS n, min(subject) AS subject, min(detail) AS detail "
            "FROM ops_item WHERE kind <> all($1) GROUP BY 1",
            PULSE,
        )
        for row in rows:
            one = f"{row['subject']}: {row['detail']}"[:160]
            report.add(f"       {row['n']} other notices {row['kind']}, such as {one}")
        rows = await self.sql.fetch("SELECT outcome, count(*) AS n FROM backfill GROUP BY 1")
        report.add(f"       backfills: {dict(map(tuple, rows)) or 'none'}")

    async def alerts(self, report: Report, ids: Collection[str], got: int) -> None:
        """Messages after the outage: nothing twice, what is late together, ten minutes of it."""
        report.goal("messages twice", got - len(ids), met=got == len(ids))
        window = int(self.step.total_seconds())
        sent = (
            "SELECT count(*) AS n FROM attempt t JOIN delivery d ON d.id = t.delivery_id "
            "WHERE t.started_at BETWEEN $1 AND $2 AND {} "
            "GROUP BY floor(extract(epoch FROM t.started_at) / $3) ORDER BY 1 DESC LIMIT 1"
        )
        query = sent.format(_LATE)
        late = await self.sql.fetchval(query, self.begin, self.end, window) or 0
        bursts = window // _BURST + 1
        report.goal(f"messages of what is late in {window} s", late, met=late <= bursts)
        outage = next((each for each in self.mishaps if each.kind == "outage"), None)
        if outage is None:
            return
        query = sent.format("true")
        before = await self.sql.fetchval(query, self.begin + _DAY, outage.begin, window) or 0
        after = await self.sql.fetchval(query, outage.end, outage.end + 2 * _DAY, window) or 0
        bound = before + bursts
        report.goal(f"alerts in {window} s after the outage",
                    f"{after}, in ordinary times at most {before}", met=after <= bound)  # fmt: skip

    async def manners(self, report: Report, hosts: Hosts) -> None:
        """What hosts were asked for against what is declared."""
        share = min([gap / self.declared[name].every for name, gap in await self._gaps()])
        report.goal("shortest interval between two polls", f"{share:.0%} of the declared",
                    met=share >= _SOONEST)  # fmt: skip
        worst = Counter[str]()
        for asked in hosts.asked.values():
            worst |= asked
        top = ", ".join(f"{host} {count}" for host, count in worst.most_common(4))
        report.add(f"       requests of a host in a day, most: {top}")
        over = [
            f"{name} on {day}: {count}, declared every {self.declared[name].every:g} s"
            for day, asked in hosts.polled.items()
            for name, count in asked.items()
            if count > _DAY.total_seconds() / (_SOONEST * self.declared[name].every) + 1
        ]
        over += [
            f"{host} on {day}: {asked[host]}, Crawl-delay {delay}"
            for day, asked in hosts.asked.items()
            for host, delay in CRAWL_DELAY.items()
            if asked[host] > _DAY.total_seconds() / delay
        ]
        for each in over[:10]:
            report.add(f"       {each}")
        report.goal("days on which a list or host was asked too often", len(over), met=not over)
        again = max(hosts.opened.values(), default=0)
        routes = max(Counter(each.stream.posts[0].key for each in self.shelves).values())
        report.goal("times a post's page was asked for, at most", f"{again}, {routes} routes to it",
                    met=again <= max(routes, 2))  # fmt: skip
        most = max(hosts.most.values(), default=0)
        report.goal("requests at a host at once", most, met=most <= 1)
        robots = max((n for day in hosts.robots.values() for n in day.values()), default=0)
        report.goal("robots.txt of a host in a day", robots, met=robots <= 2)
        # Without one: the first time, after a failure, further pages, what is asked by POST.
        share = hosts.conditional.total() / max(hosts.askable.total(), 1)
        told = f"{share:.0%} of {hosts.askable.total():,}, {hosts.unchanged.total():,} unchanged"
        report.goal("lists asked for with a validator", told, met=share > _MOSTLY)

    async def _gaps(self) -> list[tuple[str, float]]:
        """By source the fewest seconds between two polls."""
        rows = await self.sql.fetch(
            "SELECT source_id, min(gap) AS gap FROM (SELECT source_id, extract(epoch FROM "
            "started_at - lag(started_at) OVER (PARTITION BY source_id ORDER BY slot)) AS gap "
            "FROM poll) AS gaps WHERE gap IS NOT NULL GROUP BY source_id"
        )
        return [(row["source_id"], float(row["gap"])) for row in rows]


def _hours(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02}"
