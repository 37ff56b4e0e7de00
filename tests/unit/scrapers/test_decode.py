from datetime import UTC, datetime

import pytest

from scrapers import decode
from scrapers.errors import LayoutError
from scrapers.model import Page

KOREAN = "똠방각하 쓩쓩, 펲시맨"  # syllables that CP949 has and EUC-KR lacks


def page(body: bytes, content_type: str | None = None) -> Page:
    headers = {"content-type": content_type} if content_type else {}
    return Page("https://a.kr/", "https://a.kr/", 200, headers, body, datetime.now(UTC))


@pytest.mark.parametrize(
    "label", ["euc-kr", "EUC-KR", "ks_c_5601-1987", "KSC5601", "ms949", "cp949", "windows-949"]
)
@pytest.mark.parametrize(
    "form",
    [
        '<?xml version="1.0" encoding="{}"?><a>',
        '<html><head><meta charset="{}">',
        '<meta http-equiv="Content-Type" content="text/html; charset={}" />',
    ],
)
def test_a_korean_label_means_cp949(form: str, label: str) -> None:
    body = (form.format(label) + KOREAN).encode("cp949")

    assert KOREAN in decode.text(page(body))


def test_the_header_comes_before_the_page() -> None:
    # Two bytes that are Hangul in both encodings: only a label can tell.
    body = b'<meta charset="utf-8">' + "쩔쩔".encode("cp949")

    assert decode.text(page(body, "text/html;charset=EUC-KR")).endswith("쩔쩔")


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_without_a_label_the_bytes_decide(encoding: str) -> None:
    assert decode.text(page(KOREAN.encode(encoding))) == KOREAN


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("text/html; charset=utf-8", "cp949"),
        ("text/html; charset=euc-kr", "utf-8"),
        ("text/xml; charset=us-ascii", "utf-8"),
        ("text/html; charset=ISO-8859-1", "cp949"),
        ("text/html; charset=no-such-thing", "utf-8"),
    ],
)
def test_a_label_that_contradicts_the_bytes_is_passed_over(label: str, encoding: str) -> None:
    assert decode.text(page(KOREAN.encode(encoding), label)) == KOREAN


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_decides_and_goes(encoding: str) -> None:
    assert decode.text(page(KOREAN.encode(encoding), "text/html; charset=euc-kr")) == KOREAN


def test_nul_and_the_xml_declaration_go() -> None:
    body = b'\n<?xml version="1.0" encoding="UTF-8"?><a>\0b</a>'

    assert decode.text(page(body)) == "<a>b</a>"


def test_bytes_that_are_neither_encoding_are_refused() -> None:
    with pytest.raises(LayoutError, match="neither"):
        decode.text(page(b"\xff\xfe\xff"[1:] + b"\x81"))
