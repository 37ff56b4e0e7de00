"""CONTRIBUTING followed to the letter in a copy: a setting is one field."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.copies import ROOT
from tests.copies import run as run_in

BEFORE = '    log: Literal["console", "json"]'
FIELD = """    quiet_host: str | None = hidden()
    \"\"\"{}\"\"\"
"""
TOLD = "건드리지 않을 주소 / host that is left alone; unset: none"
SHOW = """
import runpy
from service.config import from_environment
from service.ops.findings import of_settings

set_here = from_environment({"PABAL_QUIET_HOST": "quiet.example"})
print(set_here.quiet_host)
print(next(of_settings(set_here)).found)
runpy.run_path(".ci/tables.py", run_name="__main__")
"""

Run = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Adds the field with a description to a copy, and runs a program there."""
    for folder in ("docs", ".ci"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "README.md", tmp_path)
    (tmp_path / "service").mkdir()
    for each in (ROOT / "service").iterdir():
        if each.name != "config.py":
            (tmp_path / "service" / each.name).symlink_to(each)

    def run(told: str) -> subprocess.CompletedProcess[str]:
        text = (ROOT / "service/config.py").read_text("utf-8")
        changed = text.replace(BEFORE, FIELD.format(told) + BEFORE)
        (tmp_path / "service/config.py").write_text(changed, "utf-8")
        return run_in(tmp_path, "-c", SHOW)

    return run


def test_a_setting_is_one_field_that_doctor_and_readme_follow(run: Run, tmp_path: Path) -> None:
    said = run(TOLD)

    assert said.returncode == 0, said.stderr
    value, found = said.stdout.splitlines()
    assert value == "quiet.example"
    assert "quiet_host=(set)" in found
    before, after = ((each / "README.md").read_text("utf-8") for each in (ROOT, tmp_path))
    row = "| `PABAL_QUIET_HOST` | — | 건드리지 않을 주소 | host that is left alone; unset: none |"
    assert [line for line in after.splitlines() if line != row] == before.splitlines()
    assert row in after.splitlines()


def test_a_setting_that_is_told_in_one_language_is_refused_by_its_name(run: Run) -> None:
    said = run("host that is left alone")

    assert said.returncode == 1
    assert "quiet_host: its description must say it in both languages" in said.stderr
