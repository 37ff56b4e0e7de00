"""Memory as a process asks for it, asked of the system."""

import subprocess
import sys
from pathlib import Path

import pytest

_STATUS = Path("/proc/self/status")
_CHILD = "print(open('/proc/self/status').read())"
_PARENT = f"""
import subprocess, sys
from service.heap import kept_small
kept_small()
subprocess.run([sys.executable, "-c", {_CHILD!r}], check=True)
"""


def _thp(status: str) -> str:
    return next(line.split()[1] for line in status.splitlines() if line.startswith("THP_enabled"))


def test_pages_stay_small_in_this_process_and_those_it_begins() -> None:
    if not _STATUS.exists() or "THP_enabled" not in _STATUS.read_text():
        pytest.skip("this system does not say whether a process may have huge pages")
    root = Path(__file__).parents[2]
    told = subprocess.run(
        [sys.executable, "-c", _PARENT], capture_output=True, text=True, check=True, cwd=root
    )
    assert _thp(told.stdout) == "0"
    assert _thp(_STATUS.read_text()) == "1", "or the test could not fail"
