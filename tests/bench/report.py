"""What a bench measured, kept for the page: its figures, how they grow, on what and when.

Each bench leaves ``build/bench/NAME.json`` beside what it prints; ``python -m tests.bench.page``
makes docs/benchmarks.md of those. Words are Korean first, English after ``/``.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from service.ops.cluster import binaries

ROOT = Path(__file__).parents[2]
LEFT = ROOT / "build" / "bench"
OURS = "파발 / Pabal"
_BEGAN, _LOAD = time.monotonic(), os.getloadavg()[0]

Met = Literal["aim", "must", "missed", "unmeasured"]
Seconds = Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure; ``ours`` and ``peer`` as measured, in words, ``value`` in ``unit`` is judged.

    ``value`` is at least ``must``, at best ``aim``, or at most where ``at_most``. None: ``value``
    was not measured, ``must`` and ``aim`` are not asked for. ``why``: what it has to do with that.
    """

    what: str
    value: float | None
    unit: str = "×"
    ours: str = ""
    peer: str = ""
    must: float | None = None
    aim: float | None = None
    at_most: bool = False
    why: str = ""

    @property
    def met(self) -> Met | None:
        """The best of its bounds that it keeps; None where it has none and was measured."""
        if self.value is None:
            return "unmeasured"
        if self._keeps(self.must) is False:
            return "missed"
        if self._keeps(self.aim):
            return "aim"
        return None if self.must is None else "must"

    def _keeps(self, bound: float | None) -> bool | None:
        if bound is None or self.value is None:
            return None
        return self.value <= bound if self.at_most else self.value >= bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Seconds by size, for us (first) and for peers; ``title`` and ``sizes`` in words."""

    title: str
    sizes: str
    seconds: Mapping[str, Seconds]


def against(what: str, ours: float, peer: tuple[str, float | None], **bounds: Any) -> Figure:
    """How many times as long a peer of that name took; its seconds None: it is not here."""
    name, theirs = peer
    if theirs is None:
        return Figure(what=what, value=None, ours=shown(ours), peer=name, **bounds)
    told = f"{name}: {shown(theirs)}"
    return Figure(what=what, value=theirs / ours, ours=shown(ours), peer=told, **bounds)


def shown(seconds: float) -> str:
    """Seconds in the unit that suits them: ``1.24 ms``."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or unit == "µs":
            return f"{number(seconds / size)} {unit}"
    raise AssertionError


def number(value: float) -> str:
    """Three digits, and no more than there are: ``1,234``, ``12.3``, ``0.123``."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def named(package: str) -> str:
    """A package with its version."""
    return f"{package} {version(package)}"


def save(name: str, figures: Sequence[Figure], growth: Growth) -> None:
    """Leave what was measured for the page."""
    LEFT.mkdir(parents=True, exist_ok=True)
    lines = {name: sorted(each.items()) for name, each in growth.seconds.items()}
    kept = {
        "measured": datetime.now(UTC).isoformat(timespec="minutes"),
        "commit": _commit(),
        "arguments": sys.argv[1:],
        "took": round(time.monotonic() - _BEGAN),
        "load": round(_LOAD, 1),
        "machine": _machine(),
        "figures": [asdict(each) for each in figures],
        "growth": asdict(growth) | {"seconds": lines},
    }
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    (LEFT / f"{name}.json").write_text(f"{text}\n", "utf-8")


def _commit() -> str:
    """The commit that is checked out, with ``+`` where anything but documents differs from it."""
    git = "git", "-C", str(ROOT)
    head = _said(*git, "rev-parse", "--short", "HEAD")
    return head + "+" * bool(_said(*git, "status", "--porcelain", "--", ".", ":!docs"))


def _machine() -> str:
    """Processor, cores, memory, system, Python and PostgreSQL, in a line."""
    info = Path("/proc/cpuinfo").read_text("utf-8")
    model = re.search(r"^model name\s*: (.*)$", info, re.MULTILINE)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    postgres = _said(str(binaries() / "postgres"), "--version").split()[-1]
    parts = [
        f"{os.cpu_count()} × {model[1] if model else platform.machine()}",
        f"{memory:.0f} GiB",
        f"Linux {platform.release().partition('-')[0]}",
        f"Python {platform.python_version()}",
        f"PostgreSQL {postgres}",
    ]
    return " · ".join(parts)


def _said(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout.strip()
