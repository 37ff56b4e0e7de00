from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from service.__main__ import app
from service.store.steps import STEPS
from tests.commands import Pabal


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    yield " ".join(path)
    for name, command in getattr(group, "commands", {}).items():
        yield from _commands(command, (*path, name))


COMMAND = get_command(app)
COMMANDS = list(_commands(COMMAND))


@cache
def _help(command: str, width: int = 100) -> str:
    shown = CliRunner(env={"COLUMNS": f"{width}"}).invoke(app, [*command.split(), "--help"])
    assert shown.exit_code == 0
    return _unframed(shown.output)


def _unframed(said: str) -> str:
    return re.sub(r"[\s│╭╮╰╯─]+", " ", said)


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_of_the_help_is_cut_at_any_usual_width(command: str, width: int) -> None:
    said = _help(command, width)

    assert "…" not in said
    assert [word for part in _parts(command) for word in part.split() if word not in said] == []


def _parts(command: str) -> Iterator[str]:
    """What is written for the help of a command."""
    found: Any = COMMAND
    for name in command.split():
        found = found.commands[name]
    yield found.help or ""
    yield from (each.help or "" for each in found.params)
    yield from (
        (each.help or "").partition("\n\n")[0] for each in getattr(found, "commands", {}).values()
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_a_command_is_for_in_korean_and_then_in_english(command: str) -> None:
    said = _help(command)
    korean, english = (re.search(letters, said.split("]", 1)[-1]) for letters in ("[가-힣]", "/"))
    assert korean is not None
    assert command == "" or (english is not None and korean.start() < english.start())


def test_what_is_needed_first_stands_first_in_the_help() -> None:
    said = _help("")
    places = [said.index(word) for word in ("먼저 / First", " demo ", " up ", "Alerts", "Sources")]
    assert places == sorted(places)
    assert " Commands " not in said, "every command stands in a part of the help"


def test_the_command_alone_shows_the_help(pabal: Pabal) -> None:
    shown = pabal()
    assert shown.returncode == 2
    assert "Pabal watches" in shown.stdout + shown.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["uup"], "uup"),
        (["sources", "lsit"], "lsit"),
        (["match"], "RULE"),
        (["up", "--only", "cook"], "scheduler, worker, web"),
        (["once", "dance"], ", ".join(STEPS)),
        (["demo", "--kills", "-1"], "--kills"),
    ],
)
def test_a_wrong_call_is_refused_with_what_was_wrong(
    pabal: Pabal, arguments: list[str], named: str
) -> None:
    refused = pabal(*arguments)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert named.lower() in _unframed(refused.stderr).lower()
    assert "Traceback" not in refused.stderr


def test_it_says_which_release_it_is() -> None:
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.output) == (0, f"pabal {version('pabal')}\n")
