"""Of several that look alike, the one it belongs to."""

from datetime import date

from service.judging.kin import Likely, copied, reports
from service.judging.story import Copy

DAY = date(2026, 3, 2)
TITLE = "도자 공방 해외 장터 진출 지원 참여기업 모집"
TEXT = """
정부는 3월 2일 도자 공방의 해외 장터 진출을 도울 기업 120개사를 모집한다고 밝혔다.
선정된 공방은 사진 촬영과 외국어 설명서, 공동 물류 창고를 최대 300만 원까지 지원받는다.
지난해에는 98개 공방이 참여하여 매출이 평균 14.5% 늘었고 다시 찾는 손님도 늘었다.
신청은 3월 27일까지 누리집에서 받으며, 자세한 내용은 공고문에서 볼 수 있다.
담당 과장은 작은 공방이 세계의 손님을 만나도록 돕겠다고 말했다.
올해는 지역 특산물을 파는 공방과 청년 창업자를 먼저 뽑고 처음 참여하는 곳에는 상담을 더한다.
"""
ORIGINAL = Copy(None, TITLE, TEXT, "중소벤처기업부", DAY)
CORRECTED = ORIGINAL._replace(title=f"{TITLE}(수정)", text=TEXT.replace("27일까지", "31일까지"))


def test_a_correction_corrects_what_it_was_made_of() -> None:
    tie = copied(CORRECTED, {1: Likely(ORIGINAL, 18)})

    assert tie is not None
    assert (tie.article_id, tie.joined_as) == (1, "correction")


def test_a_copy_of_a_correction_is_its_copy_and_corrects_nothing_anew() -> None:
    copy = CORRECTED._replace(text=f"{CORRECTED.text} 자료 제공 공보실")
    short = ORIGINAL._replace(text=TEXT[:220])  # all of it stands in the correction

    tie = copied(copy, {1: Likely(short, 12), 2: Likely(CORRECTED, 19)})

    assert tie is not None
    assert (tie.article_id, tie.joined_as) == (2, "copy")


def test_what_has_little_in_common_under_another_title_is_not_compared() -> None:
    other = ORIGINAL._replace(title="작은 가게가 세계의 손님을 만난다")

    assert copied(ORIGINAL, {1: Likely(other, 8)}) is None
    assert copied(ORIGINAL, {1: Likely(other, 16)}) is not None


def test_news_belongs_to_the_release_whose_title_its_headline_says() -> None:
    woven = ORIGINAL._replace(
        title=TITLE.replace("도자", "직물"), text=TEXT[: TEXT.index("올해는")]
    )
    news = ORIGINAL._replace(title=f"{woven.title}…올해 120개사")

    tie, other = (reports(each, {1: ORIGINAL, 2: woven}) for each in (news, ORIGINAL))

    assert tie is not None
    assert other is not None
    assert (tie.article_id, other.article_id) == (2, 1)
