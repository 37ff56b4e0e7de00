import random
import time
from dataclasses import replace

import pytest

from service.model import Shape
from service.pulse.drift import drifted

BOARD = Shape(rows=10, dated=10, issued=10, teased=0, title=32)


def of(*shapes: Shape) -> str | None:
    return drifted([BOARD] * 12 + list(shapes), [])


def test_a_board_that_stays_as_it_was_has_not_drifted() -> None:
    assert of() is None
    assert of(replace(BOARD, title=24), replace(BOARD, title=41)) is None


def test_one_list_of_titles_without_dates_is_enough() -> None:
    said = of(replace(BOARD, dated=0))
    assert said == (
        "목록에서 날짜가 사라짐: 보통 100%, 지금 0% (rows lost their dates: 100% before, 0% now)"
    )


def test_half_of_the_rows_without_what_they_always_had_are_enough() -> None:
    said = of(replace(BOARD, issued=4))
    assert said is not None
    assert "기관명이 사라짐: 보통 100%, 지금 40%" in said
    assert of(replace(BOARD, issued=6)) is None


def test_of_a_field_that_some_rows_lack_two_lists_tell() -> None:
    some = replace(BOARD, teased=6)
    fewer = replace(BOARD, teased=3)
    assert drifted([some] * 12 + [fewer], []) is None
    assert drifted([some] * 12 + [fewer] * 2, []) is not None
    assert drifted([some] * 12 + [fewer, some], []) is None
    assert drifted([some] * 12 + [BOARD], []) is not None


def test_a_short_list_without_a_date_is_chance_and_two_are_not() -> None:
    short = Shape(rows=2, dated=0, issued=2, teased=0, title=30)
    full = replace(short, dated=2)
    assert drifted([full] * 9 + [short], []) is None
    assert drifted([full] * 9 + [short] * 2, []) is not None


def test_a_field_that_comes_and_goes_may_go() -> None:
    shares = [0, 3, 1, 7, 2, 0, 5, 4, 1, 3]
    assert drifted([replace(BOARD, teased=each) for each in [*shares, 0, 0]], []) is None


def test_half_the_rows_gone_are_told_of_a_list_that_was_never_shorter() -> None:
    said = of(replace(BOARD, rows=4, dated=4, issued=4))
    assert said == "목록이 짧아짐: 보통 10줄, 지금 4줄 (the list lost rows: 10 before, 4 now)"
    assert of(replace(BOARD, rows=6, dated=6, issued=6)) is None


def test_of_a_list_that_was_shorter_at_times_two_tell() -> None:
    short, gone = (replace(BOARD, rows=each, dated=each, issued=each) for each in (9, 3))
    before = [BOARD, BOARD, short, BOARD, BOARD] * 3
    assert drifted([*before, gone], []) is None
    assert drifted([*before, gone, gone], []) is not None


def test_a_list_of_the_last_days_may_shrink_by_half_in_the_end() -> None:
    long = Shape(rows=18, dated=18, issued=0, teased=0, title=30)
    shrinking = [replace(long, rows=each, dated=each) for each in (17, 14, 12, 11, 9, 8, 8, 5)]
    for end in range(1, len(shrinking) + 1):
        assert drifted([long] * 22 + shrinking[:end], []) is None
    assert drifted([long] * 22 + shrinking[-1:], []) is not None


def test_lists_as_long_as_the_day_had_news_may_be_short() -> None:
    rows = [80, 96, 113, 12, 31, 45, 58, 70, 99, 120, 131, 5, 9]
    assert drifted([Shape(each, each, 0, 0, 30) for each in rows], []) is None


def test_a_longer_walk_down_a_list_is_no_custom() -> None:
    long = replace(BOARD, rows=30, dated=30, issued=30)
    assert drifted([BOARD, BOARD, long, BOARD, BOARD, long, BOARD, BOARD, BOARD, BOARD], []) is None


def test_titles_that_became_a_word_are_told() -> None:
    said = of(replace(BOARD, title=6), replace(BOARD, title=6))
    assert said is not None
    assert "제목이 짧아짐: 보통 32자, 지금 6자" in said
    few = replace(BOARD, rows=3, dated=3, issued=3)
    assert drifted([few] * 9 + [replace(few, title=9)] * 2, []) is None


def test_several_losses_are_told_together() -> None:
    broken = replace(BOARD, dated=0, issued=0)
    said = of(broken)
    assert said is not None
    assert said.count(";") == 1


def test_a_drift_stays_told_while_it_lasts() -> None:
    before, after = [BOARD] * 20, replace(BOARD, dated=0)
    assert all(drifted((before + [after] * lasts)[-40:], []) for lasts in range(1, 20))


def test_of_a_handful_of_lists_nothing_is_said() -> None:
    assert drifted([], []) is None
    assert drifted([BOARD] * 4 + [replace(BOARD, dated=0)] * 2, []) is None
    assert drifted([BOARD] * 5 + [replace(BOARD, dated=0)] * 2, []) is not None
    assert drifted([Shape(0, 0, 0, 0, 0)] * 20, []) is None


def test_three_texts_without_a_word_are_told() -> None:
    assert drifted([], [1200, 900, 45, 1500, 800] * 4 + [0, 0]) is None
    said = drifted([], [1200, 900, 45, 1500, 800] * 4 + [0, 0, 3])
    assert said == (
        "본문이 비어 있음: 보통 900자, 지금 3자 (texts are empty: 900 letters before, 3 now)"
    )


def test_some_texts_that_only_point_to_their_files_are_no_drift() -> None:
    whole = [1200, 900, 1500, 800, 1100] * 4
    assert drifted([], [*whole, 20, 21, 20, 20]) is None
    assert drifted([], [*whole, 20, 21, 20, 20, 22, 20]) is not None
    assert drifted([], [20, 1200, 24, 900, 1500] * 4 + [21, 20, 20, 20, 20, 20]) is None


@pytest.mark.parametrize("seed", range(3))
def test_whatever_numbers_come_are_taken(seed: int) -> None:
    chance, begun = random.Random(seed), time.process_time()
    for _ in range(2_000):
        shapes = [
            Shape(*(chance.choice((0, 1, 2, 7, 100)) for _ in range(5)))
            for _ in range(chance.randrange(20))
        ]
        lengths = [chance.choice((0, 1, 50, 3000)) for _ in range(chance.randrange(20))]
        said = drifted(shapes, lengths)
        assert said is None or said
    assert time.process_time() - begun < 10
