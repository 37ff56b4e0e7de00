import random
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from service.judging.changes import changes, files, worded
from service.model import Call, Change, Contact, Embargo, Printed, Reading

SEOUL = ZoneInfo("Asia/Seoul")
CALL = Call(is_call=True, start=date(2026, 5, 4), end=date(2026, 5, 20))
PERSON = Contact("가나지원과", "사무관", "홍길동", "044-000-0001")
READING = Reading(
    title="[보도자료] 소상공인 판로 지원사업 참여기업 모집",
    text="최대 3억 원을 지원한다.\n접수는 5월 20일까지 누리집에서 한다.\n",
    publishers=("mss",),
    unknown_publisher=None,
    named=("중소벤처기업부",),
    published_at=datetime(2026, 5, 2, 9, 0, tzinfo=SEOUL),
    precision="minute",
    contacts=(PERSON, Contact("가나지원과", "과장", "김철수", "044-000-0002")),
    call=CALL,
)
BOX = Embargo("배포 일시", online=Printed(date(2026, 5, 2), "12:00"))


def test_the_same_reading_has_no_changes() -> None:
    assert changes(READING, READING) == ()


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (replace(CALL, end=date(2026, 5, 27)), "마감 5.20 → 5.27 (deadline)"),
        (replace(CALL, end=date(2027, 1, 8)), "마감 2026.5.20 → 2027.1.8 (deadline)"),
        (replace(CALL, end_clock="18:00"), "마감 5.20 → 5.20 18:00 (deadline)"),
        (replace(CALL, start=date(2026, 5, 6)), "접수 시작 5.4 → 5.6 (opening)"),
    ],
)
def test_a_period_is_told_in_days(call: Call, line: str) -> None:
    [change] = changes(READING, replace(READING, call=call))

    assert worded(change) == line
    assert change.weighty


def test_a_deadline_is_told_first_and_not_again_where_the_text_says_it() -> None:
    text = READING.text.replace("20일", "27일").replace("3억", "5억")
    later = replace(READING, text=text, call=replace(CALL, end=date(2026, 5, 27)))

    assert [worded(change) for change in changes(READING, later)] == [
        "마감 5.20 → 5.27 (deadline)",
        "본문 ‘최대 …’ 3억 원 → 5억 원 (text)",
    ]


def test_a_call_without_an_end_is_said_to_be_open() -> None:
    text = READING.text.replace("5월 20일까지", "상시")
    later = replace(READING, text=text, call=Call(is_call=True, start=CALL.start, open_ended=True))

    assert worded(changes(READING, later)[0]) == "마감 5.20 → 상시·소진 시까지 (deadline)"


def test_a_period_read_on_one_side_only_is_no_news_where_the_text_is_the_same() -> None:
    assert changes(READING, replace(READING, call=Call(is_call=False))) == ()


def test_an_embargo_is_told_with_its_edition() -> None:
    paper = replace(BOX, paper=(date(2026, 5, 3), "조간"))

    [change] = changes(replace(READING, embargo=BOX), replace(READING, embargo=paper))

    assert worded(change) == "엠바고 온라인 5.2 12:00 → 온라인 5.2 12:00, 5.3 조간 (embargo)"
    assert change.weighty


def test_a_box_that_one_site_leaves_out_weighs_nothing() -> None:
    [change] = changes(READING, replace(READING, embargo=BOX))

    assert worded(change) == "엠바고 추가: 온라인 5.2 12:00 (embargo, added)"
    assert not change.weighty
    assert changes(READING, replace(READING, embargo=Embargo("즉시", immediate=True))) == ()


@pytest.mark.parametrize(
    ("title", "weighty"),
    [
        ("소상공인 판로 지원사업 참여기업 선정", True),
        ("[보도자료] 소상공인 판로 지원사업의 참여기업 모집", False),
    ],
)
def test_a_title_weighs_where_a_word_is_another(title: str, weighty: bool) -> None:
    [change] = changes(READING, replace(READING, title=title))

    assert change.what == "제목 (title)"
    assert change.weighty is weighty


@pytest.mark.parametrize("mark", ["(수정) {}", "{}(정정)", "[최종본] {}"])
def test_a_mark_that_says_only_that_it_is_a_correction_is_no_change(mark: str) -> None:
    title = "소상공인 판로 지원사업 참여기업 모집"
    old, new = (replace(READING, title=each) for each in (title, mark.format(title)))

    assert changes(old, new) == ()


