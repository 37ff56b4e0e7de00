from collections.abc import Sequence
from itertools import chain

from scrapers.documents.blocks import Table, render
from scrapers.documents.flow import paragraphs
from scrapers.documents.geometry import Glyph, Rule, Sheet
from scrapers.documents.layout import pages

Rules = tuple[Sequence[Rule], Sequence[Rule]]


def written(x: float, y: float, text: str) -> list[Glyph]:
    return [Glyph(x + 10 * n, y, x + 10 * n + 10, y + 10, char) for n, char in enumerate(text)]


def sheet(
    *glyphs: list[Glyph],
    rules: Sequence[Rules] = (),
    width: float = 600,
) -> Sheet:
    across, upright = (tuple(chain.from_iterable(one[way] for one in rules)) for way in (0, 1))
    return Sheet(width, 600, tuple(chain.from_iterable(glyphs)), across, upright)


def text(made: Sheet) -> str:
    return render(paragraphs(item for page in pages(made) for item in page.items))[0]


def ruled(xs: tuple[float, ...], ys: tuple[float, ...]) -> Rules:
    across = [Rule(y, min(xs), max(xs)) for y in ys]
    return across, [Rule(x, min(ys), max(ys)) for x in xs]


def test_of_two_pages_side_by_side_the_left_one_comes_first() -> None:
    made = sheet(written(500, 500, "오른쪽"), written(50, 400, "왼쪽"), width=850)
    assert text(made) == "왼쪽\n오른쪽"
    assert len(pages(made)) == 2


def test_a_broad_page_with_text_over_its_middle_is_one() -> None:
    made = sheet(written(400, 500, "가로로긴글"), written(50, 400, "왼쪽"), width=850)
    assert len(pages(made)) == 1


def test_a_table_over_the_middle_keeps_a_broad_page_whole() -> None:
    made = sheet(
        written(60, 300, "가"),
        written(600, 300, "나"),
        width=850,
        rules=[ruled((50, 300, 800), (330, 290))],
    )
    assert text(made) == "가\t나"


def test_a_table_stands_where_it_is_drawn() -> None:
    made = sheet(
        written(50, 100, "뒤"),
        written(60, 300, "과장"),
        written(210, 300, "김가나"),
        written(50, 500, "앞"),
        rules=[ruled((50, 200, 400), (330, 290))],
    )
    assert text(made) == "앞\n\n과장\t김가나\n\n뒤"


def test_a_table_in_a_cell_of_another_is_read_there() -> None:
    outer, inner = ruled((50, 550), (500, 100)), ruled((100, 200, 400), (330, 290))
    made = sheet(
        written(60, 450, "안내"),
        written(110, 300, "가"),
        written(210, 300, "나"),
        rules=[outer, inner],
    )
    assert text(made) == "안내\n\n가\t나"


def test_columns_of_a_cell_without_rules_are_told_apart() -> None:
    made = sheet(
        written(60, 300, "책임자"),
        written(210, 300, "과장"),
        written(260, 300, "김가나"),
        rules=[ruled((50, 200, 400), (330, 290))],
    )
    assert text(made) == "책임자\t과장\t김가나"


def test_rows_of_a_cell_without_rules_are_told_apart_by_their_height() -> None:
    made = sheet(
        written(60, 315, "기획국"),
        written(60, 295, "총괄과"),
        written(210, 315, "책임자"),
        written(210, 295, "담당자"),
        rules=[
            (
                (Rule(330, 50, 400), Rule(310, 200, 400), Rule(290, 50, 400)),
                [Rule(x, 290, 330) for x in (50, 200, 400)],
            )
        ],
    )
    assert text(made) == "기획국\t책임자\n총괄과\t담당자"


def test_a_name_in_brackets_over_two_lines_stays_whole() -> None:
    made = sheet(
        written(60, 315, "<교통"),
        written(60, 295, "지원>"),
        written(210, 315, "책임자"),
        written(210, 295, "담당자"),
        rules=[
            (
                (Rule(330, 50, 400), Rule(310, 200, 400), Rule(290, 50, 400)),
                [Rule(x, 290, 330) for x in (50, 200, 400)],
            )
        ],
    )
    assert text(made) == "<교통 지원>\t책임자\n\t담당자"


def test_tables_side_by_side_are_read_from_left_to_right() -> None:
    left, right = ruled((50, 100, 250), (330, 290)), ruled((300, 350, 500), (335, 290))
    made = sheet(
        written(310, 300, "다"),
        written(360, 300, "라"),
        written(60, 300, "가"),
        written(110, 300, "나"),
        rules=[left, right],
    )
    (page,) = pages(made)
    assert all(isinstance(item, Table) for item in page.items)
    assert text(made) == "가\t나\n\n다\t라"
