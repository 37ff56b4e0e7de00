"""Memory as a process asks for it, asked of the system."""

import subprocess
import sys
from pathlib import Path

import pytest

_STATUS = Path("/proc/self/status")
_CHILD = "print(*[line for line in open('/proc/self/status') if line.startswith('THP_enabled')])"
# What this process has done to itself is inherited, and so taken back first.
_PARENT = f"""
import ctypes, subprocess, sys
from service.heap import _SET_THP_DISABLE, kept_small
ctypes.CDLL(None).prctl(_SET_THP_DISABLE, 0, 0, 0, 0)
subprocess.run([sys.executable, "-c", {_CHILD!r}], check=True)
kept_small()
subprocess.run([sys.executable, "-c", {_CHILD!r}], check=True)
"""


def test_pages_stay_small_in_this_process_and_those_it_begins() -> None:
    if not _STATUS.exists() or "THP_enabled" not in _STATUS.read_text():
        pytest.skip("this system does not say whether a process may have huge pages")
    root = Path(__file__).parents[2]
    told = subprocess.run(
        [sys.executable, "-c", _PARENT], capture_output=True, text=True, check=True, cwd=root
    )
    assert [line.split()[1] for line in told.stdout.splitlines() if line.strip()] == ["1", "0"]
