import io
import zipfile
from collections.abc import Callable

import pytest

from scrapers.documents.container import MAX_BYTES, container_of
from scrapers.documents.model import DocumentError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def reason(content: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        container_of(content)
    return caught.value.reason


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "")
    return file.getvalue()


def test_an_archive_with_sections_is_hwpx(hwpx: Callable[..., bytes]) -> None:
    assert container_of(hwpx("")) == "hwpx"


def test_hwp_5_is_told_from_other_compound_files() -> None:
    header = "FileHeader".encode("utf-16-le") + b"HWP Document File\0"
    assert container_of(OLE + header) == "hwp"
    assert reason(OLE + "WordDocument".encode("utf-16-le")) == "unsupported"


def test_pdf_may_have_a_few_bytes_before_it(pdf: Callable[..., bytes]) -> None:
    assert container_of(pdf("")) == "pdf"
    assert container_of(b"\n\n" + pdf("")) == "pdf"


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><title>오류</title>",
        "\n\n <html lang=ko>",
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-">',
        "<!-- 서버 --><head>",
        "\ufeff<div>내용</div>",
        "<h3>내용</h3>",
    ],
)
def test_a_page_is_html_whatever_its_name_was(page: str) -> None:
    assert container_of(page.encode()) == "html"


def test_utf_16_is_read_by_its_mark() -> None:
    assert container_of("알림".encode("utf-16")) == "text"
    assert container_of("<html>알림".encode("utf-16")) == "html"


def test_plain_text_may_be_utf_8_or_cp949() -> None:
    assert container_of("BMW 보도자료".encode()) == "text"
    assert container_of("보도자료".encode("cp949")) == "text"


@pytest.mark.parametrize(
    "content",
    [
        archive("word/document.xml"),
        archive("a.hwpx", "b.pdf"),
        b"HWP Document File V3.00 \x1a\x01\x02",
        b'<?xml version="1.0"?>\n<!DOCTYPE HWPML><HWPML>',
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"Rar!\x1a\x07",
        b"BM\x36\0\0\0\0\0",
        rb"{\rtf1\ansi\ansicpg949 \'bc\'f6\'c3\'e2}",
        b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n\r\n<html>",
        b'<?xml version="1.0"?><office:document>',
        bytes(range(32)),
    ],
)
def test_what_we_do_not_read_is_named_as_such(content: bytes) -> None:
    assert reason(content) == "unsupported"


@pytest.mark.parametrize("content", [b"", b" \n", b"\0" * 100, b"PK\x03\x04", b"PK" + b"x" * 99])
def test_what_is_nothing_or_half_of_something_is_broken(content: bytes) -> None:
    assert reason(content) == "broken"


def test_an_archive_of_very_many_members_is_not_even_opened() -> None:
    assert reason(b"PK\x03\x04" + b"PK\x01\x02" * 5_001) == "too-large"


def test_sixty_four_megabytes_are_the_most() -> None:
    assert reason(b"x" * (MAX_BYTES + 1)) == "too-large"
