"""How values are written on pages: times, names, changes, troubles. Filters of the templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from jinja2 import Environment

from service.judging.changes import worded
from service.pulse.wording import TROUBLES
from service.reading.publishers import Registry

TEMPLATES = Path(__file__).parent / "templates"

_SEOUL = ZoneInfo("Asia/Seoul")


class Published(Protocol):
    """Whatever was published by somebody: the name as printed, the ids behind it, the source."""

    @property
    def publisher(self) -> str | None: ...  # noqa: D102 - as said above
    @property
    def publishers(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def source_id(self) -> str: ...  # noqa: D102


def dress(env: Environment) -> None:
    """Give the templates their filters and tests."""
    registry = Registry.load()
    env.trim_blocks = env.lstrip_blocks = True
    env.filters |= {
        "seoul": seoul,
        "lead": lead,
        "worded": worded,
        "trouble": _trouble,
        "publisher": lambda shown: publisher(shown, registry),
        "ministry": lambda ident: _name(ident, registry),
    }
    env.tests["web_address"] = is_web_address


def publisher(shown: Published, registry: Registry) -> str:
    """Who says so: the name as printed, else the one of the source's publisher, else its id."""
    names = [_name(each, registry) for each in shown.publishers]
    return shown.publisher or "·".join(names) or shown.source_id


def _name(ident: str, registry: Registry) -> str:
    """The name of a body; of one that the registry no longer has its id."""
    try:
        return registry.by_id(ident).name
    except KeyError:
        return ident


def lead(after: timedelta) -> str:
    """How long after a release its news came out, in its two largest units."""
    minutes = abs(int(after.total_seconds())) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    each = ((days, "일"), (hours, "시간"), (minutes, "분"))
    shown = [f"{count}{unit}" for count, unit in each if count][:2] or ["0분"]
    return f"{' '.join(shown)} {'앞' if after < timedelta(0) else '뒤'}"


def is_web_address(url: str) -> bool:
    """Whether a scraped address may be a link: ``javascript:`` and its like must not."""
    return url.lower().startswith(("https://", "http://"))


def seoul(moment: datetime | None, precision: str | None = "minute") -> str:
    """A time as Koreans read it; a date alone where the clock part means nothing."""
    if moment is None:
        return "—"
    form = "%Y.%m.%d" if precision == "day" else "%Y.%m.%d %H:%M"
    return moment.astimezone(_SEOUL).strftime(form)


def _trouble(name: str | None) -> str:
    """What ails a source, in Korean."""
    korean, _ = TROUBLES.get(name or "", ("읽지 못함", ""))
    return korean
