"""Whether there is something to apply for, and until when: each form, and each trap."""

import random
import time
from datetime import date

import pytest

from service.model import Call
from service.reading.calls import find

NEAR = date(2026, 3, 9)


def _end(text: str, title: str = "", near: date | None = NEAR) -> str | None:
    end = find(title, text, near).end
    return end.isoformat() if end else None


@pytest.mark.parametrize(
    "text",
    [
        "신청기간: 2026. 3. 12.(목) ~ 4. 6.(월) 18:00까지",
        "□ (신청 기간) '26. 3. 12. ∼ '26. 4. 6.(월)",
        "ㅇ 신청․접수기간 : 2026년 3월 12일(목) ~ 2026년 4월 6일(월)",
        "○ 신 청 서 접 수 기 간 : 2026. 3. 12. ~ 4. 6.",
        "접수기한 : 26. 3. 12.(목) ~ 4. 6.(월)",
        "접수기간: 26. 3. 12.(목) ~ 26. 4. 6.(월) 까지",
        "신청마감: 26. 4. 6.",
        "접수기간: 3.12.~4.6",
        "접수기간: 3.12 ~ 4.6 18:00",
        "접수기간: 4/6까지",
        "접수마감 4.6까지",
        "접수기간 : 2026-03-12~04-06",
        "공모기간 : 공고일로부터 3주간 (2026. 3. 16. ~ 4. 6.)",
        "신청기간 : 22일간(3. 16. ~ 4. 6.)",
        "모집기간 : 공고일로부터 ~ 2026. 4. 6.(월) 17:00까지",
        "접수기간 : 2026년 3월부터 ~ 4월 6일(월)까지",
        "신청 마감: '26.4.6(월) 16:00",
        "응모 마감일 : 4월 6일(월)",
        "제출기한 2026. 4. 6.(월) 18시 도착분까지",
        "공고·신청 접수 : 2026. 3. 12.(목) ~ 4. 6.(월), 18:00까지",
        "신청기간\n\n2026. 3. 12.(목) ~ 4. 6.(월) 18:00까지",
        "신청기간\t2026. 3. 12.(목) ~ 4. 6.(월)\n선정 발표\t2026. 5. 8.(금)",
        "|모집기간|2026. 3. 12. ~ 4. 6.|\n|결과발표|2026. 5. 8.|",
        "□ 신청기간 및 방법\n\n◦ 2026. 3. 12.(목) ~ 2026. 4. 6.(월)",
        "□ 공모 내용\n\n◦ 기간 : 2026. 3. 12.(목) ~ 4. 6.(월)까지",
        "구분\t신청기간\t발표\n빛마루 과정\t3월 12일 ~ 4월 6일\t5월 8일",
        "신청기간 : 3월 12일 ~ 4월 6일(금) 18시까지",
        "신청기간 : 4/1~4/6",
        "공고기간 : 2026. 3. 12. ~ 4. 6.",
    ],
)
def test_a_labelled_period_gives_its_end(text: str) -> None:
    assert _end(text) == "2026-04-06"


