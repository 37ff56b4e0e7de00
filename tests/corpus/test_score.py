"""The score script over the command line: every form it asks for is there, whatever the figures.

A few of each task's records show that. ``keywords`` and ``seeds`` start the command once a keyword
and take minutes: by hand.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"
SCRIPT = SHARED / "eval" / "score.py"
DATA = SHARED / "data"
pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="no score script at hand")

NEEDED = {
    "embargo": "embargo", "calls": "calls", "documents": "releases99", "same_story": "same_story",
}  # fmt: skip
RECORDS, DOCUMENTS = 15, 2


def _score(task: str, data: Path) -> dict[str, Any]:
    asked = [task, "--json", "--data", str(data), "--pabal", f"{sys.executable} -m service"]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *asked],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    scored: dict[str, Any] = json.loads(done.stdout)[task]
    return scored


def _few(source: Path, target: Path) -> None:
    """The first of each file's records and of each folder's documents; all else as it is."""
    target.mkdir(parents=True)
    inside = sorted(source.iterdir())
    for each in inside[:DOCUMENTS] if source.name in ("hwpx", "pdf") else inside:
        to = target / each.name
        if each.is_dir():
            _few(each, to)
        elif ".jsonl" in each.suffixes:
            packed = gzip.open if each.suffix == ".gz" else open
            with packed(each, "rb") as records, packed(to, "wb") as some:
                some.writelines(list(records)[:RECORDS])
        else:
            to.symlink_to(each)


@pytest.mark.parametrize("task", NEEDED)
def test_the_score_script_runs_through(task: str, tmp_path: Path) -> None:
    if not (DATA / NEEDED[task]).is_dir():
        pytest.skip(f"no {NEEDED[task]} at hand")
    _few(DATA / NEEDED[task], tmp_path / NEEDED[task])

    assert _score(task, tmp_path)
