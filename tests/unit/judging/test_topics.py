import time
from importlib.resources import files

import numpy as np
import pytest

from service.judging.taxonomy import subjects, taxonomies
from service.judging.topics import KINDS, Topical, Topics, masker

TOPICS = Topics.load()
SPOKEN = ("korean", "english")
_FILLER = "이번 행사에는 관계자들이 참석해 의견을 나누었으며 후속 조치를 이어갈 계획이라고 밝혔다. "


def _codes(title: str, text: str, publisher: str | None = None) -> set[str]:
    return {each.code for each in TOPICS.judge(title, text, publisher).topics}


def _score(code: str, judged: Topical) -> float:
    return next((each.score for each in judged.topics if each.code == code), 0)


def _words(title: str, text: str) -> dict[str, tuple[str, ...]]:
    return {each.code: each.words for each in TOPICS.judge(title, text, None).topics}


@pytest.mark.parametrize(
    ("title", "text", "code"),
    [
        ("수출바우처로 해외 판로 연다", "중소기업의 해외 전시회와 바이어 상담을 돕는다.", "export"),
        ("산불 위기경보 상향", "건조한 날씨에 산불 진화 인력과 헬기를 전진 배치한다.", "safety"),
        ("자율형 인공지능 모델 공개", "인공지능 반도체와 데이터센터를 활용한 모델이다.", "digital"),
        ("육아휴직 급여 오른다", "근로자의 고용보험 육아휴직 급여 상한을 높인다.", "labor"),
        ("고병원성 조류인플루엔자 확진", "산란계 농장에서 살처분과 소독을 실시했다.", "agrifood"),
        (
            "국보로 지정된 동종",
            "문화유산으로서 가치가 큰 사찰의 동종을 국보로 지정한다.",
            "culture",
        ),
        ("재생에너지 보급 확대", "태양광과 해상풍력 발전을 늘리고 전력망을 보강한다.", "energy"),
        ("한-중앙아 외교장관 회담", "양국 외교장관은 정상회담 후속 조치를 협의했다.", "diplomacy"),
    ],
)
def test_a_plain_release_is_of_its_topic(title: str, text: str, code: str) -> None:
    assert code in _codes(title, text + " " + _FILLER)


def test_topics_come_likeliest_first_and_at_most_four() -> None:
    judged = TOPICS.judge(
        "중소기업 수출·창업·기술개발·고용·규제·지역 종합대책",
        "창업 벤처와 연구개발, 수출 지원, 일자리, 규제 개선, 지역 균형발전을 함께 추진한다.",
        None,
    )
    likely = [each.score for each in judged.topics]

    assert 1 < len(judged.topics) <= 4
    assert likely == sorted(likely, reverse=True)
    assert all(0 <= each <= 1 for each in likely)
    assert judged.primary in {each.code for each in judged.topics}


def test_each_topic_names_the_words_that_made_it_so() -> None:
    words = _words("한우 수출 첫 선적", f"농가가 기른 한우를 바이어에게 수출한다. {_FILLER}")

    assert words["agrifood"][0] == "한우", "without its particle, and both places together"
    assert "수출" in words["export"]


def test_words_are_those_of_the_text_as_printed() -> None:
    text = f"「AI·반도체」 데이터센터에 GPU 2만 장을 (가칭)나라Cloud로 모은다. {_FILLER}"
    told = _words("AI 고속도로", text)

    assert all(word in f"AI 고속도로 {text}" for words in told.values() for word in words)
    assert all(len(words) == len(set(words)) <= 5 for words in told.values())
    assert "데이터센터" in told["digital"]


def test_a_text_that_says_nothing_still_has_one_topic() -> None:
    judged = TOPICS.judge("", "", None)

    assert judged.topics
    assert {each.words for each in judged.topics} == {()}
    assert TOPICS.fields("", "")
    assert judged.primary in {each.code for each in judged.topics}


