"""Invented news of an invented release; what is made from it, and what only speaks of the same."""

import random
import time
from datetime import date

import pytest

from service.judging.coverage import coverage, excerpts
from service.judging.likeness import Copy
from service.judging.signature import signature
from service.store.stories import SHARE

MONDAY = date(2026, 3, 2)
TITLE = "소상공인 온라인 판로 지원사업 참여기업 모집"
BODY = """
중소벤처기업부(장관 홍길순)는 3월 2일 소상공인 온라인 판로 지원사업에 참여할
기업 1,200개사를 모집한다고 밝혔다.
선정된 기업은 상품 사진과 상세 설명서 제작, 기획전 입점, 물류비를 최대 300만 원까지 지원받는다.
지난해에는 980개사가 참여하여 매출이 평균 14.5% 늘었고, 재구매율도 꾸준히 올랐다.
신청은 3월 27일까지 누리집에서 받으며, 자세한 내용은 공고문에서 볼 수 있다.
올해는 지역 특산물을 파는 가게와 청년 창업자를 먼저 뽑고, 처음 참여하는 곳에는 상담을 더한다.
홍길순 장관은 "작은 가게가 전국의 손님을 만나도록 온라인 판로를 넓히고 물류를 돕겠다"고 강조하였다.
"""
RELEASE = Copy(None, TITLE, BODY, "중소벤처기업부", MONDAY)
TOLD = """
중소벤처기업부가 소상공인 온라인 판로 지원사업에 참여할 기업 1200개사를 모집한다고 2일 밝혔다.
뽑힌 기업은 상품 사진과 상세 설명서 제작, 기획전 입점, 물류비를 최대 300만원까지 받는다.
홍 장관은 "작은 가게가 전국의 손님을 만나도록 온라인 판로를 넓히고 물류를 돕겠다"고 말했다.
업계에서는 물류비가 가장 큰 짐이라는 말이 나온다.
"""
NEWS = Copy(None, "소상공인 온라인 판로 넓힌다…1200곳 모집", TOLD, "한소식", MONDAY)
OTHER = """
산림 당국은 봄철 건조한 날씨가 이어짐에 따라 입산 통제 구역을 넓히고 감시 인력을 늘린다.
드론 42대와 무인 감시 카메라가 새로 놓이며, 논밭두렁을 태우는 일은 금지된다.
불을 낸 사람에게는 책임을 묻고, 신고한 사람에게는 포상금을 준다고 관계자가 설명했다.
등산객은 라이터와 버너를 가지고 산에 들어갈 수 없으며 어기면 과태료를 문다.
"""


def made(news: Copy, release: Copy = RELEASE) -> bool:
    return coverage(news, release).made


def test_news_that_keeps_sentences_quotes_and_figures_is_made_from_the_release() -> None:
    found = coverage(NEWS, RELEASE)

    assert found.made
    assert 0.5 < found.of_news < 0.9
    assert 0.25 < found.of_release < 0.6
    assert f"{found.of_news:.0%} of the news stands in it" in found.reason


def test_the_first_lines_that_a_feed_gives_are_enough() -> None:
    assert made(NEWS._replace(text=TOLD[:120]))


def test_a_release_told_whole_is_repeated_whole() -> None:
    assert coverage(NEWS._replace(text=BODY), RELEASE)[:3] == (True, 1.0, 1.0)


def test_news_in_words_of_its_own_stays_open() -> None:
    own = "정부가 동네 가게의 인터넷 장사를 돕는다. 올해 1200곳을 뽑아 300만원씩 준다."

    found = coverage(NEWS._replace(text=own), RELEASE)

    assert not found.made
    assert "only" in found.reason


def test_a_formula_that_both_have_makes_nothing() -> None:
    formula = "자세한 내용은 누리집에서 볼 수 있다."
    release = RELEASE._replace(text=formula + OTHER)

    assert not made(Copy(None, TITLE, formula, "한소식", MONDAY), release)


@pytest.mark.parametrize(("day", "is_made"), [(1, True), (5, True), (28, False), (6, False)])
def test_it_comes_from_a_day_before_to_three_days_after(day: int, is_made: bool) -> None:
    month = 2 if day == 28 else 3

    assert made(NEWS._replace(published=date(2026, month, day))) is is_made


def test_without_a_day_nothing_is_made() -> None:
    assert not made(NEWS._replace(published=None))
    assert not made(NEWS, RELEASE._replace(published=None))


