import io
import zipfile
from collections.abc import Callable

import pytest

from scrapers.documents.hwpx import read_hwpx
from scrapers.documents.model import DocumentError

Hwpx = Callable[..., bytes]


def said(text: str) -> str:
    return f"<hp:p><hp:run><hp:t>{text}</hp:t></hp:run></hp:p>"


def reason(content: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read_hwpx(content)
    return caught.value.reason


def test_sections_are_read_by_number_not_by_place(hwpx: Hwpx) -> None:
    document = read_hwpx(hwpx(*(said(f"제{number}절") for number in range(11))))
    assert document.text.splitlines() == [f"제{number}절" for number in range(11)]
    assert document.container == "hwpx"


def test_a_password_is_told_and_no_garbage_given(hwpx: Hwpx) -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    locked = hwpx(members={"META-INF/manifest.xml": manifest, "Contents/section0.xml": "\x8f\x01"})
    assert reason(locked) == "encrypted"


def test_a_password_of_the_archive_is_one_too(hwpx: Hwpx) -> None:
    content = bytearray(hwpx(said("가")))
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + flag] |= 1
            place = content.find(mark, place + 1)
    assert reason(bytes(content)) == "encrypted"


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE s [<!ENTITY a "가">]><s>&a;</s>',
        '<!DOCTYPE s SYSTEM "file:///etc/passwd"><s/>',
        '<s xmlns="x">\0</s>',
        '<!DOC\x0bTYPE s [<!ENT&#11;ITY a "가">]><s>&a;</s>',
        '<!DOC&#11;TYPE s SYSTEM "file:///etc/passwd"><s/>',
    ],
)
def test_xml_with_entities_is_refused_unread(hwpx: Hwpx, xml: str) -> None:
    assert reason(hwpx(members={"Contents/section0.xml": xml})) == "too-large"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("수출 \x0b바우처", "수출 바우처"),
        ("수출 &#31;R&amp;D", "수출 R&D"),
        ("&#55357;&#56832;", "😀"),
    ],
    ids=["raw", "by number", "pair"],
)
def test_a_letter_that_xml_forbids_costs_no_document(
    hwpx: Hwpx, written: str, expected: str
) -> None:
    assert read_hwpx(hwpx(said(written))).text == expected


def test_elements_nested_without_end_are_refused(hwpx: Hwpx) -> None:
    deep = "<hp:container>" * 5_000 + "</hp:container>" * 5_000
    assert reason(hwpx(f"<hp:p><hp:run>{deep}</hp:run></hp:p>")) == "broken"


def test_a_bomb_is_refused_by_what_it_says_it_holds() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Contents/section0.xml", b" " * (97 << 20), compresslevel=1)
    assert len(file.getvalue()) < 1 << 20
    assert reason(file.getvalue()) == "too-large"


def test_what_is_packed_far_better_than_text_can_be_is_a_bomb(hwpx: Hwpx) -> None:
    assert reason(hwpx(said(" " * (9 << 20)))) == "too-large"


def test_a_bomb_that_says_less_than_it_holds_is_read_no_further(hwpx: Hwpx) -> None:
    content = bytearray(hwpx(said("가" * 10_000)))
    name = content.rindex(b"Contents/section0.xml")
    content[name - 46 + 24 : name - 46 + 28] = (100).to_bytes(4, "little")
    assert reason(bytes(content)) == "broken"


def test_an_archive_cut_short_is_broken(hwpx: Hwpx) -> None:
    whole = hwpx(said("가"))
    assert reason(whole[: len(whole) // 2]) == "broken"


def test_xml_that_does_not_close_is_broken(hwpx: Hwpx) -> None:
    assert reason(hwpx("<hp:p>")) == "broken"


def test_other_compressions_are_not_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("Contents/section0.xml", "<s/>")
    assert reason(file.getvalue()) == "unsupported"
