from datetime import date, timedelta
from functools import partial

import pytest

from service.judging.story import Copy, keys, same, titled_key

LONG = "새 제도는 내년 봄부터 시작된다. 신청은 누리집에서 받는다. " * 10
SHORT = "장관은 오늘 현장을 찾는다."
TITLE = "새 제도 내년 시작"
FURNITURE = "붙임을 보시기 바랍니다. 이 저작물은 출처를 밝히면 쓸 수 있습니다. 만족하십니까? " * 10
MONDAY, NEXT = date(2026, 3, 2), date(2026, 3, 9)


def test_the_address_is_the_surest_key_and_ignores_tracking() -> None:
    tracked = keys("http://m.example.kr/a?id=1&utm_source=x", "제목", LONG, "kcs")
    bare = keys("https://www.example.kr/a?id=1", "딴 제목", SHORT, None)

    assert tracked[0] == bare[0] == "url:https://example.kr/a?id=1"


def test_a_long_text_is_the_same_whoever_printed_it_and_however_it_is_spaced() -> None:
    one = keys("https://a.kr/1", TITLE, LONG, "kcs")
    other = keys("https://b.kr/2", "[보도자료] 누리집에서 신청", LONG.replace(" ", "\n"), "mss")

    assert one[1] == other[1]
    assert one[0] != other[0]


@pytest.mark.parametrize("title", ["딴 사람이 맡는 새 제도", "제2차 새 제도"])
def test_a_long_text_is_another_under_a_title_with_a_word_or_figure_it_does_not_have(
    title: str,
) -> None:
    text = f"{LONG} 제1차 모집과 제2차 모집을 한다."

    assert set(keys(None, "제1차 새 제도", text, "kcs")).isdisjoint(keys(None, title, text, "kcs"))


@pytest.mark.parametrize(("days", "met"), [(0, True), (14, True), (28, False), (400, False)])
def test_a_text_is_the_same_for_two_weeks_and_never_after_four(days: int, *, met: bool) -> None:
    for n in range(28):
        first = MONDAY + timedelta(days=n)
        for found in (partial(keys, None, TITLE, LONG, "kcs"), partial(titled_key, TITLE, LONG)):
            later = found(first + timedelta(days=days))
            assert set(found(first)).isdisjoint(later) != met


def test_the_furniture_of_a_page_is_the_same_only_under_one_title_on_one_day() -> None:
    monday = keys(None, TITLE, FURNITURE, "kcs", MONDAY)

    assert monday == keys(None, TITLE, FURNITURE, "kcs", MONDAY)
    assert monday != keys(None, TITLE, FURNITURE, "kcs", NEXT)
    assert monday != keys(None, "딴 제목", FURNITURE, "kcs", MONDAY)
    assert titled_key(TITLE, FURNITURE, MONDAY) == ()


@pytest.mark.parametrize(("title", "publisher"), [("딴 제목", "kcs"), ("제목", "mss")])
def test_a_short_text_is_the_same_only_under_one_title_of_one_publisher(
    title: str, publisher: str
) -> None:
    assert keys(None, "제목", SHORT, "kcs") == keys(None, "제 목", SHORT, "kcs")
    assert keys(None, "제목", SHORT, "kcs") != keys(None, title, SHORT, publisher)


def test_a_short_text_of_another_week_is_another() -> None:
    monday = keys(None, "주간 일정", SHORT, "kcs", MONDAY)

    assert monday == keys(None, "주간 일정", SHORT, "kcs", MONDAY)
    assert monday != keys(None, "주간 일정", SHORT, "kcs", NEXT)
    assert monday != keys(None, "주간 일정", SHORT, "kcs")
    assert not same(
        Copy(None, "주간 일정", SHORT, "kcs", MONDAY), Copy(None, "주간 일정", SHORT, "kcs", NEXT)
    ).same


def test_an_empty_text_has_no_key() -> None:
    assert keys(None, "인사", " \n", "kcs") == ()


def test_one_changed_figure_keeps_two_releases_apart() -> None:
    a = Copy("https://a.kr/1", TITLE, LONG + "3월 수출은 10% 늘었다.", "motir")
    b = Copy("https://a.kr/2", TITLE, LONG + "3월 수출은 11% 늘었다.", "motir")

    verdict = same(a, b)

    assert verdict.same is False
    assert verdict.how == "different"
    assert 0.8 < verdict.score < 1.0


def test_the_same_address_or_text_is_the_same_announcement() -> None:
    a = Copy("https://a.kr/1", TITLE, LONG, "motir")

    assert same(a, Copy("http://a.kr:80/1#top", "수정", SHORT, None)) == (
        True,
        1.0,
        "같은 주소 (same address)",
        "identical",
    )
    assert same(a, Copy("https://b.kr/9", TITLE, LONG + "\n", None)) == (
        True,
        1.0,
        "같은 본문 (same text)",
        "identical",
    )
    assert same(a, Copy(None, TITLE, "", "motir")).score == 0.0
