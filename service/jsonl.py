"""JSON Lines as people type and pipe them: a line that is no object is named by its number."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from service.errors import UserError


def records(source: str = "-") -> Iterator[dict[str, Any]]:
    """Objects of a JSON Lines file, or of standard input for ``-``."""
    try:
        with nullcontext(sys.stdin.buffer) if source == "-" else Path(source).open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _record(line, f"{source}:{number}")
    except OSError as error:
        raise UserError(f"{source}: {error.strerror}") from error


def tell(given: Iterable[Mapping[str, object]]) -> None:
    """Print each object as a line, at once."""
    for each in given:
        sys.stdout.write(json.dumps(each, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _record(line: bytes, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{place}: JSON이 아닙니다 (not JSON): {error}") from error
    if not isinstance(record, dict):
        raise UserError(f"{place}: 객체가 아닙니다 (not an object)")
    return record
