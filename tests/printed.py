"""What is printed in the documents."""

import re
from pathlib import Path
from typing import Any

import typer

from service.__main__ import app

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "tests/README.md"]
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text("utf-8") for page in PAGES}
README = TEXTS["README.md"]
COMMAND: Any = typer.main.get_command(app)


def section(page: str, heading: str) -> str:
    """The text under a heading, up to the next one of its rank."""
    found = re.search(
        rf"^## {heading}[^\n]*\n(.*?)(?=^## |\Z)", TEXTS[page], re.DOTALL | re.MULTILINE
    )
    assert found, f"{page} has no section {heading}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Cells of every table row, unescaped."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    split = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return [[cell.strip().replace("\\|", "|") for cell in cells] for cells in split]
