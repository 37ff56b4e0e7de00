"""What goes wrong in the simulated month, and in the few days of the short form."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from tests.rhythm import mishaps as m
from tests.rhythm.mishaps import Mishap

BUSY = {"molit_press": 22.0, "mcee_press_rss": 6.0, "mss_press": 6.0, "motir_press": 7.0,
        "yna_economy": 18.0}  # fmt: skip
"""Posts a day of some: one whose list overflows in an outage, some whose silence is soon odd."""
_LONG = 20  # days; below it is the short form


def mishaps(declared: Collection[str], begin: datetime, end: datetime) -> tuple[Mishap, ...]:
    """Those that befall one of ``declared`` and begin before ``end``."""
    script = _month if end - begin >= timedelta(days=_LONG) else _days
    return tuple(
        each
        for each in script(begin.replace(hour=0, minute=0))
        if each.begin < end and (not each.ails or set(each.ails) & set(declared))
    )


def _days(midnight: datetime) -> list[Mishap]:
    first = midnight + timedelta(days=1)
    return [
        _redesign(first + timedelta(hours=10), first + timedelta(hours=16)),
        _gate(first + timedelta(hours=11), first + timedelta(hours=17)),
    ]


def _month(midnight: datetime) -> list[Mishap]:
    def at(day: float, hour: float = 0) -> datetime:
        return midnight + timedelta(days=day, hours=hour)

    # Monday 7 September is day 0; Chuseok are days 17 to 20.
    return [
        Mishap("drift: dates vanish", ("molit_press",), at(7, 9), at(8, 18),
               "source-drift", "molit_press",
               effect=m.undated(r'<td class="bd_date">([^<]*)<', keep=4)),
        _redesign(at(8, 10), at(9, 15)),
        Mishap("frozen feed", ("yna_economy",), at(8, 14), at(10, 12),
               "source-quiet", "yna_economy", frozen=True),
        _gate(at(9, 13), at(10, 18)),
        _broken("truncated API day", "sbiz24", at(10), at(11), "cut-off", effect=m.cut),
        _broken("login page", "kstartup", at(11, 11), at(11, 21), "login", instead=m.login),
        Mishap("rename: feed stands still", ("mcee_press_rss",), at(14, 12), at(16, 15),
               "source-quiet", "mcee_press_rss", frozen=True),
        Mishap("rename: one route of two", ("mss_press_rss",), at(14, 12), at(22, 12),
               "source-quiet", "mss_press_rss", frozen=True),
        _broken("certificate ran out", "smtech", at(15, 9), at(16, 12), "certificate",
                instead=m.bad_certificate),
        _broken("system notice over night", "kita_news", at(21, 22), at(22, 7), "system-notice",
                instead=m.notice),
        Mishap("outage of everything", (), at(23, 10), at(26, 10), "outage", "government",
               instead=m.dark),
        Mishap("the same, told of outlets", (), at(23, 10), at(26, 10), "outage", "outlets"),
    ]  # fmt: skip


def _redesign(begin: datetime, end: datetime) -> Mishap:
    effect = m.renamed("board-list", "tbl-wrap")
    return _broken("redesign", "motir_press", begin, end, "layout", effect=effect)


def _gate(begin: datetime, end: datetime) -> Mishap:
    return _broken("moved cookie gate", "mofa_press", begin, end, "redirect", instead=m.gate)


def _broken(
    name: str,
    source_id: str,
    begin: datetime,
    end: datetime,
    trouble: str,
    *,
    instead: m.Instead | None = None,
    effect: m.Effect | None = None,
) -> Mishap:
    return Mishap(
        name, (source_id,), begin, end, "source-broken", source_id, trouble, instead, effect
    )
