from collections.abc import Callable

import pytest

from scrapers.documents.model import DocumentError
from scrapers.documents.pdf import read_pdf
from scrapers.documents.pdfium import sheets

Pdf = Callable[..., bytes]


def at(x: float, y: float, text: str) -> str:
    return f"BT /F 10 Tf {x} {y} Td ({text}) Tj ET\n"


def grid(xs: tuple[int, ...], ys: tuple[int, ...]) -> str:
    across = "".join(f"{min(xs)} {y} m {max(xs)} {y} l S\n" for y in ys)
    return across + "".join(f"{x} {min(ys)} m {x} {max(ys)} l S\n" for x in xs)


def reason(content: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read_pdf(content)
    return caught.value.reason


def test_text_comes_in_reading_order(pdf: Pdf) -> None:
    document = read_pdf(pdf(at(50, 600, "below") + at(50, 700, "above"), at(50, 700, "next")))
    assert document.text.split() == ["above", "below", "next"]
    assert (document.container, document.parser) == ("pdf", "pypdfium2")


def test_the_rules_of_a_table_make_its_rows(pdf: Pdf) -> None:
    cells = at(210, 630, "Kim") + at(60, 660, "name") + at(210, 660, "phone") + at(60, 630, "Lee")
    document = read_pdf(pdf(grid((50, 200, 400), (680, 650, 620)) + cells))
    assert document.text == "name\tphone\nLee\tKim"
    assert document.tables == 1


def test_a_cell_drawn_as_a_box_counts_and_a_shade_does_not(pdf: Pdf) -> None:
    boxes = "50 640 150 30 re S\n200 640 200 30 re S\n50 300 300 100 re f\n"
    text = at(60, 650, "a") + at(210, 650, "b") + at(60, 350, "c")
    assert read_pdf(pdf(boxes + text)).text == "a\tb\n\nc"


def test_page_numbers_are_dropped(pdf: Pdf) -> None:
    pages = [at(50, 400, f"text {n}") + at(290, 20, f"- {n} -") for n in range(1, 4)]
    assert read_pdf(pdf(*pages)).text.split("\n") == ["text 1", "text 2", "text 3"]


def test_two_pages_on_a_broad_sheet_are_two(pdf: Pdf) -> None:
    document = read_pdf(pdf(at(500, 500, "right") + at(50, 400, "left"), size=(850, 600)))
    assert document.text == "left\nright"


_TURNED = {90: "0 1 -1 0 800 0", 180: "-1 0 0 -1 600 800", 270: "0 -1 1 0 0 600"}


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_reads_the_same_however_it_is_turned(pdf: Pdf, turned: int, rotate: int) -> None:
    page = at(50, 740, "a heading of two lines") + at(50, 728, "that goes on here")
    page += grid((50, 200, 400), (680, 650, 620)) + "50 300 150 30 re S\n200 300 200 30 re S\n"
    page += at(60, 660, "name") + at(210, 660, "phone") + at(60, 630, "Lee") + at(210, 630, "Kim")
    page += at(60, 310, "a") + at(210, 310, "b")
    upright = "a heading of two lines\nthat goes on here\n\nname\tphone\nLee\tKim\n\na\tb"

    assert read_pdf(pdf(page, rotate=rotate)).text == upright
    size = (600, 800) if turned == 180 else (800, 600)
    document = read_pdf(pdf(f"{_TURNED[turned]} cm\n{page}", size=size, rotate=rotate))
    assert (document.text, document.tables) == (upright, 2)


def test_a_stamp_across_a_page_does_not_turn_it(pdf: Pdf) -> None:
    stamp = "BT /F 10 Tf 0 1 -1 0 590 50 Tm (draft) Tj ET\n"
    assert read_pdf(pdf(stamp + at(50, 700, "what the page says"))).text.startswith(
        "what the page says\n"
    )


def test_a_poster_gives_no_text(pdf: Pdf) -> None:
    assert read_pdf(pdf("0 0 600 800 re f")).text == ""


def test_pages_that_are_pictures_among_pages_of_text_are_told(pdf: Pdf) -> None:
    picture = "q 600 0 0 800 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q"
    read = read_pdf(pdf(at(50, 700, "a whole line"), picture, "", *[picture] * 5))
    told = "; ".join(f"page {number}: a picture without text" for number in (2, 4, 5, 6, 7))
    assert read.lacks == f"{told}; 6 in all"
    assert read_pdf(pdf(at(50, 700, "a whole line"), "")).lacks is None


def test_a_page_of_more_letters_than_are_read_is_told(pdf: Pdf) -> None:
    (sheet,) = sheets(pdf(at(50, 700, "a" * 30_001)))
    assert (len(sheet.glyphs), sheet.lacks) == (30_000, "what follows 30,000 letters")


def test_letters_that_the_font_does_not_name_are_no_text(pdf: Pdf) -> None:
    font = (
        b"/G<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[<</Type/Font"
        b"/Subtype/CIDFontType2/BaseFont/A/DW 600/CIDSystemInfo<</Registry(Adobe)"
        b"/Ordering(Identity)/Supplement 0>>/FontDescriptor<</Type/FontDescriptor/FontName/A"
        b"/Flags 4>>>>]>>"
    )
    part = "BT /G 10 Tf 50 600 Td <002100220023> Tj ET\n"

    def without_names(content: str) -> bytes:
        return pdf(content).replace(b"/F 3 0 R", b"/F 3 0 R" + font)

    assert reason(without_names(part)) == "no-text"
    read = read_pdf(without_names(part + at(50, 700, "a whole line")))
    assert (read.text, read.lacks) == ("a whole line\n\n���", "letters that nobody can name: 3")


def test_a_password_is_told(pdf: Pdf) -> None:
    lock = (
        f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'00' * 32}>/U<{'11' * 32}>>>"
        "/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]"
    )
    assert reason(pdf(at(50, 700, "secret"), trailer=lock)) == "encrypted"


def test_half_a_file_is_broken() -> None:
    assert reason(b"%PDF-1.7\n1 0 obj<</Type/Catalog") == "broken"


def test_a_thousand_pages_are_too_many(pdf: Pdf) -> None:
    assert reason(pdf(*[""] * 501)) == "too-large"
