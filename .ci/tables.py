"""Writes the tables of the documents that follow from declarations: `make docs`.

Each table stands below a line of its own, ``<!-- made by make docs: NAME -->``, up to a blank line.
"""
# ruff: noqa: INP001

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from typer.testing import CliRunner

from notifier.registry import card, names
from service.__main__ import app
from service.config import Settings
from service.judging.taxonomy import subjects

DOCUMENTS = ("README.md", "docs/sources.md", "docs/glossary.md")
_TABLE = re.compile(r"(<!-- made by make docs: (\w+) -->\n)(?:.+\n)*")


def channels() -> Iterator[Sequence[str]]:
    """Every channel, as its CARD has it."""
    yield "채널", "주소 / address", "무엇 / what"
    for name in names():
        yield f"`{name}`", card(name).address, card(name).what


def settings() -> Iterator[Sequence[str]]:
    """Every setting, as its field has it; what is unset by itself has no default."""
    yield "변수", "기본값 / default", "뜻", "meaning"
    declared = [name for part in (Settings, *Settings.__bases__) for name in part.__annotations__]
    for name in (each for each in declared if each in Settings.model_fields):
        field = Settings.model_fields[name]
        korean, _, english = " ".join((field.description or "").split()).partition(" / ")
        if not english:
            message = f"{name}: its description must say it in both languages: 뜻 / meaning"
            raise ValueError(message)
        default = "—" if field.default in {None, "", ()} or "unset:" in english else field.default
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        yield f"`PABAL_{name.upper()}`", shown, korean, english


def topics() -> Iterator[Sequence[str]]:
    """Every topic, as its table has it."""
    yield "코드 / code", "분야", "topic", "규칙에서 / in rules"
    for code, each in subjects().items():
        yield f"`{code}`", each.korean, each.english, ", ".join(each.called)


def sources() -> Iterator[str]:
    """Every source, as `pabal sources list` has it."""
    yield from CliRunner().invoke(app, ["sources", "list", "--markdown"]).output.splitlines()


def made(text: str) -> str:
    """A document with its tables as they have to be."""
    return _TABLE.sub(lambda found: found[1] + TABLES[found[2]](), text)


def _drawn(rows: Callable[[], Iterator[Sequence[str]]]) -> Callable[[], str]:
    def draw() -> str:
        head, *rest = rows()
        table = [f"| {' | '.join(cells)} |\n" for cells in (head, *rest)]
        return "".join([table[0], "|---" * len(head) + "|\n", *table[1:]])

    return draw


TABLES: dict[str, Callable[[], str]] = {
    "channels": _drawn(channels),
    "settings": _drawn(settings),
    "topics": _drawn(topics),
    "sources": lambda: "".join(f"{line}\n" for line in sources()),
}

if __name__ == "__main__":
    for name in DOCUMENTS:
        document = Path(name)
        document.write_text(made(document.read_text("utf-8")), "utf-8")
