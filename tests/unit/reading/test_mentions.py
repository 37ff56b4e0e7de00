import random
import time
from datetime import date

import pytest

from service.model import Mention
from service.reading.mentions import find
from service.reading.publishers import Registry

REGISTRY = Registry.load()
DAY = date(2026, 3, 1)


def names(text: str, title: str = "") -> list[str]:
    return [each.name for each in find(title, text, DAY, REGISTRY)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("「가나 수출 활성화 대책」을 발표했다.", "가나 수출 활성화 대책"),
        ("｢다라 육성방안｣에 따라", "다라 육성방안"),
        ("‘소재 융합 얼라이언스’ 출범", "소재 융합 얼라이언스"),
        ("'가나 동행축제'와 함께", "가나 동행축제"),
        ("“나눔 페스타”를 연다.", "나눔 페스타"),
        ("「수출 촉진 특별팀(T/F)」을 구성해", "수출 촉진 특별팀(T/F)"),
        ("‘해외 진출\n종합계획’을", "해외 진출 종합계획"),
        ("제5차 「재정 집행 점검회의」를 열고", "제5차 재정 집행 점검회의"),
    ],
)
def test_a_quoted_name_ends_in_a_naming_noun(text: str, name: str) -> None:
    assert names(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "「가나다라에 관한 법률」을 고친다.",
        "“앞으로도 지원하겠다”고 말했다.",
        "“내년까지 추진할 계획”이라고 했다.",
        "‘젊은 생각, 아시아투데이’",
        "'가나'와 다라 사업 '마바'를",
        "「종합대책」과 「세부 추진계획」",
        "제1차 회의를 열었다.",
        "제2차관은 현장을 찾아 회의를 했다.",
        "2026년 3월 사업을 시작한다.",
    ],
)
def test_what_names_nothing_is_not_mentioned(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("청사에서 제9차 가나 불법행위 대응협의회를 개최하여", "제9차 가나 불법행위 대응협의회"),
        ("2026년 제1차 섬이용위원회(위원장 : 홍길동)를", "2026년 제1차 섬이용위원회"),
        ("제3차 포용적 금융 대전환 회의에서", "제3차 포용적 금융 대전환 회의"),
        ("제14차 세계기구(WTO) 각료회의(MC-14)에서", "제14차 세계기구(WTO) 각료회의"),
        ("2026 다라 국제박람회가 열린다.", "2026 다라 국제박람회"),
        ("특히 가나위원회 제10차 회의를 열고", "가나위원회 제10차 회의"),
        ("오는 4월 한-몽골 보건협의체를 연다.", "한-몽골 보건협의체"),
    ],
)
def test_an_unquoted_name_starts_with_its_round_year_or_states(text: str, name: str) -> None:
    assert names(text) == [name]


def test_hosts_are_taken_from_the_sentence_where_the_name_is_anybodys() -> None:
    text = "외교부는 2일 법무부와 서울 생산성본부에서 ‘2019년 제1차 정책협의회’를 열었다."

    assert find("", text, DAY, REGISTRY) == (
        Mention("2019년 제1차 정책협의회", "정책협의회", 1, 2019, ("mofa", "moj")),
    )


def test_hosts_of_a_name_of_its_own_are_not_taken_from_the_sentence() -> None:
    (made,) = find("", "외교부는 법무부와 ‘제1차 수출전략회의’를 열었다.", DAY, REGISTRY)

    assert made.parties == ()


def test_a_name_is_mentioned_once_and_by_what_says_most() -> None:
    text = "‘교역 포럼’이 열린다. 제3회 교역 포럼은 ‘교역  포럼’의 셋째이다. ‘교역포럼’"

    assert names(text) == ["제3회 교역 포럼"]


def test_two_rounds_are_two_mentions_of_one_series() -> None:
    made = find("", "제1회 교역 포럼에 이어 제2회 교역 포럼이 열린다.", DAY, REGISTRY)

    assert [(each.series, each.round) for each in made] == [("교역포럼", 1), ("교역포럼", 2)]


def test_the_title_is_read_first() -> None:
    assert names("‘나 축제’ 개최", title="‘가 축제’와 ‘다 축제’") == [
        "가 축제",
        "다 축제",
        "나 축제",
    ]


def test_at_most_forty_are_given() -> None:
    assert len(names(" ".join(f"「가나 {chr(0xAC00 + i)} 사업」" for i in range(99)))) == 40


def test_hostile_text_is_read_in_no_time() -> None:
    units = ("'", "제1차 ", "「", "'가 회의", "2026 ", "제1회", "(가", "‘가\n", "한-가 ")
    for unit in units:
        text = unit * (100_000 // len(unit))
        started = time.process_time()

        find(text[:90], text, None, REGISTRY)

        assert time.process_time() - started < 10


def test_no_text_makes_the_search_fail() -> None:
    chance = random.Random(7)
    parts = [
        "제1차 ",
        "'",
        "「",
        "」",
        "회의",
        "(",
        ")",
        "\n",
        "외교부",
        "2026년 ",
        "가",
        " ",
        "\0",
        "𝄞",
    ]
    for _ in range(500):
        text = "".join(chance.choices(parts, k=chance.randrange(40)))
        for made in find(text[:20], text, DAY, REGISTRY):
            assert 2 <= len(made.name) <= 60
            assert made.series
