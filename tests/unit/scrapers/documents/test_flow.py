from collections.abc import Sequence

from scrapers.documents.blocks import Cell, Table
from scrapers.documents.flow import Item, Page, paragraphs, without_furniture
from scrapers.documents.lines import Field, Line

HEIGHT = 10.0


def line(*texts: str, y: float = 400, full: bool = False, left: float = 50) -> Line:
    right = 500.0 if full else 300.0
    fields = tuple(Field(text, left + 100 * n, right) for n, text in enumerate(texts))
    return Line(fields, y, y + HEIGHT, full)


def stacked(*lines: tuple[str, bool], step: float = 16) -> list[Item]:
    return [line(text, y=700 - step * n, full=full) for n, (text, full) in enumerate(lines)]


def kept(pages: Sequence[Sequence[Line]]) -> list[str]:
    items = without_furniture([Page(800, page) for page in pages])
    return [item.text for item in items if isinstance(item, Line)]


def test_a_full_line_goes_on_in_the_next() -> None:
    read = stacked(("정부는 오늘 대책을 ", True), ("발표하였", True), ("다고 밝혔다.", False))
    assert paragraphs(read) == ["정부는 오늘 대책을 발표하였다고 밝혔다."]


def test_a_bullet_or_an_indent_begins_a_paragraph() -> None:
    read = stacked(
        ("가득 찬 줄", True), ("□ 새 문단", True), (" 들여 쓴 문단", True), ("1. 하나", False)
    )
    assert paragraphs(read) == ["가득 찬 줄", "□ 새 문단", " 들여 쓴 문단", "1. 하나"]


def test_lines_set_to_the_middle_are_not_joined() -> None:
    first = line("제목의 긴 첫 줄이고", full=True)
    second = Line((Field("둘째 줄", 150, 400),), 380, 390, full=False)
    assert paragraphs([first, second]) == ["제목의 긴 첫 줄이고", "둘째 줄"]


def test_a_paragraph_goes_on_over_the_page() -> None:
    assert paragraphs([line("앞 ", y=60, full=True), line("뒤", y=780)]) == ["앞 뒤"]


def test_a_wide_gap_is_an_empty_line() -> None:
    assert paragraphs(stacked(("가", False), ("나", False), step=30)) == ["가", "", "나"]


def test_lines_in_columns_are_a_table() -> None:
    (table,) = paragraphs([line("보도시점", "즉시"), line("배포", "오늘", y=380)])
    assert isinstance(table, Table)
    assert [(cell.row, cell.column, *cell.blocks) for cell in table.cells] == [
        (0, 0, "보도시점"),
        (0, 1, "즉시"),
        (1, 0, "배포"),
        (1, 1, "오늘"),
    ]


def test_a_table_ends_a_paragraph() -> None:
    table = Table([Cell(("표",), 0, 0)])
    assert paragraphs([line("앞", full=True), table, line("뒤")]) == ["앞", table, "뒤"]


def test_page_numbers_are_dropped_where_they_stand_at_the_edge() -> None:
    page = [line("- 3 -", y=30), line("3 / 5", y=20), line("2026", y=400), line("12", y=780)]
    assert kept([page]) == ["2026"]


def test_what_stands_at_the_same_place_on_most_pages_is_dropped() -> None:
    pages = [[line(f"본문 {n}"), line(f"○○부 보도자료 {n}쪽", y=770)] for n in range(4)]
    assert kept(pages) == [f"본문 {n}" for n in range(4)]


def test_what_stands_at_the_edge_of_two_pages_only_is_kept() -> None:
    pages = [[line("머리글", y=770)], [line("머리글", y=770)]]
    assert kept(pages) == ["머리글", "머리글"]
