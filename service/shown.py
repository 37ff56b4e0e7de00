"""What a document says, for a person's eye: facts first, then the text with its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from notifier.labels import WORDS

_SHOWN = 40  # lines of text; the whole is in --json


def show(said: Mapping[str, Any]) -> None:
    """Print the record of docs/formats.md on standard output."""
    console = Console(highlight=False)
    if said.get("error"):
        console.print(Text.assemble((f"✗ {said['id']}: ", "red"), str(said["error"])))
        return
    head = Text(str(said["title"] or said["id"]), style="bold")
    parts: list[RenderableType] = [
        _facts(said),
        Text(),
        *_body(str(said["text"])),
    ]
    console.print(Panel(Group(*parts), title=head, title_align="left"))


def _facts(said: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for label, value in _rows(said):
        table.add_row(label, Text(value))
    return table


def _rows(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Label and value of every fact that is there."""
    kind = WORDS["ko"].kinds.get(said["kind"])
    yield "종류 kind", f"{kind} {said['kind']}" if kind else "—"
    who = said["publishers"] or [said["publisher"] or "—"]
    yield "기관 publisher", " · ".join(who)
    if said["ministries"] and said["ministries"] != said["publishers"]:
        yield "당시 이름 named", " · ".join(said["ministries"])
    yield "시각 published", said["published_at"] or "알 수 없음 unknown"
    if said["embargo"]:
        yield "보도시점 embargo", _embargo(said["embargo"])
    if said["call"]["is_call"]:
        yield "신청 apply", _call(said["call"])
    if said.get("lacks"):
        yield "못 읽은 것 lacks", said["lacks"]
    if said["byline"]:
        yield "기자 byline", said["byline"]
    if said["topics"]:
        yield "분야 topics", ", ".join(each["code"] for each in said["topics"])
    for number, each in enumerate(said["contacts"]):
        fields = (each["department"], each["rank"], each["name"], each["phone"])
        yield "" if number else "담당 contacts", "  ".join(filter(None, fields))
    for number, each in enumerate(said["mentions"][:8]):
        yield "" if number else "언급 mentions", each["name"]


def _embargo(embargo: Mapping[str, Any]) -> str:
    said = [
        "즉시 at once" if embargo["immediate"] else None,
        embargo["online_at"] and f"온라인 online {embargo['online_at']}",
        embargo["paper_at"] and f"지면 paper {embargo['paper_at']}",
        embargo["date_only"],
        embargo["condition"] and f"조건 on {embargo['condition']}",
    ]
    return " / ".join(filter(None, said)) + f"  ({embargo['sentence']})"


def _call(call: Mapping[str, Any]) -> str:
    if call["open_ended"] and not call["end"]:
        until = "상시 open-ended"
    else:
        end = " ".join(filter(None, (call["end"], call["end_time"]))) or "?"
        until = f"{call['start'] or ''} ~ {end}"
    return until + (f"  ({call['sentence']})" if call["sentence"] else "")


def _body(text: str) -> Iterator[RenderableType]:
    lines = text.split("\n")
    for tabular, run in groupby(lines[:_SHOWN], key=lambda line: "\t" in line):
        if tabular:
            yield _table([line.split("\t") for line in run])
        else:
            yield Text("\n".join(run))
    if len(lines) > _SHOWN:
        yield Text(f"… {len(lines) - _SHOWN}줄 더 (more lines with --json)", style="dim")


def _table(rows: Sequence[Sequence[str]]) -> Table:
    table = Table(show_header=False, show_lines=True)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
