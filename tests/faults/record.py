"""What a fault test or a script of faults reached, a line of JSON each, for docs/reliability.md."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).parents[2]
LINES = ROOT / "build" / "faults" / "lines.jsonl"


def note(
    fault: int,
    test: str,
    figures: Mapping[str, float],
    outcome: str,
    *,
    seconds: float,
    long: bool = True,
    reason: str = "",
) -> None:
    """Append one line: ``test``, by its path and name, showed this much of fault ``fault``.

    ``outcome`` is ``passed``, ``failed`` or ``skipped``, ``long`` whether only ``make faults`` or a
    command of its own runs it. Nothing reaches the page before ``tests/faults/report.py`` ran.
    """
    LINES.parent.mkdir(parents=True, exist_ok=True)
    line = {
        "fault": fault,
        "test": test,
        "long": long,
        "outcome": outcome,
        "reason": reason,
        "seconds": round(seconds, 1),
        "figures": dict(figures),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "machine": machine(),
    }
    with LINES.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def script(
    fault: int, path: str, figures: Mapping[str, float], *, good: bool, since: float
) -> None:
    """Append the line of a script, by its ``__file__``; ``since`` is ``time.monotonic()`` then."""
    name = Path(path).resolve().relative_to(ROOT).as_posix()
    note(fault, name, figures, "passed" if good else "failed", seconds=monotonic() - since)


@cache
def commit() -> str:
    """The commit of the tree, with ``+`` where it was changed since; empty outside a checkout."""
    asked = ["git", "-C", str(ROOT)]
    head = _said(*asked, "rev-parse", "--short=7", "HEAD")
    changed = _said(*asked, "status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")
    return head + "+" if changed else head


@cache
def machine() -> str:
    """The machine as far as it matters: processors, memory, system, Python."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    system = f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}"
    cores = len(os.sched_getaffinity(0))
    return f"{cores} × {system}, {memory:.0f} GB, Python {platform.python_version()}"


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
