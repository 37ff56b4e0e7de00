"""Embargoes and contacts against releases read by hand; skipped where those are not at hand."""

import csv
import gzip
import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from scrapers.documents.model import DocumentError
from scrapers.documents.readers import read
from service.model import Contact, Embargo
from service.reading import contacts, embargo

SHARED = Path(__file__).parents[2].parent / "shared"
LINES = SHARED / "data/embargo/lines.jsonl"
SEEDS = SHARED / "seeds/gold.jsonl"
RELEASES = SHARED / "data/releases99"
STREAM = SHARED / "data/stream/2026-03.jsonl.gz"

pytestmark = pytest.mark.skipif(not LINES.is_file(), reason="no labelled releases at hand")


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _labels(found: Embargo | None) -> dict[str, Any]:
    if found is None:
        return dict.fromkeys(("immediate", "online_at", "paper_at", "date_only"))
    return {
        "immediate": found.immediate,
        "online_at": f"{found.online.day}T{found.online.clock}+09:00" if found.online else None,
        "paper_at": " ".join(map(str, found.paper)) if found.paper else None,
        "date_only": str(found.date_only) if found.date_only else None,
    }


def test_every_labelled_line_but_one_is_read_exactly() -> None:
    rows = _rows(LINES)
    wrong = []
    for row in rows:
        near = datetime.strptime(row["approve"][:10], "%m/%d/%Y").date()  # noqa: DTZ007
        got = _labels(embargo.find("\n".join(row["embargo"]), near))
        if any(got[part] != row["gold"].get(part) for part in got):
            wrong.append(row["newsId"])
    assert len(rows) > 40
    assert len(wrong) <= 1, wrong


def test_the_seeds_embargoes_are_read_without_a_day_near() -> None:
    for row in _rows(SEEDS):
        got = _labels(embargo.find((SEEDS.parent / row["file"]).read_text(encoding="utf-8"), None))
        gold = row["embargo"] or dict.fromkeys(got)
        assert {part: got[part] for part in gold if part in got} == {
            part: gold[part] for part in gold if part in got
        }


def test_the_seeds_contacts_are_read_whole() -> None:
    for row in _rows(SEEDS):
        found = contacts.find((SEEDS.parent / row["file"]).read_text(encoding="utf-8"))
        gold = {
            Contact(one["department"], one["rank"], one["name"], one["phone"])
            for one in row["contacts"]
        }
        assert set(found) == gold


@pytest.mark.skipif(not STREAM.is_file(), reason="no month of releases at hand")
def test_a_month_of_bodies_holds_hardly_any_embargo() -> None:
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    found = [text for text in texts if embargo.find(text, date(2026, 3, 15))]
    labelled = [text for text in found if re.search(r"보\s?도\s?시\s?점", text[:100])]
    assert len(found) == len(labelled) > 10


def _table(name: str) -> dict[str, dict[str, str]]:
    with (RELEASES / name).open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["news_item_id"]: row for row in rows}


def _documents(kind: str) -> dict[str, str]:
    """Every second document that can be read: enough to notice what breaks."""
    texts = {}
    for path in sorted((RELEASES / kind).glob(f"*.{kind}"))[::2]:
        try:
            texts[path.stem] = read(path.read_bytes()).text
        except DocumentError:
            continue
    return texts


@pytest.mark.parametrize("kind", ["hwpx", "pdf"])
def test_documents_give_their_phones_and_embargoes(kind: str) -> None:
    phones, labels = _table("gold_phones.tsv"), _table("gold_embargo.tsv")
    missed, wrong = set(), set()
    texts = _documents(kind)
    for name, text in texts.items():
        gold = set(phones[name]["phones_in_pdf_and_hwpx"].split())
        missed |= gold - {one.phone for one in contacts.find(text)}
        got = _labels(embargo.find(text, date(2026, 4, 13)))
        if (
            labels[name]["kind"] == "at"
            and got["online_at"] != labels[name]["online_at"] + "+09:00"
        ):
            wrong.add(name)
        if labels[name]["kind"] == "immediate" and not got["immediate"]:
            wrong.add(name)
    assert len(texts) > 10
    assert len(missed) <= 1, missed
    assert len(wrong) <= 1, wrong