@pytest.mark.parametrize(
    "text",
    [
        "빛마루청은 3월 12일(목)부터 4월 6일(월) 18시까지 참가자를 모집한다고 밝혔다.",
        "참가를 원하는 학교는 4월 6일까지 빛마루 누리집에서 신청서를 제출하면 된다.",
        "참가 신청은 3월 12일부터 4월 6일까지 누리집에서 할 수 있다.",
        "신청은 빛마루 누리집에서 4월 6일까지 가능하다.",
        "공모전 접수는 3월 12일부터 4월 6일까지 온라인으로 진행된다.",
        "시행령 개정안을 3월 9일(월)부터 4월 6일(월)까지 입법예고한다고 밝혔다.",
        "- 3. 12.~4. 6., 빛마루 사업 참여기업 공모",
        "사업공고는 3월 12일부터 4월 6일까지 진행되며, 신청방법은 누리집에서 볼 수 있다.",
        "서류접수 기간은 다음 달 6일까지며, 누리집에서 확인할 수 있다.",
        "작품은 내달 6일(월)까지 접수한다.",
    ],
)
def test_a_sentence_gives_its_end(text: str) -> None:
    assert _end(text) == "2026-04-06"


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("원서 접수는 오는 20일까지다.", "2026-03-20"),
        ("원서 접수는 이달 20일까지다.", "2026-03-20"),
        ("참가자를 이달 15~22일 접수한다. 신청하면 된다.", None),
        ("신청 기간은 오는 2일부터 5일까지다.", "2026-04-05"),
        ("신청 기간은 내달 2일부터 5일(일)까지다.", "2026-04-05"),
        ("원서 접수는 오는 31일까지다.", "2026-03-31"),
    ],
)
def test_a_day_without_its_month_is_the_coming_one(text: str, end: str | None) -> None:
    assert _end(text) == end


def test_the_coming_day_of_december_is_in_january_once_it_is_over() -> None:
    assert _end("접수는 오는 5일까지다.", near=date(2026, 12, 28)) == "2027-01-05"
    assert _end("접수는 내달 31일까지다.", near=date(2026, 3, 28)) is None


def test_everything_of_a_period_is_told() -> None:
    assert find(
        "빛마루 참가기업 모집",
        "신청기간 : 2026. 3. 12.(목) 9시 ~ 4. 6.(월) 오후 6시까지 / 누리집",
        NEAR,
    ) == Call(
        is_call=True,
        start=date(2026, 3, 12),
        end=date(2026, 4, 6),
        end_clock="18:00",
        sentence="신청기간 : 2026. 3. 12.(목) 9시 ~ 4. 6.(월) 오후 6시까지 / 누리집",
    )


def test_a_period_in_the_title_counts() -> None:
    assert _end("자세한 내용은 붙임을 참고하기 바란다.", "참여기업 모집(3.12~4.6)") == "2026-04-06"


def test_start_and_clock_may_stand_elsewhere_beside_the_same_end() -> None:
    call = find(
        "",
        "- 4월 6일까지 참가자 모집 -\n\n"
        "접수는 3월 12일부터 4월 6일 오후 11시 59분까지 누리집에서 받는다.",
        NEAR,
    )
    assert (call.start, call.end, call.end_clock) == (
        date(2026, 3, 12),
        date(2026, 4, 6),
        "23:59",
    )


@pytest.mark.parametrize(
    "text",
    [
        "지원기간 : 2026. 3. 12. ~ 4. 6.",
        "모집 3주간 교육(3. 16. ~ 4. 6.)",
        "비용은 1/2까지 신청할 수 있다.",
        "사업기간: 2026. 4. 1. ~ 2026. 11. 30.",
        "협약기간 : 협약일 ~ 2026. 12. 31.",
        "선정 발표 : 2026. 4. 6.(월)",
        "신청기업 대상 사업설명회 : 2026. 3. 20.(금) 14:00",
        "이의신청 기간 : 2026. 4. 6. ~ 4. 10.",
        "참가자 모집 결과는 4월 6일까지 개별 통보한다.",
        "4월 6일까지 열리는 전시회에 참가할 기업을 모집한다.",
        "빛마루 축제를 4월 6일까지 운영한다.",
        "'특별관람'(4. 6.~4. 10.), 추첨제 응모 접수 시작",
        "지난 3월 1일부터 3월 20일까지 참가자를 모집했다.",
        "3월 2일부터 3월 20일까지 접수된 작품을 심사한다.",
        "3월 2일부터 3월 20일까지 공모한 결과 12곳이 신청하였다.",
        "결과보고서를 매년 4월 6일까지 제출해야 한다.",
        "최종 결과보고서를 4월 6일까지 제출해야 한다.",
        "올해(12. 31.까지) 안에 쓸 수 있는 제품을 신청해야 한다.",
        "신청 접수일자 : 2026. 4. 6.(월)",
        "신청기간 : 3월 12일 ~ (잠정) 4월 6일",
        "접수기간 : 2026. 1. 5. ~ 2. 6.",
        "법은 4월 6일부터 시행된다.",
    ],
)
def test_other_days_are_no_end(text: str) -> None:
    assert _end(text, "빛마루 참가기업 모집") is None


