"""Invented releases in the shape of real ones; what is the same, and what only looks so."""

import random
import time
from datetime import date, timedelta

import pytest

from service.judging.likeness import Copy, judge

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
TITLE = "소상공인 온라인 판로 지원사업 참여기업 모집"
BODY = """
정부는 3월 2일 소상공인 온라인 판로 지원사업에 참여할 기업 1,200개사를 모집한다고 밝혔다.
선정된 기업은 상품 사진과 상세 설명서 제작, 기획전 입점, 물류비를 최대 300만 원까지 지원받는다.
지난해에는 980개사가 참여하여 매출이 평균 14.5% 늘었고, 재구매율도 꾸준히 올랐다.
담당 과장은 "작은 가게가 전국의 손님을 만나도록 돕겠다"고 말했다.
신청은 3월 27일까지 누리집에서 받으며, 자세한 내용은 공고문에서 볼 수 있다.
올해는 지역 특산물을 파는 가게와 청년 창업자를 먼저 뽑고, 처음 참여하는 곳에는 상담을 더한다.
"""
OTHER = """
산림 당국은 봄철 건조한 날씨가 이어짐에 따라 입산 통제 구역을 넓히고 감시 인력을 늘린다.
드론 42대와 무인 감시 카메라가 새로 놓이며, 논밭두렁을 태우는 일은 금지된다.
불을 낸 사람에게는 책임을 묻고, 신고한 사람에게는 포상금을 준다고 관계자가 설명했다.
등산객은 라이터와 버너를 가지고 산에 들어갈 수 없으며 어기면 과태료를 문다.
"""
RELEASE = Copy(None, TITLE, BODY, "중소벤처기업부", MONDAY)


@pytest.mark.parametrize("title", [f"[보도자료] {TITLE}", f"(공동-보도){TITLE}(3.2.)", f"{TITLE}!"])
def test_a_joint_release_is_one_whoever_prints_it(title: str) -> None:
    joint = Copy(None, title, f"배포 즉시\n{BODY}\n문의: 유통과", "산업통상부", TUESDAY)

    verdict = judge(RELEASE, joint)

    assert verdict.same
    assert verdict.score > 0.95
    assert verdict.how == "joint"
    assert "joint" in verdict.reason


def test_a_joint_release_shortened_to_its_first_lines_is_one() -> None:
    short = RELEASE._replace(text=BODY[:150], publisher="산업통상부")

    assert judge(RELEASE, short).same


def test_a_joint_release_may_bear_another_title_the_same_day() -> None:
    other = RELEASE._replace(title="작은 가게, 전국의 손님을 만난다", publisher="산업통상부")

    assert judge(RELEASE, other)[0::3] == (True, "copy")
    assert not judge(RELEASE, other._replace(published=date(2026, 3, 5))).same
    assert not judge(RELEASE, other._replace(published=None)).same


def test_three_lines_under_the_same_long_title_are_a_copy_only_of_another_ministry() -> None:
    stub = RELEASE._replace(text=f"{BODY[1:45]} 자세한 내용은 붙임 파일을 보시기 바랍니다.")

    assert judge(RELEASE, stub._replace(publisher="산업통상부")).same
    assert not judge(RELEASE, stub).same


def test_a_text_with_nothing_in_common_is_another_under_any_title() -> None:
    assert not judge(RELEASE, RELEASE._replace(text=OTHER, publisher="산림청")).same
    assert not judge(RELEASE, RELEASE._replace(text=OTHER)).same


def test_a_release_issued_again_is_one_if_its_figures_stay() -> None:
    again = RELEASE._replace(text=BODY.replace("꾸준히", "조금씩"), published=TUESDAY)
    changed = again._replace(text=BODY.replace("1,200", "700").replace("14.5%", "3.2%"))

    assert judge(RELEASE, again)[0::3] == (True, "copy")
    assert judge(RELEASE, changed)[0::3] == (False, "different")
    assert judge(RELEASE, changed._replace(published=MONDAY)).same


def test_one_ministry_may_tell_of_two_things_in_one_day_under_titles_that_are_alike() -> None:
    second = TITLE.replace("모집", "사전 설명회 참가 모집")
    text = BODY.replace(
        BODY.split("\n")[3], "설명회는 두 곳에서 열리며 누구나 미리 알리고 올 수 있다."
    )

    assert judge(RELEASE, RELEASE._replace(text=text)).same
    assert judge(RELEASE, RELEASE._replace(title=second, text=BODY)).same
    assert not judge(RELEASE, RELEASE._replace(title=second, text=text)).same


def test_a_marked_correction_is_one_though_its_figures_change_and_late() -> None:
    release = RELEASE._replace(title=f"{TITLE} 1,200개사")
    corrected = Copy(
        None,
        f"[수정] {TITLE} 1,300개사",
        BODY.replace("1,200", "1,300"),
        "중소벤처기업부",
        date(2026, 3, 12),
    )

    verdict = judge(release, corrected)

    assert verdict.same
    assert verdict.how == "correction"
    assert "correction" in verdict.reason
    assert not judge(release, corrected._replace(title=f"{TITLE} 1,300개사")).same
    assert not judge(release, corrected._replace(published=date(2026, 3, 20))).same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("제69차 점검 회의 개최", "제71차 점검 회의 개최"),
        ("2026년 2월 수출입 동향", "2026년 3월 수출입 동향"),
        ("[수정] 1분기 실적 발표", "2분기 실적 발표"),
        ("온라인 판로 현황(3.2.)", "온라인 판로 현황(3.3.)"),
        ("안심 가게 214곳 지정", "안심 가게 254곳 지정"),
    ],
)
def test_figures_of_the_title_keep_a_series_apart_however_alike_its_texts(
    one: str, other: str
) -> None:
    verdict = judge(RELEASE._replace(title=one), RELEASE._replace(title=other, publisher="통일부"))

    assert not verdict.same
    assert "제목의 숫자" in verdict.reason
    assert "≠" in verdict.reason


