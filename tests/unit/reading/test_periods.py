"""Periods that are not one stretch of days: in rounds, prolonged, over the year's end, to the hour.

And those beside which it is said that one may apply at any time.
"""

from datetime import date

import pytest

from service.model import Call
from service.reading.calls import find

NEAR = date(2026, 3, 9)
TITLE = "빛마루 지원사업 참가기업 모집 공고"


def _call(text: str, near: date = NEAR) -> Call:
    return find(TITLE, text, near)


@pytest.mark.parametrize(
    "text",
    [
        "□ 신청기간\n ○ (1차) 2026. 3. 12. ~ 4. 6. 18:00까지\n ○ (2차) 2026. 5. 4. ~ 5. 20. 16:00",
        "신청기간\n- 1차 : 3. 12.(목) ~ 4. 6.(월)\n- 2차 : 5. 4.(월) ~ 5. 20.(수) 16:00",
        "신청기간 : (1차) 3. 12.(목) ~ 4. 6.(월) / (2차) 5. 4.(월) ~ 5. 20.(수) 16:00까지",
        "○ 접수기간 : 제1차 2026. 3. 12. ~ 4. 6., 제2차 2026. 5. 4. ~ 5. 20. 16:00",
        "신청기간 : 2026-03-12 ~ 2026-04-06 (1차), 2026-05-04 ~ 2026-05-20 16:00 (2차)",
        "1차 모집 : 3. 12.(목) ~ 4. 6.(월)\n2차 모집 : 5. 4.(월) ~ 5. 20.(수) 16:00",
        "구분\t신청기간\t발표\n1차\t3. 12. ~ 4. 6.\t4. 20.\n2차\t5. 4. ~ 5. 20. 16:00\t6. 1.",
        "|회차|발표|신청기간|\n|1회차|4월|3. 12. ~ 4. 6.|\n|2회차|6월|5. 4. ~ 5. 20. 16:00|",
    ],
)
def test_a_call_in_rounds_ends_with_the_last_and_begins_with_the_first_not_over(text: str) -> None:
    call = _call(text)
    assert (call.start, call.end, call.end_clock) == (
        date(2026, 3, 12), date(2026, 5, 20), "16:00",
    )  # fmt: skip
    between = _call(text, date(2026, 4, 20))
    assert (between.start, between.end) == (date(2026, 5, 4), date(2026, 5, 20))


@pytest.mark.parametrize(
    "text",
    [
        "신청기간 : 3. 12.(목) ~ 4. 6.(월)\n1차 서류심사 : 4. 13.\n2차 발표평가 : 4. 20.까지",
        "신청기간 : (1차) 3. 12. ~ 4. 6.\n(2차) 발표평가 4. 13. ~ 4. 20.",
        "신청기간 : (1차) 3. 12. ~ 4. 6.\n2차 사업설명회 : 4. 13. ~ 4. 20.",
        "신청기간 : 3. 12.(목) ~ 4. 6.(월)\n1차 개발 : 4. 13. ~ 5. 4., 2차 개발 : 5. 5. ~ 6. 9.",
        "신청기간 : 3. 12.(목) ~ 4. 6.(월)\n(1차년도) ~ 12. 31.\n(2차년도) ~ 2027. 5. 4.",
        "신청기간 : (1차) 3. 12. ~ 4. 6.\n(3차) 5. 4. ~ 5. 20.",
        "신청기간 : 공고일 ~ 4. 6.(월)\n(1차) 의향서 : ~ 3. 20.(금)\n(2차) 계획서 : ~ 4. 6.(월)",
    ],
)
def test_rounds_of_what_follows_are_no_rounds_of_application(text: str) -> None:
    assert _call(text).end == date(2026, 4, 6)


def test_a_round_that_is_far_below_is_not_of_the_same_call() -> None:
    text = f"신청기간 : (1차) 3. 12. ~ 4. 6.\n{'가' * 200}\n(2차) 5. 4. ~ 5. 20."
    assert _call(text).end == date(2026, 4, 6)


