"""The example of README, followed to the letter in a copy of the project: three files, no edit."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ID = "customs_notice"
FILES = (f"scrapers/sources/{ID}.py", f"tests/sources/{ID}/feed.xml")
RECORD = f"tests/sources/{ID}/expected.json"


def example() -> tuple[dict[str, str], list[list[str]]]:
    """The files that README prints, by path, and the commands that follow them."""
    text = (ROOT / "README.md").read_text("utf-8")
    files = {}
    for path in FILES:
        found = re.search(rf"`{re.escape(path)}`.*?```\w+\n(.*?)\n +```", text, re.DOTALL)
        assert found, f"README prints no {path}"
        files[path] = textwrap.dedent(found[1]) + "\n"
    lines = re.findall(rf"^ *\.venv/bin/pytest (.*{ID})", text, re.MULTILINE)
    return files, [line.split() for line in lines]


def run(project: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """``pytest`` on the copy: its scrapers come before those that are installed."""
    environment = os.environ | {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    plugins = ["-p", "no:cacheprovider", "-p", "tests.faults.plugin"]  # the latter by conftest.py
    command = [sys.executable, "-m", "pytest", *plugins, *arguments]
    return subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def digests(project: Path) -> dict[str, str]:
    return {
        str(path.relative_to(project)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in project.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What a source is made of, without what other tests left lying about."""
    litter = shutil.ignore_patterns("__pycache__", ".*", ID)
    for folder in ("scrapers", "tests/sources"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=litter)
    (tmp_path / "tests/faults").mkdir()
    for path in ("pyproject.toml", "tests/faults/plugin.py", "tests/faults/record.py"):
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


def test_a_newcomer_adds_a_source_with_three_files_and_no_edit(project: Path) -> None:
    before = digests(project)
    files, (first, second) = example()
    for path, text in files.items():
        (project / path).parent.mkdir(exist_ok=True)
        (project / path).write_text(text, "utf-8")

    recording = run(project, first)
    assert recording.returncode == 1, recording.stdout + recording.stderr
    assert f"recorded {ID}/expected.json: review, then run again" in recording.stdout

    passing = run(project, second)
    assert passing.returncode == 0, passing.stdout
    assert re.search(r"\b\d\d passed", passing.stdout)

    after = digests(project)
    assert after.keys() - before.keys() == {*FILES, RECORD}
    assert {path: after[path] for path in before} == before
