from scrapers.documents.blocks import Cell, Table, document, render


def row_of(*texts: str, row: int = 0) -> list[Cell]:
    return [Cell((text,), row, column) for column, text in enumerate(texts)]


def test_a_row_is_a_line_with_tabs_and_a_break_in_a_cell_a_blank() -> None:
    box = Table(row_of("보도시점", "2026. 4. 12.(일) 11:00\n< 4. 13.(월) 조간 >", "배포", "즉시"))
    assert render([box]) == ("보도시점\t2026. 4. 12.(일) 11:00 < 4. 13.(월) 조간 >\t배포\t즉시", 1)


def test_a_cell_of_several_rows_is_written_once_and_columns_stay_in_line() -> None:
    cells = [
        Cell(("담당 부서",), 0, 0),
        Cell(("가나다과",), 0, 1),
        *[Cell((who,), row, 2) for row, who in enumerate(("책임자", "담당자"))],
    ]
    assert render([Table(cells)])[0] == "담당 부서\t가나다과\t책임자\n\t\t담당자"


def test_columns_that_are_empty_in_every_row_leave_no_tabs() -> None:
    cells = [Cell(("가",), 0, 0), Cell(("",), 0, 1), Cell(("나",), 0, 5)]
    assert render([Table(cells)])[0] == "가\t나"


def test_a_frame_around_text_is_no_table_and_keeps_its_lines() -> None:
    frame = Table([Cell(("제목 첫 줄\n제목 둘째 줄", "- 부제"), 0, 0)])
    assert render(["앞", frame, "뒤"]) == ("앞\n\n제목 첫 줄\n제목 둘째 줄\n- 부제\n\n뒤", 0)


def test_a_row_of_one_cell_over_the_whole_width_keeps_its_lines() -> None:
    cells = [Cell(("큰 글", "둘째 줄"), 0, 0, 2), *row_of("가", "나", row=1)]
    assert render([Table(cells)])[0] == "큰 글\n둘째 줄\n가\t나"


def test_a_row_with_a_single_field_stays_in_its_column() -> None:
    cells = [*row_of("가", "나"), Cell(("다",), 1, 1)]
    assert render([Table(cells)])[0] == "가\t나\n\t다"


def test_a_table_in_a_frame_is_read_as_if_the_frame_were_not_there() -> None:
    frame = Table([Cell(("안내", Table(row_of("가", "나"))), 0, 0)])
    assert render([frame]) == ("안내\n\n가\t나", 1)


def test_a_table_in_a_cell_follows_the_row_it_stands_in() -> None:
    outer = Table([Cell(("붙임",), 0, 0), Cell(("표", Table(row_of("가", "나"))), 0, 1)])
    assert render([outer]) == ("붙임\t표\n가\t나", 2)


def test_a_box_in_a_cell_is_part_of_its_text() -> None:
    box = Table([Cell(("즉시",), 0, 0)])
    assert render([Table([Cell(("시점",), 0, 0), Cell((box,), 0, 1)])])[0] == "시점\t즉시"


def test_empty_lines_never_come_in_pairs() -> None:
    assert render(["가", "", "", "", "나", Table([]), "다", ""]) == ("가\n\n나\n\n다", 0)


def test_tabs_within_a_paragraph_do_not_look_like_cells() -> None:
    assert render(["차례\t3"])[0] == "차례 3"


def test_a_table_with_a_million_empty_places_is_written_without_them() -> None:
    cells = [Cell(("가",), row, row + side) for row in range(1_500) for side in (0, 1)]
    text, tables = render([Table(cells)])

    assert (text.split("\n"), tables) == (["가\t가"] * 1_500, 1)


def test_letters_that_only_their_font_knows_are_left_out_and_told() -> None:
    read = document("hwpx", ["가\ue123\uf06c", Table(row_of("나", "\U000f1234다"))], "pabal")
    assert (read.text, read.lacks) == ("가●\n\n나\t다", "letters that nobody can name: 2")
    assert document("hwpx", ["가"], "pabal").lacks is None
