"""How much memory each process holds, over time."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from service.demo.process import ServiceProcess, descendants

_EVERY = 5.0
_KINDS = {"scrapers.documents.worker": "documents", "resource_tracker": "tracker"}

Series = Mapping[str, list[tuple[float, float]]]
"""Of each process by name: seconds since the beginning, MiB resident."""


async def watch(processes: Mapping[str, ServiceProcess]) -> Series:
    """Look every few seconds until cancelled; returns what was seen then."""
    found: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    began = time.monotonic()
    with suppress(asyncio.CancelledError):
        while True:
            for name, size in _sizes(processes).items():
                found[name].append((time.monotonic() - began, size))
            await asyncio.sleep(_EVERY)
    return found


def _sizes(processes: Mapping[str, ServiceProcess]) -> Mapping[str, float]:
    """MiB of each process; of several of one kind, whose number the work decides, the mean."""
    sizes: defaultdict[str, list[float]] = defaultdict(list)
    for name, process in processes.items():
        child = process._child
        if child is None or child.returncode is not None:
            continue
        with suppress(OSError):
            sizes[name].append(_resident(child.pid))
            for pid in descendants(child.pid):
                sizes[f"{name}: {_kind(pid)}"].append(_resident(pid))
    return {name: statistics.fmean(each) for name, each in sizes.items()}


def _kind(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return next((kind for mark, kind in _KINDS.items() if mark in command), "morphemes")


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def compared(
    series: Sequence[tuple[float, float]], length: float
) -> tuple[float, float, float] | None:
    """Median of the second sixth of the second half's beginning against that of the last sixth.

    Of half an hour: minutes 10 to 15 against the last five. Returns both in MiB and the growth;
    None where the process was not there at both times.
    """
    early = [size for at, size in series if length / 3 <= at < length / 2]
    late = [size for at, size in series if at >= length * 5 / 6]
    if not early or not late:
        return None
    before, after = statistics.median(early), statistics.median(late)
    return before, after, after / before - 1
