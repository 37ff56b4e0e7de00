"""``pabal read``, ``match``, ``same``: the reading and judging rooms on files and pipes.

JSON Lines in and out have the forms that docs/formats.md gives.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from service.errors import UserError

_AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines")]


def add(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(read)
    app.command()(match)
    app.command()(same)


def read(
    files: Annotated[list[str], typer.Argument(help="파일들, 또는 - (JSON Lines) / files, or -")],
    as_json: _AsJson = False,
) -> None:
    """문서가 무엇을 말하는지 읽습니다. / Read what documents say.

    지금은 글(.txt)과 HTML을 읽습니다. / Text and HTML for now; other files give an "error".
    """
    from service.reading import files as documents  # noqa: PLC0415
    from service.reading.publishers import Registry  # noqa: PLC0415

    registry = Registry.load()
    if files == ["-"]:
        results = (documents.of_record(each, registry) for each in _records())
    else:
        missing = [each for each in files if not Path(each).is_file()]
        if missing:
            raise UserError(f"{missing[0]}: 파일이 없습니다 (no such file)")
        results = (
            documents.of_file(Path(each).name, Path(each).read_bytes(), registry) for each in files
        )
    for result in results:
        typer.echo(json.dumps(result, ensure_ascii=False) if as_json else documents.shown(result))


def match(
    rule: Annotated[str, typer.Argument(help="규칙 / a rule")],
    source: Annotated[str, typer.Argument(help="JSON Lines 파일 또는 - / a file or -")] = "-",
    as_json: _AsJson = False,
) -> None:
    """규칙이 글에 맞는지, 어디에 맞는지 봅니다. / Whether a rule holds for texts, and where."""
    from service.judging.matcher import Matcher  # noqa: PLC0415
    from service.judging.morphemes import Morphology  # noqa: PLC0415
    from service.judging.rules import parse  # noqa: PLC0415
    from service.reading.publishers import Registry  # noqa: PLC0415

    matcher = Matcher({0: parse(rule)})
    records = list(_records(source))
    parts = [(str(each.get("title") or ""), _text(each)) for each in records]
    windows = sorted(frozenset[str]().union(*(matcher.windows(*each) for each in parts)))
    morphs = dict(
        zip(windows, Morphology(Registry.load().names()).analyse(windows), strict=True)
        if windows
        else ()
    )
    for record, (title, text) in zip(records, parts, strict=True):
        found = matcher.match(title, text, morphs)
        hits = [list(span) for each in found for span in each.hits]
        result = {"id": record.get("id"), "matched": bool(found), "hits": hits}
        shown = f"{'✓' if found else '–'} {record.get('id')} {title} {hits}"
        typer.echo(json.dumps(result, ensure_ascii=False) if as_json else shown)


def same(
    source: Annotated[str, typer.Argument(help="JSON Lines 파일 또는 - / a file or -")] = "-",
    as_json: _AsJson = False,
) -> None:
    """두 글이 같은 글인지 봅니다. / Whether two texts are one announcement, and why."""
    from service.judging import story  # noqa: PLC0415

    for record in _records(source):
        verdict = story.same(*(_copy(record, side) for side in ("a", "b")))
        result = {"id": record.get("id"), **verdict._asdict()}
        shown = f"{'=' if verdict.same else '≠'} {record.get('id')} {verdict.reason}"
        typer.echo(json.dumps(result, ensure_ascii=False) if as_json else shown)


def _copy(record: dict[str, Any], side: str) -> Any:
    from service.judging.story import Copy  # noqa: PLC0415

    doc = record.get(side)
    if not isinstance(doc, dict):
        raise UserError(f"id {record.get('id')}: '{side}' 문서가 없습니다 (no document '{side}')")
    title, publisher = str(doc.get("title") or ""), doc.get("publisher")
    return Copy(doc.get("url"), title, _text(doc), publisher)


def _text(record: dict[str, Any]) -> str:
    text = record.get("text")
    if not isinstance(text, str):
        raise UserError(f"id {record.get('id')}: 'text'가 없습니다 (no 'text')")
    return text


def _records(source: str = "-") -> Iterator[dict[str, Any]]:
    """Objects of a JSON Lines file or of standard input; a line that is none is named."""
    try:
        with nullcontext(sys.stdin.buffer) if source == "-" else Path(source).open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _record(line, f"{source}:{number}")
    except OSError as error:
        raise UserError(f"{source}: {error.strerror}") from error


def _record(line: bytes, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{place}: JSON이 아닙니다 (not JSON): {error}") from error
    if not isinstance(record, dict):
        raise UserError(f"{place}: 객체가 아닙니다 (not an object)")
    return record
