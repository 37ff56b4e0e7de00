from datetime import date

import pytest

from service.judging.story import Copy, keys, same

LONG = "새 제도는 내년 봄부터 시작된다. 신청은 누리집에서 받는다. " * 10
SHORT = "장관은 오늘 현장을 찾는다."
MONDAY, NEXT = date(2026, 3, 2), date(2026, 3, 9)


def test_the_address_is_the_surest_key_and_ignores_tracking() -> None:
    tracked = keys("http://m.example.kr/a?id=1&utm_source=x", "제목", LONG, "kcs")
    bare = keys("https://www.example.kr/a?id=1", "딴 제목", SHORT, None)

    assert tracked[0] == bare[0] == "url:https://example.kr/a?id=1"


def test_a_long_text_is_the_same_whoever_printed_it_and_however_it_is_spaced() -> None:
    one = keys("https://a.kr/1", "제목", LONG, "kcs")
    other = keys("https://b.kr/2", "[보도자료] 제목", LONG.replace(" ", "\n"), "mss")

    assert one[1] == other[1]
    assert one[0] != other[0]


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
    assert keys(None, "제목", LONG, "kcs", MONDAY) == keys(None, "제목", LONG, "kcs", NEXT)
    assert not same(
        Copy(None, "주간 일정", SHORT, "kcs", MONDAY), Copy(None, "주간 일정", SHORT, "kcs", NEXT)
    ).same


def test_an_empty_text_has_no_key() -> None:
    assert keys(None, "인사", " \n", "kcs") == ()


def test_one_changed_figure_keeps_two_releases_apart() -> None:
    a = Copy("https://a.kr/1", "동향", LONG + "3월 수출은 10% 늘었다.", "motir")
    b = Copy("https://a.kr/2", "동향", LONG + "3월 수출은 11% 늘었다.", "motir")

    verdict = same(a, b)

    assert verdict.same is False
    assert verdict.how == "different"
    assert 0.8 < verdict.score < 1.0


def test_the_same_address_or_text_is_the_same_announcement() -> None:
    a = Copy("https://a.kr/1", "동향", LONG, "motir")

    assert same(a, Copy("http://a.kr:80/1#top", "수정", SHORT, None)) == (
        True,
        1.0,
        "같은 주소 (same address)",
        "identical",
    )
    assert same(a, Copy("https://b.kr/9", "동향", LONG + "\n", None)) == (
        True,
        1.0,
        "같은 본문 (same text)",
        "identical",
    )
    assert same(a, Copy(None, "동향", "", "motir")).score == 0.0
