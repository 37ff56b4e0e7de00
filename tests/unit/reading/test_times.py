"""Days and clock times as officials print them."""

import random
import time
from datetime import date

import pytest

from service.reading.times import Stamp, stamps

NEAR = date(2026, 4, 13)


def _read(text: str, near: date | None = NEAR) -> list[tuple[str, str | None]]:
    return [(stamp.day.isoformat(), stamp.clock) for stamp in stamps(text, near)]


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2026. 4. 12.(일) 11:00", "2026-04-12", "11:00"),
        ("2026.4.12. 14:00", "2026-04-12", "14:00"),
        ("2026. 4. 12.(일), 14:00", "2026-04-12", "14:00"),
        ("'24. 5. 28.(화) 10:30", "2024-05-28", "10:30"),
        ("’24. 5. 28.(화) 10:30", "2024-05-28", "10:30"),
        ("‘24.5.28", "2024-05-28", None),
        ("`98. 5. 28.", "1998-05-28", None),
        ("2017년 12월 18일(월) 10:00", "2017-12-18", "10:00"),
        ("2026년 4월 13(월)", "2026-04-13", None),
        ("26년 4월 13일", "2026-04-13", None),
        ("4. 13.(월) 06:00", "2026-04-13", "06:00"),
        ("4.13일(월)", "2026-04-13", None),
        ("4.13.월)", "2026-04-13", None),
        ("5월 11일", "2026-05-11", None),
        ("5월 11일(월) 오후 6시", "2026-05-11", "18:00"),
        ("5월 11일 (월요일) 18시 30분", "2026-05-11", "18:30"),
        ("5월 11일 오전 9시 반", "2026-05-11", "09:30"),
        ("5. 11.(월) 낮12시", "2026-05-11", "12:00"),
        ("5. 11.(월) 낮 1시", "2026-05-11", "13:00"),
        ("5. 11.(월) 오전 12시", "2026-05-11", "00:00"),
        ("5. 11.(월) 밤 12시", "2026-05-11", "24:00"),
        ("5월 11일 정오", "2026-05-11", "12:00"),
        ("5월 11일 자정까지", "2026-05-11", "24:00"),
        ("5월 11일 자정부터", "2026-05-11", "00:00"),
        ("5. 11.(월) 24:00", "2026-05-11", "24:00"),
        ("5. 11.(월) 25:00", "2026-05-11", None),
        ("2026-04-12", "2026-04-12", None),
        ("2026-04-12T14:00", "2026-04-12", "14:00"),
        ("2026.\n4. 12.", "2026-04-12", None),
        ("26.4.12", "2026-04-12", None),
        ("마감: 26. 5. 7.", "2026-05-07", None),
        ("26. 4. 15.(수)", "2026-04-15", None),
        ("(25.12. 3.)", "2025-12-03", None),
        ("일시: 26. 4. 15일 10시", "2026-04-15", "10:00"),
        ("일시: 26. 05. 07.(목), 18:00", "2026-05-07", "18:00"),
        ("4/13(월)", "2026-04-13", None),
        ("행사 개최(4.13.)", "2026-04-13", None),
        ("접수기간: 4/13까지", "2026-04-13", None),
        ("접수마감 4.13까지", "2026-04-13", None),
        ("접수 : ~ 4.13 까지", "2026-04-13", None),
        ("< 4. 14. 조간 >", "2026-04-14", None),
        ("공고일 ~ 6. 30.", "2026-06-30", None),
        ("지난해 12월 6일", "2025-12-06", None),
        ("내년 4월 2일", "2027-04-02", None),
    ],
)
def test_a_printed_date_is_read(text: str, day: str, clock: str | None) -> None:
    assert _read(text) == [(day, clock)]


@pytest.mark.parametrize(
    "text",
    [
        "성장률 3.5%",
        "1.22배",
        "1. 2. 추진 배경",
        "☎ 044-000-4841",
        "3.2~3.5%",
        "3.2~3.5",
        "기간: 3.2~3.5배",
        "금리는 2.5까지 내려",
        "비용의 1/2까지",
        "처리기간 1/2까지 단축",
        "~ 3.5.",
        "~ 1. 2. 3.",
        "17. 4. 15. 공청회",
        "개최: 5. 25. 6. 1. 6. 8.",
        "제26. 4. 15",
        "절: 12. 3. 14. 기타",
        "2.1 → 2.3.",
        "3. 20. → 1. 2. 3.",
        "4.13 발표",
        "4/13",
        "7월말",
        "5,120.15원",
        "판 10.1.2",
        "192.168.10.12",
        "2026. 13. 45.",
        "2026. 2. 30.",
        "2월 30일",
        "3.5시간",
        "3월 5일간",
    ],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert _read(text) == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("5월 11일 ~ 20일", "2026-05-11", "2026-05-20"),
        ("5월 11일부터 20일(수)까지", "2026-05-11", "2026-05-20"),
        ("5. 11.(월) ~ 15.(금)", "2026-05-11", "2026-05-15"),
        ("5.11(월)-15(금)", "2026-05-11", "2026-05-15"),
        ("4. 6. ~ 4. 24.", "2026-04-06", "2026-04-24"),
        ("(4.6~4.24)", "2026-04-06", "2026-04-24"),
        ("4/8~5/8", "2026-04-08", "2026-05-08"),
        ("2026.4.10.(금)~5.3.(일)", "2026-04-10", "2026-05-03"),
        ("12. 20.(일) ~ 1. 10.(일)", "2026-12-20", "2027-01-10"),
        ("2024. 11. 1. ~ 2. 28.", "2024-11-01", "2025-02-28"),
        ("26. 4. 15.(수) ~ 26. 5. 11.(월) 까지", "2026-04-15", "2026-05-11"),
        ("26. 4. 15. ~ 26. 5. 11.", "2026-04-15", "2026-05-11"),
        ("12. 15. ~ 26. 1. 16.", "2025-12-15", "2026-01-16"),
        ("4.20.~5.4", "2026-04-20", "2026-05-04"),
        ("4.20.~5.4\t방문", "2026-04-20", "2026-05-04"),
        ("4.20 ~ 5.4 18:00", "2026-04-20", "2026-05-04"),
        ("기간: 4.20~5.4", "2026-04-20", "2026-05-04"),
        ("2026-04-20~05-04", "2026-04-20", "2026-05-04"),
        ("2026-12-20 09:00 ~ 01-04 18:00", "2026-12-20", "2027-01-04"),
    ],
)
def test_a_range_gives_both_its_days(text: str, first: str, last: str) -> None:
    assert [day for day, _ in _read(text)] == [first, last]