def test_a_name_put_in_the_place_of_another_keeps_two_releases_apart() -> None:
    text = "{0} 농장에서 병원체가 확인되어 {0} 지역의 이동을 막고 소독을 벌인다. " + OTHER
    a = Copy(None, "전북 부안 오리 농장 확진", text.format("부안"), "농림축산식품부", MONDAY)
    b = Copy(None, "충남 천안 오리 농장 확진", text.format("천안"), "농림축산식품부", MONDAY)

    verdict = judge(a, b)

    assert not verdict.same
    assert verdict.score > 0.8
    assert "전북 ≠ 충남" in verdict.reason


def test_the_order_of_the_ministries_in_a_title_does_not_matter() -> None:
    a = RELEASE._replace(title=f"중기부·산업부, {TITLE}")
    b = RELEASE._replace(title=f"산업부·중기부, {TITLE}", publisher="산업통상부")

    assert judge(a, b).same


def test_the_same_release_of_another_year_is_another() -> None:
    later = RELEASE._replace(text=BODY.replace("980", "990"), published=date(2027, 3, 2))

    verdict = judge(RELEASE, later)

    assert not verdict.same
    assert "365일" in verdict.reason


def test_a_text_to_the_letter_may_come_a_week_later() -> None:
    late = RELEASE._replace(text=BODY.replace("밝혔다.", "밝혔다"), published=date(2026, 3, 9))

    assert judge(RELEASE, late).same


@pytest.mark.parametrize(("days", "one"), [(2, True), (3, False)])
def test_a_text_to_the_letter_under_another_title_may_come_two_days_later(
    days: int, *, one: bool
) -> None:
    other = RELEASE._replace(title="작은 가게, 새 손님을 만난다", publisher="산업통상부")
    late = other._replace(published=MONDAY + timedelta(days=days))

    assert judge(RELEASE, late).same == one
    assert not judge(RELEASE, late._replace(text=f"{BODY}\n문의는 유통과로 한다.")).same


def test_the_furniture_of_a_page_makes_two_titles_not_one_nor_one_title_of_two_days() -> None:
    """What a declared source takes for a text, where its selector stands around the footer."""
    furniture = "붙임을 보시기 바랍니다. " + OTHER
    a = RELEASE._replace(text=furniture)
    b = a._replace(title="반도체 장비 실증 사업 공고")

    assert judge(a, a._replace(publisher="산업통상부")).same
    assert not judge(a, a._replace(published=TUESDAY)).same
    assert not judge(a, b).same
    assert judge(a._replace(text=f"{TITLE}\n{furniture}"), b).same is False


def test_a_former_name_is_the_same_ministry() -> None:
    """Under one ministry a changed text of the next day counts as the next of a series."""
    changed = BODY.replace("1,200", "700").replace("14.5%", "3.2%")
    a = RELEASE._replace(publisher="산업통상자원부")
    b = a._replace(text=changed, published=TUESDAY)

    assert not judge(a, b._replace(publisher="산업부")).same
    assert judge(a, b._replace(publisher="중소벤처기업부")).same


def test_news_that_repeats_a_release_covers_it_but_is_no_copy() -> None:
    news = RELEASE._replace(publisher="연합뉴스")

    assert judge(RELEASE, news)[0::3] == (False, "coverage")
    assert "기사" in judge(news, RELEASE).reason
    assert judge(news, news._replace(publisher="매일경제")).same


def test_a_short_formula_of_one_ministry_is_not_taken_for_a_copy_on_another_day() -> None:
    a = Copy(None, "장관 현장 방문 일정 안내", "자세한 내용은 붙임을 보십시오.", "통일부", MONDAY)

    assert not judge(a, a._replace(published=TUESDAY)).same


def test_it_does_not_matter_which_comes_first() -> None:
    others = [
        RELEASE._replace(text=BODY[:150], publisher="산업통상부"),
        RELEASE._replace(text=OTHER),
        RELEASE._replace(title="제3차 회의", published=date(2026, 4, 1)),
        RELEASE._replace(publisher="연합뉴스"),
    ]
    for other in others:
        assert judge(RELEASE, other)[:2] == judge(other, RELEASE)[:2]


@pytest.mark.parametrize("text", ["", " \n", "가", "\ud800" * 9, "1" * 100_000, "[" * 100_000])
def test_nothing_that_a_page_may_hold_breaks_it(text: str) -> None:
    begun = time.process_time()

    verdict = judge(Copy(None, text, text, text[:50], None), RELEASE)

    assert not verdict.same
    assert time.process_time() - begun < 10


def test_random_letters_never_break_it() -> None:
    chance = random.Random(7)
    alphabet = "가나 1.월일,%()[]A0\n\ud800￦²" + chr(0x1F600)
    for _ in range(200):
        words = ("".join(chance.choices(alphabet, k=40)) for _ in range(3))
        title, text, publisher = words
        copy = Copy(None, title, text, publisher, MONDAY)
        assert 0.0 <= judge(copy, RELEASE).score <= 1.0