@pytest.mark.parametrize(
    "text",
    [
        "신청기간 : 2026. 3. 12. ~ 예산 소진 시까지",
        "신청기간 : 공고일 ~ 예산 소진 시까지 (선착순)",
        "접수기간 : 연중 상시",
        "모집기간\n\n◦ 상시 모집(예산 소진 시까지)",
        "모집기간 : 2026. 3. 12.(목) ~ 모집 완료 시까지",
        "신청기간 : 2026. 3. 12. ~ 별도 마감 공지 시까지",
        "접수기간 : 2026. 1. 1. ~ 2026. 12. 31.(연중, 예산 소진 시까지)",
        "접수기간 : 2026. 3. 12. ~ 12. 31.\n\n※ 예산 소진 시까지",
        "접수기간 : 3. 12.(목) ~ 예산 소진 시까지(종료일: 2026. 11. 30.)",
        "신청기간 : 3. 12.(목) ~ 11. 30.(월)\n※ 예산 소진 시 조기 마감\n\n온라인 상시 접수",
    ],
)
def test_a_period_without_a_last_day_is_open_ended(text: str) -> None:
    call = find("빛마루 지원사업 공고", text, NEAR)
    assert (call.is_call, call.end, call.open_ended) == (True, None, True)


def test_a_day_that_may_come_early_is_still_the_last() -> None:
    call = find("", "신청기간 : 3. 12.(목) ~ 9. 30.(수)\n※ 예산 소진 시 조기 마감", NEAR)
    assert (call.end, call.open_ended) == (date(2026, 9, 30), False)


def test_the_number_of_regular_staff_opens_nothing() -> None:
    assert not find("", "신청대상 : 상시 근로자 20인 이상\n전자접수시스템 이용", NEAR).open_ended


def test_the_first_of_several_periods_is_the_main_one() -> None:
    text = "신청기간 : 3. 12.(목) ~ 4. 6.(월)\n" + "가" * 100 + "\n지원금 신청기간 : ~ 11. 30.(월)"
    assert _end(text) == "2026-04-06"


def test_a_list_of_tracks_that_differ_has_no_end() -> None:
    text = "가. 사업자 신청기간 : 3. 12. ~ 4. 6.\n나. 보조금 신청기간 : 4. 7. ~ 9. 30."
    call = find("", text, NEAR)
    assert (call.is_call, call.end) == (True, None)


def test_rounds_within_the_whole_period_leave_it_standing() -> None:
    assert _end("(접수기간) 공고일 ~ 6. 30.\n\n- (1분기 접수마감) ~ 3. 31.(화)") == "2026-06-30"


def test_a_column_whose_rows_differ_has_no_end() -> None:
    text = "구분\t신청기간\t방법\n가\t4. 1. ~ 4. 6.\t누리집\n나\t4. 1. ~ 예산 소진 시까지\t방문"
    assert _end(text) is None


def test_the_weekday_misprinted_does_not_move_the_year() -> None:
    assert _end("신청기간 : 공고일 ~ 3월 20일(토) 18시까지") == "2026-03-20"


def test_a_year_that_is_written_is_believed() -> None:
    assert _end("신규 신청자는 2027년 4월 8일까지 신청하면 된다.") == "2027-04-08"
    assert _end("신규 신청자는 2036년 4월 8일까지 신청하면 된다.") is None


