from collections.abc import Callable

import pytest

from scrapers.documents.model import DocumentError
from scrapers.documents.pdf import read_pdf

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


def test_text_comes_in_reading_order_with_its_pages_counted(pdf: Pdf) -> None:
    document = read_pdf(pdf(at(50, 600, "below") + at(50, 700, "above"), at(50, 700, "next")))
    assert document.text.split() == ["above", "below", "next"]
    assert (document.container, document.parser, document.pages) == ("pdf", "pypdfium2", 2)


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
    assert (document.text, document.pages) == ("left\nright", 2)


def test_a_poster_gives_no_text(pdf: Pdf) -> None:
    assert read_pdf(pdf("0 0 600 800 re f")).text == ""


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
