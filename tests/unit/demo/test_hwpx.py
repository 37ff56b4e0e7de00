from __future__ import annotations

from scrapers.documents.readers import read
from service.demo import hwpx


def test_what_is_written_is_read_again_with_its_tables() -> None:
    written = hwpx.write(["첫 <문단> & 끝", [["구분", "올해"], ["기업", "75"]], "마지막"])

    document = read(written)

    assert (document.container, document.tables) == ("hwpx", 1)
    assert document.text.split() == [
        "첫",
        "<문단>",
        "&",
        "끝",
        "구분",
        "올해",
        "기업",
        "75",
        "마지막",
    ]
    assert "구분\t올해\n기업\t75" in document.text


def test_the_same_text_is_the_same_file() -> None:
    assert hwpx.write(["글"]) == hwpx.write(["글"])
