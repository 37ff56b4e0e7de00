from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from scrapers.documents.answers import Answer, framed, packed, unpacked
from scrapers.documents.model import Document, DocumentError, Facts
from scrapers.model import Moment

SEOUL = ZoneInfo("Asia/Seoul")


def test_a_document_comes_back_as_it_went() -> None:
    published = Moment(datetime(2026, 4, 12, 11, 0, tzinfo=SEOUL), "minute")
    facts = Facts("제목", published, "홍가나 기자", "가나일보", article=True)
    document = Document("html", "글\t칸", "trafilatura", tables=1, facts=facts)
    assert unpacked(packed(Answer(document, tired=False))) == Answer(document, tired=False)


def test_an_error_comes_back_as_it_went() -> None:
    answer = unpacked(packed(Answer(DocumentError("encrypted", "암호"), tired=True)))
    assert isinstance(answer.outcome, DocumentError)
    assert (answer.outcome.reason, answer.outcome.detail) == ("encrypted", "암호")
    assert answer.tired


def test_a_frame_begins_with_its_length() -> None:
    assert framed(b"abc") == b"\0\0\0\3abc"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"tired": 1, "document": {"text": 1}}'])
def test_nonsense_is_told_by_errors_that_the_host_expects(body: bytes) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        unpacked(body)
