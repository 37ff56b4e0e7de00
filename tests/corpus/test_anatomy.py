"""Real releases taken apart, against what people read off them; skipped where there are none."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from scrapers.documents.readers import read
from service.reading.anatomy import dissect
from service.reading.clean import clean

SHARED = Path(__file__).parents[2].parent / "shared"
RELEASES = SHARED / "data/releases99"
LINES = SHARED / "data/embargo/lines.jsonl"
SEEDS = SHARED / "seeds"
STREAM = SHARED / "data/stream/2026-03.jsonl.gz"
_MARK = re.compile(r"^\W{0,2}(?:참고|보도자료|동정|차관동정)\W\s*|보도자료$")


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _bare(text: str) -> str:
    return re.sub(r"[\s\ue000-\uf8ff]+", "", text)


def _letters(title: str) -> str:
    return re.sub(r"[\W_]+", "", _MARK.sub("", title))


@pytest.mark.skipif(not RELEASES.is_dir(), reason="no labelled releases at hand")
@pytest.mark.parametrize("container", ["hwpx", "pdf"])
def test_heading_and_body_are_as_people_read_them(container: str) -> None:
    for gold in _rows(RELEASES / "gold_documents.jsonl"):
        file = RELEASES / container / f"{gold['newsId']}.{container}"
        if not file.is_file():
            continue
        parts = dissect(read(file.read_bytes()).text, None)

        assert _bare(parts.title) == _bare(gold["title"])
        assert [*map(_bare, parts.subtitles)] == [*map(_bare, gold["subtitles"])]
        assert _bare(gold["first_sentence"]) in _bare(parts.body)
        assert _bare(gold["last_sentence_before_contacts"]) in _bare(parts.body)
        assert "담당부서" not in _bare(parts.body + parts.annex)
        assert "보도시점" in _bare(parts.box)


@pytest.mark.slow
@pytest.mark.skipif(not LINES.is_file(), reason="no titles of the portal at hand")
@pytest.mark.parametrize("container", ["hwpx", "pdf"])
def test_nearly_all_titles_are_those_the_portal_has(container: str) -> None:
    right, read_in_all = 0, 0
    for row in _rows(LINES):
        file = RELEASES / container / f"{row['newsId']}.{container}"
        if file.is_file():
            title = dissect(read(file.read_bytes()).text, None).title
            right += _letters(title) == _letters(row["title"])
            read_in_all += 1

    # Two of them were given another title on the portal than in the document.
    assert right >= read_in_all - 3


@pytest.mark.skipif(not SEEDS.is_dir(), reason="no seeds at hand")
def test_old_extractions_are_mended_and_cleared_of_furniture() -> None:
    for gold in _rows(SEEDS / "gold.jsonl"):
        if gold["kind"] != "press_release":
            continue
        parts = dissect((SEEDS / gold["file"]).read_text(encoding="utf-8"), None)
        text = parts.title + parts.body + parts.annex

        assert _bare(parts.title) == _bare(gold["title"])
        assert [*map(_bare, parts.subtitles)] == [*map(_bare, gold["subtitles"])]
        assert all(_bare(part) in _bare(text) for part in gold["body_must_contain"])
        assert not any(_bare(part) in _bare(text) for part in gold["body_must_not_contain"])
        assert all(name in text for name in gold["programmes"])
        assert all(each["phone"] in parts.contacts for each in gold["contacts"])


@pytest.mark.slow
@pytest.mark.skipif(not STREAM.is_file(), reason="no month of releases at hand")
def test_well_formed_text_is_hardly_ever_mended() -> None:
    rows = [json.loads(line) for line in gzip.decompress(STREAM.read_bytes()).splitlines()][::4]

    changed = sum(_changed(row["title"], row["text"]) for row in rows)

    assert changed <= len(rows) // 100


def _changed(title: str, text: str) -> bool:
    """Whether a line of the body is none of the text's."""
    parts = dissect(text, title)
    lines = {" ".join(line.split()) for line in clean(text).split("\n")}
    read_as = f"{parts.body}\n{parts.annex}".split("\n")
    return any(line and line not in lines for line in read_as)
