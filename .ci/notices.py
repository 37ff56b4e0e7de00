"""Notices of support with their fields: 기업마당's own labels of 2021, and ours of later ones."""
# ruff: noqa: INP001

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LABELS = Path(__file__).with_name("field_labels.tsv")
LATER = 0.3  # how much less the second field that the portal gives counts than its first


@dataclass(frozen=True)
class Notice:
    """``shown``: title and text. ``fields``: the chief one first. ``given``: by the portal."""

    shown: tuple[str, str]
    fields: tuple[str, ...]
    given: bool

    def target(self, field: str) -> float:
        """What to learn for a field, 1 to -1: the portal is freer with later ones than we are."""
        if field not in self.fields:
            return -1.0
        return 1 - LATER * self.fields.index(field) if self.given else 1.0


def labelled(folder: Path) -> list[Notice]:
    """All notices of the folder that have labels."""
    given = [
        # The portal names a field once for each of its parts that a notice falls under.
        Notice(
            (row["pblancNm"], row["bsnsSumryCn"] or ""),
            tuple(dict.fromkeys(row["pldirSportRealmLclasCodeNm"].split("@"))),
            given=True,
        )
        for row in lines(folder / "topics/bizinfo_2021.jsonl")
    ]
    later = {row["id"]: row for row in lines(folder / "calls/notices_2026.jsonl.gz")}
    ours = [
        Notice(
            (later[number]["title"], later[number]["api_summary"]),
            tuple(fields.split()),
            given=False,
        )
        for number, fields in (line.split("\t") for line in LABELS.read_text().splitlines()[1:])
    ]
    return given + ours


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines, packed or not."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return [json.loads(line) for line in text.splitlines() if line.strip()]
