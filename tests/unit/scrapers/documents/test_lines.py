from itertools import chain

from scrapers.documents.geometry import Glyph
from scrapers.documents.lines import lines


def written(x: float, y: float, text: str, size: float = 10) -> list[Glyph]:
    """Letters as wide as high, half as wide for a blank."""
    glyphs = []
    for char in text:
        width = size / 2 if char == " " else size
        glyphs.append(Glyph(x, y, x + width, y + size, char))
        x += width
    return glyphs


def texts(*glyphs: list[Glyph], edge: float = 500, flowing: bool = True) -> list[str]:
    return [line.text for line in lines(chain.from_iterable(glyphs), edge, flowing=flowing)]


def fields(*glyphs: list[Glyph], edge: float = 500, flowing: bool = False) -> list[list[str]]:
    found = lines(chain.from_iterable(glyphs), edge, flowing=flowing)
    return [[field.text for field in line.fields] for line in found]


def test_lines_come_from_top_to_bottom_however_they_were_drawn() -> None:
    assert texts(written(50, 300, "아래"), written(50, 320, "위")) == ["위", "아래"]


def test_a_superscript_stays_in_its_line() -> None:
    raised = written(70, 306, "*", size=6)
    assert texts(written(50, 300, "사절"), raised, written(76, 300, "을")) == ["사절*을"]


def test_a_small_gap_is_a_blank_and_a_blank_that_was_read_is_written_once() -> None:
    assert texts(written(50, 300, "가"), written(63, 300, "나")) == ["가 나"]
    read = Glyph(63, 300, 73, 310, " 나")
    assert texts(written(50, 300, "가"), [read]) == ["가 나"]


def test_a_wide_gap_sets_columns_apart() -> None:
    box = written(50, 300, "보도시점"), written(120, 300, "즉시"), written(200, 300, "배포")
    assert fields(*box) == [["보도시점", "즉시", "배포"]]


def test_a_wide_blank_of_a_line_set_flush_does_not() -> None:
    assert fields(written(50, 300, "가나 "), written(100, 300, "다라")) == [["가나  다라"]]
    long = "가나다라마바사아자차카타파하" * 2
    flush = written(50, 300, long), written(340, 300, "다")
    assert fields(*flush, edge=350, flowing=True) == [[f"{long} 다"]]
    assert fields(*flush, edge=350) == [[long, "다"]]


def test_a_word_set_wide_stays_one() -> None:
    wide = [written(50 + 40 * place, 300, char) for place, char in enumerate("보도자료")]
    assert fields(*wide) == [["보 도 자 료"]]


def test_cells_whose_lines_stand_at_different_heights_are_one_row() -> None:
    drawn = (
        written(150, 306, "12일 11시"),
        written(50, 300, "보도시점"),
        written(300, 300, "배포"),
        written(150, 294, "13일 조간"),
    )
    assert fields(*drawn) == [["보도시점", "12일 11시 13일 조간", "배포"]]


def test_dense_lines_of_one_text_stay_apart() -> None:
    assert texts(written(50, 300, "가나다"), written(50, 291.5, "라마바")) == ["가나다", "라마바"]


def test_a_line_is_full_where_it_reaches_the_edge() -> None:
    drawn = [*written(50, 300, "가" * 20), *written(50, 280, "라")]
    first, second = lines(drawn, edge=255, flowing=True)
    assert (first.full, second.full) == (True, False)


def test_the_longest_of_short_lines_is_not_full() -> None:
    (only,) = lines(written(50, 300, "짧은 줄"), edge=85, flowing=True)
    assert not only.full


def test_blanks_alone_are_no_line() -> None:
    assert texts(written(50, 300, "   ")) == []