@pytest.mark.parametrize(
    ("now", "line"),
    [
        (replace(PERSON, phone="044-000-0009"), "홍길동 전화 044-000-0001 → 044-000-0009 (phone)"),
        (
            replace(PERSON, name="이영희"),
            "담당자 가나지원과 홍길동 사무관 → 가나지원과 이영희 사무관 (contact)",
        ),
    ],
)
def test_whom_to_phone_is_told_by_who_changed(now: Contact, line: str) -> None:
    [change] = changes(READING, replace(READING, contacts=(READING.contacts[1], now)))

    assert worded(change) == line
    assert change.weighty


def test_a_missing_list_of_contacts_weighs_nothing() -> None:
    [change] = changes(READING, replace(READING, contacts=()))

    assert worded(change) == "담당자 삭제: 가나지원과 홍길동 사무관 외 1명 (contact, removed)"
    assert not change.weighty


def test_the_body_and_the_day_of_a_copy_weigh_nothing() -> None:
    later = replace(
        READING,
        publishers=("motir",),
        named=("산업통상부",),
        published_at=datetime(2026, 5, 3, 10, 0, tzinfo=SEOUL),
    )

    assert [(worded(change), change.weighty) for change in changes(READING, later)] == [
        ("발표 기관 중소벤처기업부 → 산업통상부 (publishers)", False),
        ("배포일 5.2 → 5.3 (published)", False),
    ]


def test_another_hour_of_the_same_day_is_no_change() -> None:
    at = datetime(2026, 5, 2, 17, 30, tzinfo=SEOUL)

    assert changes(READING, replace(READING, published_at=at)) == ()


def test_a_change_back_swaps_before_and_after() -> None:
    text = READING.text.replace("3억", "5억")
    later = replace(READING, text=text, call=replace(CALL, end=date(2026, 5, 27)))

    there, back = changes(READING, later), changes(later, READING)

    assert [(each.before, each.after) for each in there] == [
        (each.after, each.before) for each in back
    ]


def test_weighty_changes_come_first_and_thirty_at_most() -> None:
    old = "".join(f"{word}은 {number}명이다.\n" for number, word in enumerate(_words(60), 100))
    new = "".join(f"{word}은 {number}명이다.\n" for number, word in enumerate(_words(60), 500))
    later = replace(READING, text=new, publishers=("motir",), named=("산업통상부",))

    found = changes(replace(READING, text=old), later)

    assert len(found) == 30
    assert all(each.weighty for each in found)


def test_any_two_texts_are_compared_and_before_is_never_after() -> None:
    chance = random.Random(11)
    alphabet = "가나 \n\t1.,5월20일(수)'‘△㎡ㅇ①\u0301\ud800\x00𐀀À%억원~-붙임www@"
    for _ in range(300):
        one, other = ("".join(chance.choices(alphabet, k=chance.randrange(60))) for _ in "ab")
        old = replace(READING, title=one[:20], text=one)
        new = replace(READING, title=other[:20], text=other)

        assert changes(old, old) == ()
        assert all(each.before != each.after and worded(each) for each in changes(old, new))


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ({"공고.hwp": b"1"}, {"공고.hwp": b"1"}, []),
        ({"공고.hwp": None}, {"공고.hwp": b"1"}, []),
        (
            {"공고.hwp": b"1"},
            {"공고.hwp": b"2"},
            ["붙임 ‘공고.hwp’ 이전 파일 → 새 파일 (attachment)"],
        ),
        ({}, {"양식.hwp": None}, ["붙임 추가: 양식.hwp (attachment, added)"]),
        ({"양식.hwp": b"1"}, {}, ["붙임 삭제: 양식.hwp (attachment, removed)"]),
        (
            {"공고.hwp": b"1"},
            {"공고(수정).hwp": b"2"},
            ["붙임 공고.hwp → 공고(수정).hwp (attachment)"],
        ),
        (
            {"공고.hwp": b"1"},
            {"모집 공고.hwp": b"1"},
            ["붙임 이름 공고.hwp → 모집 공고.hwp (attachment name)"],
        ),
    ],
)
def test_attachments_are_told_by_name(
    old: dict[str, bytes | None], new: dict[str, bytes | None], lines: list[str]
) -> None:
    assert [worded(change) for change in files(old, new)] == lines


def test_a_renamed_file_weighs_nothing() -> None:
    assert [each.weighty for each in files({"가.pdf": b"1"}, {"나.pdf": b"1"})] == [False]


def test_a_change_without_an_english_name_is_worded_too() -> None:
    assert worded(Change("비고", "가", "나", weighty=False)) == "비고 가 → 나"
    assert worded(Change("비고", "", "나", weighty=False)) == "비고 추가: 나 (added)"


def _words(count: int) -> list[str]:
    return [f"{chr(0xAC00 + 40 * n)}{chr(0xB098 + 30 * n)}분야" for n in range(count)]
