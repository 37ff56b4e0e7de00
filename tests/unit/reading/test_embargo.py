"""When a release may be published, out of its release-time box."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from service.model import Embargo, Printed
from service.reading.embargo import distributed, find, lifts_at

NEAR = date(2026, 4, 13)
BODY = "\n\n가나다 정책 추진\n\n 가나다부는 4월 15일(수) 10:00 청사에서 회의를 개최한다고 밝혔다.\n"


def _find(text: str, near: date | None = NEAR) -> Embargo:
    found = find(text, near)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "value",
    [
        "배포 즉시",
        "배포즉시",
        "배포 즉시 보도 가능",
        "배포 후 즉시 사용",
        "즉시 보도 가능",
        "즉시보도",
        "배포시점",
        "배포 시",
        "2026. 4. 12.(일) 즉시보도",
        "2026.4.10.(금) (배포 후 즉시)",
        "(인터넷, 지면) 2026. 4. 12.(일) 즉시보도",
    ],
)
@pytest.mark.parametrize(
    "box", ["보도시점\t{}\t배포\t2026. 4. 13.(월) 09:00", "보도시점 : {} / 배포 : 2026. 4. 13.(월)"]
)
def test_at_once_is_immediate_and_nothing_else(box: str, value: str) -> None:
    found = _find(box.format(value) + BODY)
    assert found.immediate
    assert (found.online, found.paper, found.date_only) == (None, None, None)


@pytest.mark.parametrize(
    ("value", "day", "clock"),
    [
        ("2026. 4. 12.(일) 11:00", 12, "11:00"),
        ("2026. 4. 12.(일) 11:00 이후", 12, "11:00"),
        ("2026.4.12.(일) 낮12시", 12, "12:00"),
        ("(전매체) '26. 4. 12.(일) 10:30", 12, "10:30"),
        ("4월 12일(일) 오전 11시부터", 12, "11:00"),
        ("12:00 이후", 13, "12:00"),
        ("11시부터", 13, "11:00"),
        ("오후 2시", 13, "14:00"),
        ("2026. 4. 12.(일) 24:00", 12, "24:00"),
        ("2026. 4. 12.(일), 브리핑(11:00) 시작 시", 12, "11:00"),
        ("14일(화) 12:00 이후", 14, "12:00"),
        ("13일 오후 2시 이후", 13, "14:00"),
        ("익일 06:00 이후", 14, "06:00"),
        ("내일 오전 6시", 14, "06:00"),
        ("수요일 낮 12시 이후", 15, "12:00"),
        ("4월 15일(수) 조간 (인터넷·방송·통신은 14일 12:00 이후)", 14, "12:00"),
        ("(현지시간) 4. 14.(화) 11:00, (한국시간) 4. 14.(화) 18:00", 14, "18:00"),
        ("4. 14.(화) 11:00(현지시간), 4. 14.(화) 18:00(한국시간)", 14, "18:00"),
        ("한국시간 4. 14.(화) 18:00(현지시간 4. 14.(화) 11:00)", 14, "18:00"),
        ("미국 동부시간 4. 14.(화) 09:00", 14, "22:00"),
        ("현지시간 4. 14.(화) 09:00 (한국시간 22:00)", 14, "22:00"),
        ("현지시간 4. 14.(화) 15:00 (한국시간 04:00)", 15, "04:00"),
        ("현지시간 4. 14.(화) 10:00 (한국시간 09:00)", 14, "09:00"),
        ("4. 14.(화) 18:30 (뉴욕 현지시간) 이후", 15, "07:30"),
        ("4. 14.(화) 18:00 KST", 14, "18:00"),
        ("베이징 시간 11시부터", 13, "12:00"),
    ],
)
def test_a_clock_time_is_when_it_may_be_online(value: str, day: int, clock: str) -> None:
    found = _find(f"보도시점\t{value}\n" + BODY)
    assert found.online == Printed(date(2026, 4, day), clock)
    assert not found.immediate
    assert found.date_only is None


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("현지시간 4. 14.(화) 09:00", date(2026, 4, 14)),
        ("미국 현지시간 09:00 이후", None),
        ("4. 14.(화) 09:00 EST", date(2026, 4, 14)),
    ],
)
def test_a_time_by_a_clock_that_nobody_knows_waits_for_its_day(
    value: str, day: date | None
) -> None:
    found = _find(f"보도시점\t{value}\n" + BODY)
    assert (found.online, found.date_only, found.immediate) == (None, day, False)
    assert (found.condition, lifts_at(found)) == (value, day and Printed(day).at)


@pytest.mark.parametrize(
    ("value", "paper", "clock"),
    [
        ("2026. 4. 12.(일) 11:00\n< 4. 13.(월) 조간 >", (13, "조간"), (12, "11:00")),
        ("2026. 4. 12.(일) 11:00 이후(4. 13.(월) 조간)", (13, "조간"), (12, "11:00")),
        ("2026. 4. 13.(월) 06:00 (월요일 석간)", (13, "석간"), (13, "06:00")),
        ("2026. 4. 12.(일) 12:00 (월요일 조간)", (13, "조간"), (12, "12:00")),
        ("2026. 4. 12.(일) 12:00 (13일 조간)", (13, "조간"), (12, "12:00")),
        ("2026. 4. 12.(일) 12:00 (익일 조간)", (13, "조간"), (12, "12:00")),
        ("2026. 4. 9.(목)\t석간\t<< 2026. 4. 9.(목) 10:30 >>", (9, "석간"), (9, "10:30")),
        ("2026. 4. 13.(월) 조간 < 2026. 4. 12.(일) 12:00 >", (13, "조간"), (12, "12:00")),
        ("2026. 4. 14.(화) 조간", (14, "조간"), None),
        ("4. 14.(화) 조간부터", (14, "조간"), None),
        ("(조간) 2026. 4. 14.(화)", (14, "조간"), None),
        (
            "(온라인) 2026. 4. 12.(일) 12:00\n\t(지  면) 2026. 4. 13.(월) 조간",
            (13, "조간"),
            (12, "12:00"),
        ),
        ("(신문) 4. 13.(월) 조간 (방송·통신) 4. 12.(일) 12:00", (13, "조간"), (12, "12:00")),
        ("신문 4. 13.(월) 04:00 조간 / 인터넷 4. 12.(일) 12:00", (13, "조간"), (12, "12:00")),
    ],
)
def test_a_paper_edition_stands_beside_the_clock(
    value: str, paper: tuple[int, str], clock: tuple[int, str] | None
) -> None:
    found = _find(f"보도시점\t{value}\n배포\t2026. 4. 8.(수)" + BODY)
    assert found.paper == (date(2026, 4, paper[0]), paper[1])
    assert found.online == (Printed(date(2026, 4, clock[0]), clock[1]) if clock else None)
    assert found.date_only is None


def test_online_at_once_and_later_on_paper() -> None:
    found = _find("보도시점 (온라인) 배포 즉시 (지면) 4. 14.(화) 조간 배포 2026. 4. 13.(월)")
    assert found.immediate
    assert found.paper == (date(2026, 4, 14), "조간")


def test_a_day_without_a_clock_is_only_a_day() -> None:
    found = _find("보도시점 2026. 4. 12.(일) 배포 2026. 4. 11.(토) 09:00" + BODY)
    assert (found.date_only, found.online, found.immediate) == (date(2026, 4, 12), None, False)


@pytest.mark.parametrize(
    ("value", "condition"),
    [
        ("국무회의 의결 시", "국무회의 의결 시"),
        ("국무회의 의결 후", "국무회의 의결 후"),
        ("2026. 4. 13.(월) 브리핑 시작 시", "브리핑 시작 시"),
        ("2026. 4. 13.(월) 11:00 (가나 회의 종료 직후)", "가나 회의 종료 직후"),
        ("별도 공지 시까지", "별도 공지 시까지"),
    ],
)
def test_an_event_it_hangs_on_is_a_condition(value: str, condition: str) -> None:
    found = _find(f"보도시점\t{value}\t배포\t2026. 4. 13.(월)")
    assert found.condition == condition
    assert not found.immediate


def test_at_once_after_a_vote_is_both() -> None:
    found = _find("보도시점\n(전매체) 배포시점(국회 본회의 의결 시)\n배포\n2026. 4. 10.(금)")
    assert found.immediate
    assert found.condition == "국회 본회의 의결 시"


ELEVEN = Printed(date(2026, 4, 12), "11:00")


@pytest.mark.parametrize(
    "box",
    [
        "보 도 시 점\n2026. 4. 12.(일) 11:00\n배  포\n2026. 4. 10.(금) 09:00",
        "보도시점\n\n2026. 4. 12.(일)\n\n11:00\n\n배포\n\n2026. 4. 10.(금) 09:00",
        "보 도\n시 점\n2026. 4. 12.(일) 11:00\n배 포\n2026. 4. 10.(금) 09:00",
        "보도시점 배포\n2026. 4. 12.(일) 11:00\n2026. 4. 10.(금) 09:00",
        "2026. 4. 12.(일) 11:00\n보도시점\n배포\n2026. 4. 10.(금) 09:00",
        "2026. 4. 12.(일) 11:00 보도시점 2026. 4. 10.(금) 09:00 배포",
        "<보도시점><2026. 4. 12.(일) 11:00><배포><2026. 4. 10.(금) 09:00>",
        "< 보도시점 >< 2026. 4. 12.(일) 11:00 ></ >< 배포 >< 2026. 4. 10.(금) 09:00 >",
        "보도일시 2026. 4. 12.(일) 11:00\n배포일시 2026. 4. 10.(금) 09:00",
        "보도 가능 시점 : 2026. 4. 12.(일) 11:00 / 배포 일시 : 2026. 4. 10.(금) 09:00",
        "엠바고: 4월 12일(일) 11시\n배포일시 2026. 4. 10.(금) 09:00",
        "배포일시 2026. 4. 10.(금) 09:00\n2026년 4월 12일(일) 11:00부터 보도하여 주시기 바랍니다.",
    ],
)
def test_the_cells_are_read_in_any_order(box: str) -> None:
    text = box + BODY
    assert _find(text).online == ELEVEN
    assert distributed(text, NEAR) == Printed(date(2026, 4, 10), "09:00")


def test_the_label_may_stand_in_the_middle_of_its_lines() -> None:
    text = "(온라인) 2026. 4. 12.(일) 11:00\n보도시점\n(지 면) 2026. 4. 13.(월) 조간" + BODY
    found = _find(text)
    assert found.online == ELEVEN
    assert found.paper == (date(2026, 4, 13), "조간")


def test_both_values_behind_both_labels_are_told_apart() -> None:
    text = "보도시점\n배포\n배포 즉시\n2026. 4. 10.(금) 10:00" + BODY
    assert _find(text).immediate
    assert distributed(text, NEAR) == Printed(date(2026, 4, 10), "10:00")


def test_the_sentence_may_have_a_second_line_for_other_media() -> None:
    found = _find(
        "이 자료는 4월 14일(화) 조간부터 보도하여 주시기 바랍니다.\n"
        "(인터넷·방송은 4월 13일(월) 11:00 이후 보도 가능)" + BODY
    )
    assert found.paper == (date(2026, 4, 14), "조간")
    assert found.online == Printed(date(2026, 4, 13), "11:00")


def test_an_edition_without_any_day_is_of_the_day_of_distribution() -> None:
    assert _find("보도시점 석간 배포 2026. 4. 9.(목)").paper == (date(2026, 4, 9), "석간")
    assert find("보도시점 석간", None) is None


def test_the_papers_clock_counts_where_no_other_is_printed() -> None:
    assert _find("보도시점 (지면) 2026. 4. 12.(일) 11:00").online == ELEVEN


def test_a_clock_that_is_none_is_passed_over() -> None:
    assert _find("보도시점 2026. 4. 12.(일) 회의(29:00) 종료 후").online is None


def test_a_line_of_media_needs_no_label() -> None:
    found = _find("방송·인터넷 2026. 4. 13.(월) 12:00 / 신문 2026. 4. 14.(화) 조간" + BODY)
    assert found.online == Printed(date(2026, 4, 13), "12:00")
    assert found.paper == (date(2026, 4, 14), "조간")


def test_no_embargo_is_immediate() -> None:
    assert _find("보도자료\n\n엠바고 없음\n\n가나다담당관실").immediate


def test_a_clock_alone_is_of_the_day_of_distribution() -> None:
    found = _find("12:00 이후 보도해 주시기 바랍니다.\n자료배포\n2021. 5. 4. (화)", None)
    assert found.online == Printed(date(2021, 5, 4), "12:00")


def test_the_box_is_found_behind_a_page_of_body() -> None:
    found = _find("가나다 회의를 열었다.\n" * 100 + "보도시점 2026. 4. 12.(일) 11:00\n" + BODY)
    assert found.online == ELEVEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        BODY,
        "○ 5월 1일부터 시행한다. 3월 5일부터 보도된 내용과 다르다.",
        "언론은 4월 3일 10:00 이후 보도를 이어 갔다.",
        "엠바고를 어긴 4월 3일 기사",
        "보도시점은 4월 3일 10:00로 알려졌다",
        "보도시점\n\n제목만 있다",
        "가나다부는 4월 3일 10시에 자료를 배포했다.",
    ],
)
def test_a_date_in_the_body_is_no_embargo(text: str) -> None:
    assert find(text, NEAR) is None
    assert distributed(text, NEAR) is None


def test_the_sentence_is_the_words_of_the_box_on_one_line() -> None:
    found = _find("보도시점\t2026. 4. 12.(일) 11:00\n< 4. 13.(월) 조간 >\t배포\t2026. 4. 10.(금)")
    assert found.sentence == "보도시점 2026. 4. 12.(일) 11:00 < 4. 13.(월) 조간 >"


SEOUL = ZoneInfo("Asia/Seoul")
DAY = date(2026, 4, 13)


@pytest.mark.parametrize(
    ("embargo", "lifts"),
    [
        (Embargo("", online=Printed(DAY, "11:00")), datetime(2026, 4, 13, 11, tzinfo=SEOUL)),
        (Embargo("", online=Printed(DAY, "24:00")), datetime(2026, 4, 14, tzinfo=SEOUL)),
        (
            Embargo("", online=Printed(DAY, "11:00"), paper=(date(2026, 4, 14), "조간")),
            datetime(2026, 4, 13, 11, tzinfo=SEOUL),
        ),
        (Embargo("", date_only=DAY), datetime(2026, 4, 13, tzinfo=SEOUL)),
        (Embargo("", paper=(DAY, "조간")), datetime(2026, 4, 13, tzinfo=SEOUL)),
        (Embargo("", paper=(DAY, "석간")), datetime(2026, 4, 13, 12, tzinfo=SEOUL)),
        (Embargo("", immediate=True), None),
        (Embargo("", immediate=True, paper=(DAY, "조간")), None),
        (Embargo("", condition="국무회의 의결 시"), None),
    ],
)
def test_alerts_go_out_when_the_first_may_publish(embargo: Embargo, lifts: datetime | None) -> None:
    assert lifts_at(embargo) == lifts
