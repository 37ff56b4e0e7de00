import time

import pytest

from service.judging.figures import Figure, differing, figures


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("사망자 3,349명", {("3349", "명")}),
        ("전년 대비 11.4% 감소", {("11.4", "%")}),
        ("제69차 회의", {("69", "차")}),
        ("7차례 열어", {("7", "번")}),
        ("2분기 수출", {("2", "분")}),
        ("H5N1형 항원", {("h5", "name"), ("n1", "name")}),
        ("총 1,772 억원", {("1772", "억")}),
        ("안전속도 5030", {("5030", "")}),
        ("문의 (044-000-0000)", set()),
        ("문의 044−000−0000, 0001", set()),
        ("문의 +82 44 000 0000", set()),
        ("문의 0507-0000-0000", set()),
    ],
)
def test_a_figure_is_a_number_with_what_it_counts(text: str, found: set[tuple[str, str]]) -> None:
    assert figures(text) == found


@pytest.mark.parametrize(
    "text", ["3월 5일", "(3.5.)", "2026. 3. 5.(목)", "’26.3.5.", "03월 05일", "(3.5)"]
)
def test_a_day_is_the_same_however_it_is_written(text: str) -> None:
    assert figures(text) == {("3.5", "day")}


def test_a_year_is_the_same_in_two_digits() -> None:
    assert figures("'26년도") == figures("26년") == figures("2026년도") == {("2026", "년")}


def test_a_share_is_no_day() -> None:
    assert figures("3.5% 늘어 2.5배") == {("3.5", "%"), ("2.5", "배")}


def test_figures_differ_only_where_both_sides_count_the_same_thing() -> None:
    assert differing(figures("214곳 지정"), figures("254곳 지정")) == (("214", "곳"), ("254", "곳"))
    assert differing(figures("1,000건 돌파"), figures("1,000개 혁신")) is None
    assert differing(figures("발표(3.5.)"), figures("발표")) is None


def test_a_difference_that_tells_a_series_comes_first() -> None:
    found = differing(figures("12명, 3월"), figures("15명, 4월"))

    assert found == (("3", "월"), ("4", "월"))
    assert found[0].tells_series


def test_a_figure_reads_as_it_was_printed() -> None:
    assert str(Figure("69", "차")) == "69차"
    assert str(Figure("3.5", "day")) == "3.5"


@pytest.mark.parametrize("text", ["1" * 100_000, "1." * 50_000, "a1" * 50_000, "0-" * 50_000])
def test_hostile_text_is_read_in_time(text: str) -> None:
    begun = time.process_time()

    figures(text)

    assert time.process_time() - begun < 10
