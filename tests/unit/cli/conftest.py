from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

Pabal = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def pabal() -> Pabal:
    """``pabal("read", "-", given="{}", PABAL_PORT="0")``: the command in a process of its own."""

    def pabal(
        *arguments: str, given: str | bytes = "", **settings: str
    ) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PABAL_")}
        done = subprocess.run(
            [sys.executable, "-m", "service", *arguments],
            input=given.encode() if isinstance(given, str) else given,
            env=clean | settings,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return pabal
