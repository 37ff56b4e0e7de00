from collections.abc import Sequence

from scrapers.documents.geometry import Rule, Sheet
from scrapers.documents.lattice import grids, joined


def sheet(across: Sequence[Rule], upright: Sequence[Rule]) -> Sheet:
    return Sheet(600, 800, (), tuple(across), tuple(upright))


def across(*places: float, start: float = 100, end: float = 400) -> list[Rule]:
    return [Rule(at, start, end) for at in places]


def upright(*places: float, start: float = 500, end: float = 700) -> list[Rule]:
    return [Rule(at, start, end) for at in places]


def test_rules_that_cross_make_cells_numbered_by_row_and_column() -> None:
    (grid,) = grids(sheet(across(700, 600, 500), upright(100, 200, 400)))
    assert list(grid.xs) == [100, 200, 400]
    assert list(grid.ys) == [700, 600, 500]
    assert grid.cells == [[0, 1], [2, 3]]


def test_a_table_open_at_the_sides_has_its_outer_cells_all_the_same() -> None:
    (grid,) = grids(sheet(across(700, 600, 500), upright(250)))
    assert list(grid.xs) == [100, 250, 400]
    assert grid.cells == [[0, 1], [2, 3]]


def test_cells_without_a_rule_between_them_are_one() -> None:
    left_only = [Rule(700, 100, 400), Rule(600, 250, 400), Rule(500, 100, 400)]
    (grid,) = grids(sheet(left_only, upright(100, 250, 400)))
    assert grid.cells[0][0] == grid.cells[1][0]
    assert grid.cells[0][1] != grid.cells[1][1]


def test_pieces_and_dots_on_one_line_are_one_rule() -> None:
    dots = [Rule(300, x, x + 1) for x in range(100, 200, 3)]
    assert joined([*dots, Rule(300.4, 202, 260)]) == [Rule(300, 100, 260)]


def test_what_is_short_is_no_rule() -> None:
    assert joined([Rule(300, 100, 104)]) == []


def test_tables_apart_are_two_and_lines_alone_are_none() -> None:
    below = [Rule(at, 50, 90) for at in (300, 200)]
    rules = [*across(700, 500), *below, Rule(100, 50, 500)]
    two = grids(sheet(rules, [*upright(100, 400), Rule(50, 200, 300), Rule(90, 200, 300)]))
    assert sorted(grid.box.left for grid in two) == [50, 100]


def test_a_point_finds_its_cell_and_one_outside_the_nearest() -> None:
    (grid,) = grids(sheet(across(700, 600, 500), upright(100, 200, 400)))
    assert grid.cell_at(150, 650) == 0
    assert grid.cell_at(300, 550) == 3
    assert grid.cell_at(999, 0) == 3
    assert grid.rights == {0: 200, 1: 400, 2: 200, 3: 400}


def test_a_drawing_of_thousands_of_rules_is_no_table() -> None:
    rules = across(*range(0, 3_000, 5)), upright(*range(0, 3_000, 5), start=0, end=3_000)
    assert grids(sheet(*rules)) == []