def test_the_publisher_shifts_what_stays_open() -> None:
    scores = {
        publisher: _score("health", TOPICS.judge("간담회 개최", _FILLER, publisher))
        for publisher in ("mohw", None, "no such body")
    }

    assert scores["mohw"] > scores[None]
    assert scores["no such body"] == scores[None]


@pytest.mark.parametrize(
    ("title", "text", "field"),
    [
        ("소상공인 특례보증 융자 공고", "경영안정자금 대출의 이자 차액을 보전한다.", "금융"),
        ("해외 전시회 참가기업 모집", "해외 바이어 상담과 통역, 물류비를 지원한다.", "수출"),
        ("청년 채용 장려금 지원", "청년을 정규직으로 채용한 기업에 인건비를 지원한다.", "인력"),
        ("예비창업자 입주기업 모집", "창업 보육 공간과 창업 사업화 자금을 지원한다.", "창업"),
        ("연구개발 과제 공고", "중소기업의 기술개발과 시험 분석 장비를 지원한다.", "기술"),
    ],
)
def test_a_support_notice_is_of_its_field(title: str, text: str, field: str) -> None:
    assert field in TOPICS.fields(title, text)


def test_kinds_are_shares_of_one() -> None:
    kinds = TOPICS.judge("참여기업 모집 공고", "3월 20일까지 누리집에서 신청하면 된다.", None).kinds

    assert set(kinds) == set(KINDS)
    assert sum(kinds.values()) == pytest.approx(1, abs=0.01)
    assert kinds["notice"] > 0.4
    assert TOPICS.judge("수출 동향", _FILLER, None).kinds["release"] > 0.5


def test_the_name_of_an_agency_is_no_word_of_its_topic() -> None:
    without = masker(frozenset({"가나관세청", "가나", "다라청"}))

    assert without("가나관세청은 가나와 다라청장") == " 은 가나와  장"
    assert masker(frozenset())("가나") == "가나"


def test_words_added_by_an_operator_count_at_once() -> None:
    topics, fields = taxonomies()
    with files("service.judging").joinpath("topics.npz").open("rb") as stored:
        arrays = dict(np.load(stored, allow_pickle=False))
    invented = {**topics, "energy": [*topics["energy"], "번쩍통", "번쩍기", "번쩍망"]}
    title, text = "번쩍통과 번쩍기, 번쩍망", "번쩍통, 번쩍기와 번쩍망. "

    def likely(words: dict[str, list[str]]) -> float:
        judged = Topics(words, fields, arrays, frozenset()).judge(title, text, None)
        return _score("energy", judged)

    assert likely(invented) > likely(topics)


def test_every_topic_has_a_name_of_its_own() -> None:
    for names in ([getattr(each, language) for each in subjects().values()] for language in SPOKEN):
        assert len(set(names)) == len(names)
        assert all(names)
    assert list(subjects()) == list(taxonomies()[0])
    assert subjects()["export"].korean == "수출·해외진출"


def test_words_of_the_lexicon_can_be_met() -> None:
    spelled = [word for listed in taxonomies() for words in listed.values() for word in words]

    assert [word for word in spelled if not 2 <= len(word) <= 10 or "_" in word] == []
    assert {"해외 진출", "해외진출"} <= set(taxonomies()[0]["export"])


def test_no_text_lies_in_the_weights() -> None:
    with files("service.judging").joinpath("topics.npz").open("rb") as stored:
        arrays = dict(np.load(stored, allow_pickle=False))

    assert [name for name, array in arrays.items() if array.dtype.kind not in "iuf"] == [
        "about_columns", "publishers", "support_columns",
    ]  # fmt: skip
    assert all(str(each).isascii() for each in arrays["publishers"])


def test_hostile_text_is_judged_in_a_moment() -> None:
    begun = time.process_time()

    for text in ("가" * 100_000, "\ud800\x00" * 1000, "[(" * 50_000, "수출 " * 50_000):
        assert TOPICS.judge(text, text, None).topics

    assert time.process_time() - begun < 10