def test_without_a_day_near_only_written_years_count() -> None:
    assert _end("신청기간 : 2026. 3. 12. ~ 4. 6.", near=None) == "2026-04-06"
    assert _end("신청기간 : 3월 12일 ~ 4월 6일", near=None) is None


def test_a_long_sentence_is_quoted_around_its_days() -> None:
    text = "빛마루청과 " * 30 + "4월 6일까지 참가자를 모집하며 " + "누리집에서 " * 30
    sentence = find("", text, NEAR).sentence
    assert sentence is not None
    assert len(sentence) <= 120
    assert sentence in text
    assert "4월 6일까지 참가자를 모집하며" in sentence
    assert sentence.startswith("빛마루청과")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("청년 빛마루 서포터즈 모집", "자세한 내용은 붙임을 참고하기 바란다."),
        ("'빛의 언덕 공모전' 개최", ""),
        ("빛마루 지원금 신청하세요!", ""),
        ("빛마루법 시행령 개정안 입법예고", "개정안을 입법예고하였다."),
        ("빛마루 과정 운영", "참가를 희망하는 사람은 누리집에서 신청하면 된다."),
    ],
)
def test_a_call_needs_no_period(title: str, text: str) -> None:
    assert find(title, text, NEAR) == Call(is_call=True)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("빛마루 공모전 시상식 개최", "빛마루청은 9일 공모전 시상식을 개최했다."),
        ("빛마루 공모전 수상작 발표", "3월 2일부터 공모한 결과 12점을 선정했다."),
        ("참가자 모집 성황리에 마무리", "지난 2월 1일부터 3월 2일까지 300명이 신청하였다."),
        ("빛마루 참여기업으로 3곳 선정", "지난 1월 공모를 거쳐 3곳을 선정했다고 밝혔다."),
        ("빛마루 지원금 신청 현황(3. 8. 기준)", "1차 신청은 10만 건이다."),
        ("빛마루청장, 업무협약 체결", "두 기관은 협약을 체결하였다."),
        ("빛마루 제도 개정 시행", "앞으로는 온라인으로도 신청할 수 있다."),
        ("분쟁조정 신청 역대 최대", "지난해 신청은 2천 건이다."),
        ("", ""),
    ],
)
def test_news_of_an_earlier_call_is_none(title: str, text: str) -> None:
    assert find(title, text, NEAR) == Call(is_call=False)


def test_a_release_on_results_may_still_announce_a_next_call() -> None:
    text = "시범지역 3곳을 선정했다. 나머지 2곳은 3월 12일부터 4월 6일까지 공모한다."
    assert find("시범지역 3곳 선정", text, NEAR).end == date(2026, 4, 6)


def test_days_at_the_edge_of_the_calendar_are_harmless() -> None:
    assert find("", "접수는 내달 5일까지다.", date.max).end is None
    assert find("", "접수는 내달 5일까지다.", date.min).end == date(1, 2, 5)
    assert find("", "신청기간 : 5. 1. ~ 5. 4.(월)", date.max).end is None


@pytest.mark.parametrize(
    "piece",
    ["1", ".", "(", "신청", "신청기간", "기간 ", "\n", "|", "~", "접 ", "「", "오는 2", "희망하는"],
)
def test_a_hundred_thousand_repeated_characters_take_less_than_a_second(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    begin = time.process_time()
    find(text[:2000], text, NEAR)
    assert time.process_time() - begin < 10


def test_any_text_is_taken() -> None:
    chance = random.Random(20260309)
    letters = "신청접수모집기간까지부터소진시상시년월일0123456789~.()|\t\n <br>※\x00\ud800\u2028é"
    for _ in range(400):
        text = "".join(chance.choices(letters, k=chance.randrange(200)))
        sentence = find(text[:20], text, chance.choice([None, NEAR, date.max])).sentence
        assert sentence is None or (len(sentence) <= 120 and sentence in f"{text[:20]}\n{text}")
