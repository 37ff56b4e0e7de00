"""The rooms of the house in figures, as of each revision given: `.ci/house.py v1.0 HEAD`.

Of each room: modules, lines, the longest module, functions, those of over 40 lines and the longest,
and public names (of modules and classes).
"""

# ruff: noqa: INP001
from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

_ROOMS = ("service", "scrapers", "notifier", "migrations", "tests")
_LONG = 40


@dataclass(slots=True)
class Room:
    """What was counted; ``functions`` are their lengths in lines."""

    modules: list[int]
    functions: list[int]
    names: int = 0

    def shown(self) -> str:
        """One row."""
        long = sum(each > _LONG for each in self.functions)
        return (
            f"{len(self.modules):8}{sum(self.modules):8}{max(self.modules):9}"
            f"{len(self.functions):11}{long:6}{max(self.functions, default=0):9}{self.names:8}"
        )


def counted(revision: str) -> dict[str, Room]:
    """Every room of that revision by its name, two folders deep."""
    rooms: defaultdict[str, Room] = defaultdict(lambda: Room([], []))
    for path, text in _modules(revision):
        room = rooms["/".join(PurePosixPath(path).parts[:-1][:2])]
        room.modules.append(text.count("\n"))
        for each in ast.walk(ast.parse(text)):
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                assert each.end_lineno is not None
                room.functions.append(each.end_lineno - each.lineno + 1)
            if isinstance(each, ast.Module | ast.ClassDef):
                room.names += sum(map(_is_public, each.body))
    return rooms


def _modules(revision: str) -> Iterator[tuple[str, str]]:
    listed = _git("ls-tree", "-r", "--name-only", revision, "--", *_ROOMS).splitlines()
    for path in listed:
        if path.endswith(".py"):
            yield path, _git("show", f"{revision}:{path}")


def _is_public(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return not name.startswith("_")
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return not name.startswith("_")
    return False


def _git(*asked: str) -> str:
    command = ["git", *asked]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own words


def main() -> None:
    """Print a table for each revision."""
    say = sys.stdout.write
    for revision in sys.argv[1:] or ["HEAD"]:
        rooms = counted(revision)
        say(f"{revision:24} modules   lines  longest  functions  > 40  longest  public\n")
        for name, room in sorted(rooms.items()):
            say(f"{name:24}{room.shown()}\n")
        whole = Room(
            [each for room in rooms.values() for each in room.modules],
            [each for room in rooms.values() for each in room.functions],
            sum(room.names for room in rooms.values()),
        )
        say(f"{'all':24}{whole.shown()}\n\n")


if __name__ == "__main__":
    main()