def test_both_ends_of_a_range_keep_their_clocks() -> None:
    assert _read("4월 6일(월) 10시부터 4월 24일(금) 17시까지") == [
        ("2026-04-06", "10:00"),
        ("2026-04-24", "17:00"),
    ]


@pytest.mark.parametrize("arrow", ["→", "⇒", "->", "=>", "→ (변경) "])
def test_an_arrow_from_day_to_day_says_that_both_are_days(arrow: str) -> None:
    assert [day for day, _ in _read(f"4. 20. {arrow} 5. 6.")] == ["2026-04-20", "2026-05-06"]


def test_the_number_of_a_notice_has_one_day_at_most() -> None:
    assert _read("2026-04-20-05-04") == [("2026-04-20", None)]


def test_the_number_of_days_is_no_end_of_a_range() -> None:
    assert _read("5월 11일부터 20일간") == [("2026-05-11", None)]


def test_an_end_before_its_start_is_left_out() -> None:
    assert _read("5월 11일 ~ 3일") == [("2026-05-11", None)]


def test_a_missing_year_brings_the_date_nearest() -> None:
    assert _read("12월 30일", date(2026, 1, 5)) == [("2025-12-30", None)]


def test_a_printed_weekday_decides_the_year() -> None:
    # 2027-04-13 is a Tuesday, the same day of 2026 a Monday.
    assert _read("4. 13.(화)", NEAR) == [("2027-04-13", None)]


def test_a_bare_year_that_its_weekday_refuses_is_none() -> None:
    # 2017-04-15 is a Saturday, 2026-04-15 a Wednesday: the 17th item of a list.
    assert _read("17. 4. 15.(수) 공청회") == [("2026-04-15", None)]


def test_the_day_that_ends_a_range_is_no_year() -> None:
    assert _read("5. 11. ~ 26. 6. 1. 발표") == [("2026-05-11", None)]


def test_a_weekday_that_fits_no_year_is_a_slip() -> None:
    assert _read("4. 13.(금)", NEAR) == [("2026-04-13", None)]


def test_without_a_day_near_the_year_printed_before_is_taken() -> None:
    assert _read("2019. 3. 4. 공고, 5월 2일 접수", None) == [
        ("2019-03-04", None),
        ("2019-05-02", None),
    ]


def test_without_any_year_the_date_is_left_out() -> None:
    assert _read("5월 2일 접수", None) == []
    assert _read("내년 5월 2일 접수", None) == []


def test_the_29th_of_february_needs_a_year_that_has_one() -> None:
    assert _read("2월 29일", date(2025, 3, 1)) == [("2024-02-29", None)]
    assert _read("2월 29일", date(2022, 3, 1)) == []


def test_a_stamp_says_where_it_stands_and_whether_its_year_is_written() -> None:
    text = "보도 2026. 4. 12.(일) 11:00 이후(4. 13.(월) 조간)"
    first, second = stamps(text, NEAR)
    assert first == Stamp(date(2026, 4, 12), "11:00", (3, 24), year_written=True)
    assert text[slice(*first.span)] == "2026. 4. 12.(일) 11:00"
    assert text[slice(*second.span)] == "4. 13.(월)"
    assert not second.year_written


@pytest.mark.parametrize(
    "piece", ["1", "1.", "4. ", "'26.", " ", "(", "5월 ", "4.1~", "오후", "2026"]
)
def test_repeated_text_takes_time_in_proportion(piece: str) -> None:
    begin = time.process_time()
    stamps((piece * 100_000)[:100_000], NEAR)
    assert time.process_time() - begin < 10


def test_any_text_is_taken() -> None:
    letters = "0123456789.-/~'’()년월일시분오후(월)조간\n\t \u3000\ud800²٣:"
    chance = random.Random(7)
    for _ in range(1500):
        text = "".join(chance.choices(letters, k=chance.randrange(60)))
        for stamp in stamps(text, NEAR):
            assert text[slice(*stamp.span)]


@pytest.mark.parametrize("near", [date.min, date.max])
def test_the_ends_of_the_calendar_are_no_error(near: date) -> None:
    assert _read("4. 13.(월) ~ 3. 1.(월)", near)[0][0].endswith("04-13")
    assert len(_read("내년 4월 13일", near)) <= 1