@pytest.mark.parametrize(
    "text",
    [
        "신청기간 : 3. 12.(목) ~ 9. 30.(수) (상시모집)",
        "접수기간 : 2026. 3. 12. ~ 9. 30. (수시 접수)",
        "신청기간 : 3. 12.(목) ~ 9. 30.(수)\n※ 신청기간 내 상시 접수",
        "공고기간 : 3. 12.(목) ~ 9. 30.(수)\n신청기간 : 공고기간 내 상시",
        "공고 기간 : 3. 12.(목) ~ 9. 30.(수)\n\n공고기간 중 수시 접수",
        "신청기간\n ㅇ 3. 12.(목) ~ 9. 30.(수)\n※ 예산 소진 시 조기 마감\n|접수기간 중 수시 신청|",
    ],
)
def test_a_printed_last_day_stands_where_one_may_apply_at_any_time_until_then(text: str) -> None:
    call = _call(text)
    assert (call.end, call.open_ended) == (date(2026, 9, 30), False)


@pytest.mark.parametrize(
    ("said", "clock"),
    [
        ("까지(18시 마감)", "18:00"),
        ("까지 (마감일 18:00까지)", "18:00"),
        (" (마지막 날은 17시까지)", "17:00"),
        (" ※ 마감일 16:00까지", "16:00"),
        ("\n※ 마감시간 : 오후 3시", "15:00"),
        ("(26일간) 18:00까지", "18:00"),
        (" PM 6:00", "18:00"),
        (" 6pm까지", "18:00"),
        (" 11:30 a.m.", "11:30"),
        (" 12:00 AM", "00:00"),
        (" ※ 서류 보완은 4. 9.(목) 마감일 18:00까지", None),
        (" ※ 설명회 14:00 시작", None),
        ("까지 (문의 09:00~18:00)", None),
    ],
)
def test_the_hour_of_the_last_day_may_stand_in_what_is_said_of_it(
    said: str, clock: str | None
) -> None:
    call = _call(f"접수기간 : 3. 12.(목) ~ 4. 6.(월){said}")
    assert (call.end, call.end_clock) == (date(2026, 4, 6), clock)


@pytest.mark.parametrize(
    "text",
    [
        "접수기간 : 3. 12.(목) ~ 3. 27.(금) 18:00\n※ 접수기간 연장 : 4. 6.(월) 17:00까지",
        "신청기간 : 3. 12.(목) ~ 3. 27.(금)\n신청기간(변경) : 3. 12.(목) ~ 4. 6.(월) 17:00",
        "접수를 당초 3월 27일에서 4월 6일 17시까지로 연장한다.",
        "신청기간이 3월 27일 18시에서 4월 6일 17시로 연장된다.",
        "3월 27일까지였던 신청기간을 4월 6일 17시까지로 열흘 연장한다.",
        "(당초) 3. 27.(금) 18:00 → (변경) 4. 6.(월) 17:00까지 접수기간 연장",
    ],
)
def test_of_a_prolonged_period_the_new_end_counts(text: str) -> None:
    call = _call(text)
    assert (call.end, call.end_clock) == (date(2026, 4, 6), "17:00")


def test_a_prolonged_period_begins_where_the_old_one_did() -> None:
    call = _call("접수기간 : 3. 12.(목) ~ 3. 27.(금)\n※ 접수기간 연장 : 4. 6.(월) 17:00까지")
    assert call.start == date(2026, 3, 12)


def test_a_period_that_may_be_prolonged_was_not() -> None:
    text = "신청기간 : ~ 4. 6.(월)까지 (연장 가능)\n지원금 신청기간 : ~ 6. 30.(화)까지"
    assert _call(text).end is None


@pytest.mark.parametrize(
    "text",
    [
        "신청기간 : 12월 28일 ~ 익년 1월 15일",
        "신청기간 : 2026. 12. 28. ~ 익년 1. 15.",
        "12월 28일(월)부터 다음 해 1월 15일까지 신청할 수 있다.",
    ],
)
def test_a_period_may_end_in_the_year_after_it_begins(text: str) -> None:
    call = _call(text, date(2026, 12, 1))
    assert (call.start, call.end) == (date(2026, 12, 28), date(2027, 1, 15))


def test_a_day_of_the_next_year_of_no_period_is_not_the_end() -> None:
    text = "결과보고서는 익년 1월 15일까지 제출해야 한다. 매년 12월 1일 ~ 익년 1월 15일에 신청한다."
    assert _call(text, date(2026, 12, 1)).end is None
