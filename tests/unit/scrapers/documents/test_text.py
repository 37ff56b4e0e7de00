import codecs

import pytest

from scrapers.documents.model import DocumentError
from scrapers.documents.text import read_text


@pytest.mark.parametrize(
    "content",
    [
        "보도자료\r\n\r\n\r\n\r\n 끝".encode(),
        "보도자료\n\n끝".encode("cp949"),
        codecs.BOM_UTF8 + "보도자료\n\n끝".encode(),
        "보도자료\n\n끝".encode("utf-16"),
        codecs.BOM_UTF16_BE + "보도자료\n\n끝".encode("utf-16-be"),
    ],
)
def test_text_is_read_in_every_encoding_that_people_here_use(content: bytes) -> None:
    assert read_text(content).text == "보도자료\n\n끝"


def test_what_is_in_no_encoding_is_no_text() -> None:
    with pytest.raises(DocumentError, match="unsupported"):
        read_text(b"\xff\xff\x80\x81\xff")
