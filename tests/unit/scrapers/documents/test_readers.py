import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from scrapers.documents.model import DocumentError
from scrapers.documents.readers import read

PARAGRAPH = "<hp:p><hp:run><hp:t>{}</hp:t></hp:run></hp:p>"


def reason(content: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read(content)
    return caught.value.reason


def test_a_document_is_read_by_its_bytes(
    hwpx: Callable[..., bytes], pdf: Callable[..., bytes]
) -> None:
    assert read(hwpx(PARAGRAPH.format("한글"))).container == "hwpx"
    assert read(pdf("BT /F 10 Tf 50 700 Td (pdf) Tj ET")).container == "pdf"
    assert read("그냥 글".encode()).container == "text"


def test_a_document_without_text_says_so(
    hwpx: Callable[..., bytes], pdf: Callable[..., bytes]
) -> None:
    assert reason(hwpx(PARAGRAPH.format(" "))) == "no-text"
    assert reason(pdf("0 0 600 800 re f")) == "no-text"


def test_a_text_longer_than_any_budget_is_refused() -> None:
    assert reason(b"a" * 5_000_001) == "too-large"


def test_damaged_bytes_raise_nothing_but_document_error(
    hwpx: Callable[..., bytes], pdf: Callable[..., bytes]
) -> None:
    chance = random.Random(7)
    for whole in (hwpx(PARAGRAPH.format("한글") * 20), pdf("BT /F 10 Tf 5 7 Td (p) Tj ET" * 9)):
        for _ in range(60):
            hurt = bytearray(whole)
            for _ in range(chance.randrange(1, 20)):
                hurt[chance.randrange(len(hurt))] = chance.randrange(256)
            with suppress(DocumentError):
                read(bytes(hurt[: chance.randrange(1, len(hurt) + 1)]))
