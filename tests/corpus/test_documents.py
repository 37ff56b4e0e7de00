"""Real releases and real word-processor files; skipped where they are not at hand."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from rapidfuzz.distance import Indel

from scrapers.documents.model import Document, DocumentError
from scrapers.documents.readers import read

DATA = Path(__file__).parents[2].parent / "shared/data"
RELEASES, FILES = DATA / "releases99", DATA / "hwp"
pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="no documents at hand")

LIKE = {  # by what a file should say, how like it is at least
    "hwpxlib/ParaHead.hwpx": ("hwpxlib/ParaHead.expected.txt", 0.90),
    "hwpxlib/RectInPara.hwpx": ("hwpxlib/RectInPara.expected.txt", 0.90),
    "hwpxlib/RectInRect.hwpx": ("hwpxlib/RectInRect.expected.txt", 0.65),
    "hwpxlib/Table.hwpx": ("hwpxlib/Table.expected.txt", 0.95),
    "hwpxlib/multipara.hwpx": ("hwpxlib/multipara.expected.txt", 0.99),
    "hwp2md/hangul5test.hwp": ("hwp2md/expected.md", 0.94),
    "hwp2md/한글 테스트.hwpx": ("hwp2md/expected.md", 0.94),
    "hwp2md/pdf 테스트.pdf": ("hwp2md/expected.md", 0.94),
    "hwpjs/noori.hwp": ("hwpjs/noori.html", 0.98),
    "hwpjs/noori.hwpx": ("hwpjs/noori.html", 0.98),
    "hwpjs/selfintroduce.hwp": ("hwpjs/selfintroduce.HTML", 0.98),
    "hwpjs/selfintroduce.hwpx": ("hwpjs/selfintroduce.HTML", 0.98),
}
SPEC = "openhwp_spec/한글문서파일형식_"
MOEF = "moef/2024년 1분기 해외직접투자 보도자료 ff"
SAME = [
    ("hwp2md/hangul5test.hwp", "hwp2md/한글 테스트.hwpx", 0.98),
    ("hwp2md/pdf 테스트.pdf", "hwp2md/한글 테스트.hwpx", 0.98),
    ("hwpjs/noori.hwp", "hwpjs/noori.hwpx", 0.99),
    ("hwpjs/table-bug.hwp", "hwpjs/table-bug.hwpx", 0.96),
    (f"{MOEF}.hwp", f"{MOEF}.hwpx", 0.98),
    (f"{SPEC}배포용문서_revision1.2.hwp", f"{SPEC}배포용문서_revision1.2.pdf", 0.82),
    (f"{SPEC}수식_revision1.3.hwp", f"{SPEC}수식_revision1.3.pdf", 0.77),
]
REASONS = {
    "kordoc/HWP3-password-123456.hwp": "unsupported",
    "kordoc/HWP5-password-123456.hwpx": "encrypted",
    "hwpjs/aligns.hml": "unsupported",
}


@cache
def outcome(path: Path) -> Document | DocumentError:
    try:
        return read(path.read_bytes())
    except DocumentError as error:
        return error


def text(path: Path) -> str:
    document = outcome(path)
    assert isinstance(document, Document), document
    return document.text


def expected(path: Path) -> str:
    content = path.read_bytes().decode("utf-8", "replace")
    if path.suffix.lower() == ".html":
        page = BeautifulSoup(content, "lxml")
        for silent in page(["style", "script", "title"]):
            silent.decompose()
        return page.get_text()
    return re.sub(r"<[^<>\n]{1,200}>", "", content)


def squashed(said: str) -> str:
    return re.sub(r"[\s|#*>\-–—_`;\\:\ue000-\uf8ff]+", "", said)


def alike(one: str, other: str) -> float:
    """By the shingles of three letters in common, wherever they stand."""
    first, second = (
        Counter(said[i : i + 3] for i in range(len(said) - 2))
        for said in map(squashed, (one, other))
    )
    return 2 * (first & second).total() / (first.total() + second.total())


def in_order(one: str, other: str) -> float:
    return Indel.normalized_similarity(squashed(one), squashed(other))


@pytest.mark.parametrize("name", LIKE)
def test_a_file_says_what_its_author_says_it_does(name: str) -> None:
    reference, floor = LIKE[name]
    assert alike(text(FILES / name), expected(FILES / reference)) >= floor


@pytest.mark.parametrize(("one", "other", "floor"), SAME)
def test_one_document_says_the_same_in_every_format(one: str, other: str, floor: float) -> None:
    assert in_order(text(FILES / one), text(FILES / other)) >= floor


@pytest.mark.parametrize("name", REASONS)
def test_what_cannot_be_read_says_why(name: str) -> None:
    error = outcome(FILES / name)
    assert isinstance(error, DocumentError)
    assert error.reason == REASONS[name]


def test_every_file_gives_text_or_a_reason() -> None:
    paths = [
        *(path for path in FILES.rglob("*") if path.suffix in {".hwp", ".hwpx", ".pdf", ".hml"}),
        *(RELEASES / "hwpx").iterdir(),
        *(RELEASES / "pdf").iterdir(),
    ]
    outcomes = [outcome(path) for path in paths]
    assert len(outcomes) > 80
    refused = [each.reason for each in outcomes if isinstance(each, DocumentError)]
    assert Counter(refused) == {"unsupported": 2, "encrypted": 1, "no-text": 2}


@pytest.mark.parametrize(("kind", "floor"), [("hwpx", 0.785), ("pdf", 0.79)])
def test_releases_are_like_the_text_of_the_portal(kind: str, floor: float) -> None:
    """The portal's text leaves out boxes and tables, and adds what its page says of the file."""
    likeness = [
        in_order(document.text, (RELEASES / "ground_truth" / f"{path.stem}.md").read_text("utf-8"))
        for path in sorted((RELEASES / kind).iterdir())
        if isinstance(document := outcome(path), Document)
    ]
    assert sum(likeness) / len(likeness) >= floor


def test_a_release_says_the_same_in_hwpx_and_in_pdf() -> None:
    likeness = [
        in_order(text(path), text(RELEASES / "pdf" / f"{path.stem}.pdf"))
        for path in sorted((RELEASES / "hwpx").iterdir())
        if isinstance(outcome(path), Document)
    ]
    assert sum(likeness) / len(likeness) >= 0.99


def test_no_text_holds_a_mark_of_markup_or_a_letter_that_nobody_sees() -> None:
    for path in (*(RELEASES / "hwpx").iterdir(), *(RELEASES / "pdf").iterdir()):
        document = outcome(path)
        if isinstance(document, Document):
            assert not re.search(r"<br|<sup|!\[|\\[*_.]", document.text)
            assert not re.search(r"[\x00-\x08\x0b-\x1f\ue000-\uf8ff]", document.text)
