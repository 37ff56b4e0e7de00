"""Copies of the project in which tests do what a newcomer would, and programs run in them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in the copy: what it holds comes first, the rest is the project's."""
    environment = os.environ | {
        "PYTHONPATH": f"{copy}{os.pathsep}{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, env=environment, cwd=copy, capture_output=True, text=True, check=False
    )
