"""The score script over the command line: every form it asks for is there, whatever the figures.

``keywords`` and ``seeds`` start the command once a keyword and take minutes: by hand.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"
SCRIPT = SHARED / "eval" / "score.py"
pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="no score script at hand")

NEEDED = {
    "embargo": "embargo",
    "calls": "calls",
    "same_story": "same_story",
    "documents": "releases99",
}


def _score(task: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), task, "--json", "--pabal", f"{sys.executable} -m service"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    scored: dict[str, Any] = json.loads(done.stdout)[task]
    return scored


@pytest.mark.parametrize("task", NEEDED)
def test_the_score_script_runs_through(task: str) -> None:
    if not (SHARED / "data" / NEEDED[task]).is_dir():
        pytest.skip(f"no {NEEDED[task]} at hand")
    assert _score(task)


def test_no_two_different_releases_are_called_the_same() -> None:
    if not (SHARED / "data" / "same_story").is_dir():
        pytest.skip("no same_story at hand")
    scored = _score("same_story")
    assert scored["false_merges"].startswith("0/")
    assert scored["recall"] > 0.1
