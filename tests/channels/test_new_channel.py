"""CONTRIBUTING followed to the letter in a copy: a channel is one file and its record."""

import shutil
from pathlib import Path

import pytest

from tests.copies import ROOT, run

CHANNEL = Path("notifier/channels/chime.py")
RECORDS = {f"tests/channels/chime/{each}.json" for each in ("expected", "contents")}
FILE = '''
"""Chime: a message to a room's hook. A 2xx means *sent*."""

import re
from typing import Any

from notifier.fitting import links, spelt, units, written
from notifier.hooks import Service
from notifier.letter import Letter
from notifier.model import Card

CARD = Card(
    korean="차임",
    english="Chime",
    address="차임 방의 주소 / URL of a room",
    what="글 / a text",
    example="https://hooks.chime.example/rooms/1",
)


def _payload(letter: Letter) -> dict[str, Any]:
    return {"text": written(letter, spelt, 3000, units, foot=[(), *links(letter)])}


open_channel = Service("Chime", re.compile(r"hooks\\.chime\\.example/rooms/[0-9]+"), _payload)
'''
SHOW = """
import runpy

from notifier.model import ChannelOptions
from notifier.registry import open_channel
from service.store.audit import Who
from service.web.means import Means
from service.web.offered import offered, way

means = Means(channels={"chime": open_channel("chime", ChannelOptions())})
reader = Who(1, "a@a.example", "reader", "ko", 1)
print(way("ko", "chime"), way("en", "chime"), offered(means, reader))
runpy.run_path(".ci/tables.py", run_name="__main__")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with a channel more: what stands around channels is a copy."""
    litter = shutil.ignore_patterns("__pycache__", ".*")
    for folder in ("notifier", "tests/channels", ".ci", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=litter)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / CHANNEL).write_text(FILE.lstrip(), "utf-8")
    return tmp_path


def files(project: Path) -> dict[str, bytes]:
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file()
    }


def test_a_channel_is_one_file_whose_record_the_first_run_makes(project: Path) -> None:
    before = files(project)
    module = "tests/channels/test_channels.py"
    tests = ("-m", "pytest", "-p", "no:cacheprovider", module, "-k", "chime or one_to_one")

    recording = run(project, *tests)
    assert recording.returncode == 1, recording.stdout + recording.stderr
    assert "expected.json was recorded: review, then run again" in recording.stdout
    passing = run(project, *tests)
    assert passing.returncode == 0, passing.stdout

    after = files(project)
    assert after.keys() - before.keys() == RECORDS
    assert {path: after[path] for path in before} == before


def test_the_pages_offer_a_new_channel_by_its_card_and_make_docs_lists_it(project: Path) -> None:
    before = files(project)

    shown = run(project, "-c", SHOW)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == "차임 Chime {'chime': 'https://hooks.chime.example/rooms/1'}\n"

    after = files(project)
    assert {path for path in after if after[path] != before[path]} == {"README.md"}
    row = "| `chime` | 차임 방의 주소 / URL of a room | 글 / a text |"
    assert row in after["README.md"].decode().splitlines()
