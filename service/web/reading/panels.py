"""Charts with their answers: a question, one sentence, the drawing, and the figures as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from statistics import median

from markupsafe import Markup

from service.store.tallies import EDGES, EVERYBODY, Share, Tally
from service.web import charts
from service.web.charts import Bar, Caption, Strip
from service.web.phrases import say

_WEEK = 7
_ROWS = 8  # of a chart; the table has all
# Where the steps of a distribution end that people know by name, in minutes.
_ENDS = (0, 15, 30, 60, 120, 240, 480, 1440, 4320)
_ALIKE = 0.1  # a week that differs by less is like the others
_FEWEST = 10  # releases of which a share says something


@dataclass(frozen=True, slots=True)
class Panel:
    """A chart that answers a question. ``table``: its figures, the first cell names the row."""

    ident: str
    question: str
    answer: str
    drawn: Markup | None
    head: Sequence[str]
    table: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Panels:
    """Draws the figures of ``tally`` in ``language``. ``names``: what rows are called, by name."""

    language: str
    tally: Tally
    names: Mapping[str, str]

    def weeks(self) -> Panel:
        """How many releases there were, week by week."""
        values = self.tally.blocks.get(EVERYBODY, ())
        days = self._days(len(values))
        said = self._weeks_said(values)
        drawn = charts.columns(self._caption("weeks", said), values, self._ends(days))
        rows = [(day, f"{count:,}") for day, count in zip(days, values, strict=True)]
        return self._panel("weeks", said, drawn, rows, empty=not any(values))

    def over_time(self, ident: str) -> Panel:
        """The busiest rows over time; ``ident`` says whether those are ministries or topics."""
        ranked = self._ranked()
        weeks = len(next(iter(self.tally.blocks.values()), ()))
        days = self._days(weeks)
        shown = [
            Strip(self.names[each], self.tally.blocks[each], self._count(share.releases))
            for each, share in ranked[:_ROWS]
        ]
        said = self._leader_said(ident, ranked)
        drawn = charts.strips(self._caption(ident, said), shown, self._ends(days))
        rows = [
            (self.names[each], *(f"{count:,}" for count in self.tally.blocks[each]))
            for each, _ in ranked
        ]
        return self._panel(ident, said, drawn, rows, empty=not ranked, columns=days)

    def totals(self, ident: str) -> Panel:
        """The busiest rows in all."""
        ranked = self._ranked()
        most = ranked[0][1].releases if ranked else 1
        shown = [
            Bar(self.names[each], share.releases / most, self._count(share.releases))
            for each, share in ranked[:_ROWS]
        ]
        said = self._leader_said(ident, ranked)
        rows = [(self.names[each], f"{share.releases:,}") for each, share in ranked]
        drawn = charts.bars(self._caption(ident, said), shown)
        return self._panel(ident, said, drawn, rows, empty=not ranked)

    def leads(self) -> Panel:
        """How long it takes until a release has its first news."""
        counts = _gathered(self.tally.leads)
        total = sum(counts)
        middle = middle_of(self.tally.leads)
        said = self._say("lead_none")
        if middle is not None:
            early = f"{counts[0] / total:.0%}"
            said = self._say("lead_said", middle=self.length(middle), early=early)
        half = next((at for at, each in enumerate(accumulate(counts)) if 2 * each >= total), 0)
        most = max(counts, default=0) or 1
        names = [self._say(f"lead_{end}") for end in (*_ENDS, "more")]
        shown = [
            Bar(name, count / most, self._said_of(count, total, here=at == half), at == half)
            for at, (name, count) in enumerate(zip(names, counts, strict=True))
        ]
        rows = [
            (name, f"{count:,}", f"{count / total if total else 0:.0%}")
            for name, count in zip(names, counts, strict=True)
        ]
        drawn = charts.bars(self._caption("lead", said), shown)
        return self._panel("lead", said, drawn, rows, empty=not total)

    def covered(self, ident: str) -> Panel:
        """Which part of the releases has news, of the rows with most releases."""
        whole = self.tally.shares.get(EVERYBODY, Share())
        ranked = [each for each in self._ranked() if each[1].releases >= _FEWEST]
        shown = sorted(ranked[:_ROWS], key=lambda each: -each[1].rate)
        said = self._say("covered_none")
        if whole.releases:
            said = self._say(
                "covered_said", rate=f"{whole.rate:.0%}", of=f"{whole.covered:,}",
                all=f"{whole.releases:,}",
            )  # fmt: skip
        if len(shown) > 1:
            first, last = shown[0], shown[-1]
            said += " " + self._say(
                f"{ident}_ends",
                most=self.names[first[0]], high=f"{first[1].rate:.0%}",
                least=self.names[last[0]], low=f"{last[1].rate:.0%}",
            )  # fmt: skip
        lengths = [Bar(self.names[each], share.rate, self._part(share)) for each, share in shown]
        rows = [
            (
                self.names[each],
                f"{share.releases:,}",
                f"{share.covered:,}",
                f"{share.rate:.0%}",
            )
            for each, share in self._ranked()
        ]
        drawn = charts.bars(self._caption(ident, said), lengths)
        return self._panel(ident, said, drawn, rows, empty=not whole.releases)

    def hours(self) -> Panel:
        """When releases come out."""
        days = self._say("weekdays").split()
        clock = self._say("clock")
        by_hour = [
            sum(self.tally.hours.get((weekday, hour), 0) for weekday in range(1, 8))
            for hour in range(24)
        ]
        total, busiest = sum(by_hour), max(range(24), key=by_hour.__getitem__)
        said = self._say("hours_none")
        if total:
            by_day = [
                sum(n for (d, _), n in self.tally.hours.items() if d == each)
                for each in range(1, 8)
            ]
            day = max(range(7), key=by_day.__getitem__)
            said = self._say(
                "hours_said", hour=clock.format(busiest),
                share=f"{by_hour[busiest] / total:.0%}",
                day=self._say("weekdays_long").split()[day],
                day_share=f"{by_day[day] / total:.0%}",
            )  # fmt: skip
        rows = [
            (
                clock.format(hour),
                *(f"{self.tally.hours.get((each, hour), 0):,}" for each in range(1, 8)),
            )
            for hour in range(24)
            if by_hour[hour]
        ]
        drawn = charts.hours(self._caption("hours", said), self.tally.hours, days, clock)
        return self._panel("hours", said, drawn, rows, empty=not total, columns=days)

    def length(self, minutes: float) -> str:
        """A length of time in words, as exact as one says it."""
        whole = round(minutes)
        if whole < 60:  # noqa: PLR2004 - minutes of an hour
            return self._say("minutes", count=whole)
        if whole < 24 * 60:
            hours, rest = divmod(whole, 60)
            said = self._say("hours_long", count=hours)
            return f"{said} {self._say('minutes', count=rest)}" if rest else said
        return self._say("days_long", count=round(whole / 1440, 1))

    def _weeks_said(self, values: Sequence[int]) -> str:
        if not any(values):
            return self._say("weeks_none")
        last, usual = values[-1], median(values)
        like = (
            "alike" if abs(last - usual) <= _ALIKE * usual else "more" if last > usual else "less"
        )
        return self._say(
            f"weeks_{like}", all=f"{sum(values):,}", weeks=len(values), last=f"{last:,}",
            usual=f"{usual:,.0f}",
        )  # fmt: skip

    def _leader_said(self, ident: str, ranked: Sequence[tuple[str, Share]]) -> str:
        if not ranked:
            return self._say("weeks_none")
        name, share = ranked[0]
        whole = self.tally.shares[EVERYBODY].releases
        return self._say(
            f"{ident}_said", name=self.names[name], count=f"{share.releases:,}",
            share=f"{share.releases / whole:.0%}",
        )  # fmt: skip

    def _ranked(self) -> list[tuple[str, Share]]:
        """Rows that have a name, the busiest first."""
        named = ((each, share) for each, share in self.tally.shares.items() if each in self.names)
        return sorted(named, key=lambda each: (-each[1].releases, each[0]))

    def _days(self, weeks: int) -> list[str]:
        """The first day of each week."""
        first: date = self.tally.last - timedelta(days=weeks * _WEEK - 1)
        days = (first + timedelta(days=_WEEK * turn) for turn in range(weeks))
        return list(map(self._day, days))

    def _ends(self, days: Sequence[str]) -> tuple[str, str]:
        if not days:
            return "", ""
        return self._say("from", day=days[0]), self._say("to", day=self._day(self.tally.last))

    def _day(self, day: date) -> str:
        return self._say("day", month=day.month, day=day.day)

    def _panel(
        self,
        ident: str,
        said: str,
        drawn: Markup,
        rows: Sequence[Sequence[str]],
        *,
        empty: bool,
        columns: Sequence[str] = (),
    ) -> Panel:
        head = [*self._say(f"{ident}_head").split("|"), *columns]
        question = self._say(f"{ident}_question")
        return Panel(ident, question, said, None if empty else drawn, head, () if empty else rows)

    def _caption(self, ident: str, said: str) -> Caption:
        return Caption(ident, self._say(f"{ident}_question"), said)

    def _said_of(self, count: int, total: int, *, here: bool) -> str:
        share = f"{count / total if total else 0:.0%}"
        said = self._say("of", count=f"{count:,}", share=share)
        return f"{self._say('middle')} {said}" if here else said

    def _part(self, share: Share) -> str:
        return f"{share.rate:.0%} ({share.covered:,}/{share.releases:,})"

    def _count(self, count: int) -> str:
        return self._say("count", count=f"{count:,}")

    def _say(self, key: str, **values: object) -> str:
        return say(self.language, f"charts.{key}", **values)


def middle_of(leads: Mapping[int, int]) -> float | None:
    """The median of leads in minutes, within its step as if they were evenly spread.

    None where there is none, 0 where half of the news was there before its release.
    """
    total, before = sum(leads.values()), 0
    for step in sorted(leads):
        if 2 * (before + leads[step]) >= total > 0:
            if step == 0:
                return 0.0
            start = EDGES[step - 1]
            end = EDGES[step] if step < len(EDGES) else start
            return start + (end - start) * (total / 2 - before) / leads[step]
        before += leads[step]
    return None


def _gathered(leads: Mapping[int, int]) -> list[int]:
    """The leads before each of the known ends, and those after the last."""
    counts = [0] * (len(_ENDS) + 1)
    for step, count in leads.items():
        start = EDGES[step - 1] if step else -1
        counts[next((at for at, end in enumerate(_ENDS) if start < end), len(_ENDS))] += count
    return counts