def test_a_round_up_of_three_releases_is_made_from_none() -> None:
    parts = [TOLD[: len(TOLD) // 2], OTHER, OTHER[::-1]]

    found = coverage(NEWS._replace(text="\n".join(parts)), RELEASE)

    assert not found.made
    assert found.of_news > 0.1


def test_news_that_leaves_most_of_the_title_unsaid_is_of_another() -> None:
    other = RELEASE._replace(title="전통시장 주차장 확충 예산 확정, 지역 축제 연계")

    found = coverage(NEWS, other)

    assert not found.made
    assert "전통시장" in found.reason


def test_a_headline_has_words_of_its_own_on_the_day_of_the_release_alone() -> None:
    """On another day the neighbour of a series is as likely."""
    release = RELEASE._replace(title=f"{TITLE} 발대식")
    headline = NEWS._replace(title="소상공인 온라인 판로 활짝")

    assert made(headline, release)
    assert not made(headline._replace(published=date(2026, 3, 3)), release)


@pytest.mark.parametrize(
    ("headline", "title"),
    [
        ("판로 지원사업 3차 모집", f"{TITLE}(4차)"),
        ("판로 지원사업 900곳 모집", f"{TITLE} 1,200곳"),
        ("판로 지원사업 2월 실적", f"{TITLE} 3월 실적"),
    ],
)
def test_a_figure_of_the_headline_that_is_not_the_releases_keeps_them_apart(
    headline: str, title: str
) -> None:
    found = coverage(
        NEWS._replace(title=headline, text=TOLD.replace("1200", "많은 ")),
        RELEASE._replace(title=title, text=BODY.replace("1,200", "많은 ")),
    )

    assert not found.made
    assert "제목의 숫자" in found.reason


def test_three_times_in_the_text_is_not_the_third_of_the_headline() -> None:
    news = NEWS._replace(title="소상공인 온라인 판로 지원사업 3차 모집")
    release = RELEASE._replace(title=f"{TITLE}(4차)", text=f"{BODY}설명회는 3차례 연다.")

    assert made(news._replace(title=news.title.replace("3차", "4차")), release)
    assert not made(news, release)


def test_sentences_of_the_last_of_a_series_with_other_figures_are_not_this_ones() -> None:
    body = (
        "해외 유입을 뺀 오늘의 신규 신고는 {}건으로, 지난주 같은 요일보다 {}건 늘었다고 "
        "방역 당국이 밝혔다. 지역별로는 수도권이 {}건으로 가장 많았으며, 나머지는 남부와 중부에서 "
        "고르게 나왔다고 당국은 설명했다."
    )
    title = "일일 신고 현황"
    release = Copy(None, title, body.format(412, 31, 207), "질병관리청", MONDAY)
    yesterday = Copy(None, title, body.format(381, 15, 188), "한소식", date(2026, 3, 1))

    found = coverage(yesterday, release)

    assert not found.made
    assert found.of_news > 0.7
    assert "옮긴 문장의 숫자" in found.reason
    assert made(yesterday._replace(text=body.format(412, 31, 207)), release)


def test_the_day_it_was_announced_is_no_other_figure() -> None:
    told = (
        "소상공인 온라인 판로 지원사업에 참여할 기업을 모집한다고 {}밝혔다. 선정된 기업은 상품 "
        "사진과 상세 설명서 제작, 기획전 입점, 물류비를 지원받는다."
    )
    release = RELEASE._replace(text=told.format("") + OTHER.translate(dict.fromkeys(b"0123456789")))

    assert made(NEWS._replace(title=TITLE, text=told.format("2일 ")), release)
    assert not made(NEWS._replace(title=TITLE, text=told.format("9일 ")), release)


def test_excerpts_are_a_few_numbers_that_fit_a_bigint() -> None:
    chance = random.Random(3)
    found = excerpts(TITLE, "".join(chance.choices("가나다라마바사아자차카타파하", k=9000)))

    assert 40 < len(found) <= 80
    assert list(found) == sorted(set(found))
    assert all(-(2**63) <= number < 2**63 for number in found)


def test_excerpts_are_the_same_on_every_machine_and_day() -> None:
    assert excerpts("가나다라마바사", "아자차카타파하") == (8333446761398138723,)


def test_short_news_has_excerpts_of_the_long_release_it_repeats() -> None:
    long = Copy(None, TITLE, BODY + OTHER * 20, None)
    shared = set(excerpts(NEWS.title, TOLD)) & set(excerpts(long.title, long.text))

    assert len(shared) >= SHARE


def test_excerpts_of_other_texts_and_signatures_never_meet() -> None:
    assert not set(excerpts("", BODY)) & set(excerpts("", OTHER))
    assert not set(excerpts(TITLE, BODY)) & set(signature(TITLE, BODY))


@pytest.mark.parametrize("text", ["", " \n", "가", "\ud800" * 9, "1" * 100_000, "다. " * 40_000])
def test_nothing_that_a_page_may_hold_breaks_it(text: str) -> None:
    begun = time.process_time()
    hostile = Copy(None, text, text, text[:50], MONDAY)

    assert not made(hostile)
    assert not made(NEWS, hostile)
    assert len(excerpts(text, text)) <= 80
    assert time.process_time() - begun < 10


def test_random_letters_never_break_it() -> None:
    chance = random.Random(7)
    alphabet = "가나 1.월일,%()[]A0\n\ud800￦²다" + chr(0x1F600)
    for _ in range(200):
        title, text = ("".join(chance.choices(alphabet, k=60)) for _ in range(2))
        copy = Copy(None, title, text, None, MONDAY)
        excerpts(title, text)
        for found in (coverage(copy, RELEASE), coverage(NEWS, copy), coverage(copy, copy)):
            assert 0.0 <= min(found[1:3])
            assert max(found[1:3]) <= 1.0
