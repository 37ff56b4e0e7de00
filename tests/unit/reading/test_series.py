from datetime import date

import pytest

from service.model import Mention
from service.reading.publishers import Registry
from service.reading.series import generic, mention

REGISTRY = Registry.load()


def taken(name: str, published: date | None = date(2026, 3, 1)) -> Mention:
    made = mention(name, published, REGISTRY)
    assert made is not None
    assert made.name == name
    return made


@pytest.mark.parametrize(
    "name",
    [
        "2019년 제1차 정책 협의회",
        "중기부-산업부 정책협의회",
        "제2차 중기부–외교부 정책협의회",
        "중소벤처기업부와 외교부 정책협의회",
        "'26년 제3차 외교부·법무부 정책협의회",
        "제12회 정책협의회(안)",
    ],
)
def test_all_rounds_of_a_council_have_one_series(name: str) -> None:
    assert taken(name).series == "정책협의회"


@pytest.mark.parametrize(
    ("name", "series", "counted", "year"),
    [
        ("2019년 제1차 수출 전략회의", "수출전략회의", 1, 2019),
        ("'26년 해외 물자 상담회", "해외물자상담회", None, 2026),
        ("2026학년도 진로 체험 박람회", "진로체험박람회", None, 2026),
        ("가나다 엑스포 2026", "가나다엑스포", None, 2026),
        ("2050 탄소 감축 전략", "2050탄소감축전략", None, None),
        ("2026 가나다 엑스포", "가나다엑스포", None, 2026),
        ("가나다 5개년 계획", "가나다5개년계획", None, None),
        ("중견기업 비전 2030", "중견기업비전2030", None, None),
        ("제7회 AI 챌린지", "ai챌린지", 7, None),
        ("제4차 산업혁명 포럼", "제4차산업혁명포럼", None, None),
        ("제2차 한·일 경제협의회", "한일경제협의회", 2, None),
        ("수출 상담회(K-Trade)", "수출상담회", None, None),
    ],
)
def test_round_and_year_are_told_from_the_name(
    name: str, series: str, counted: int | None, year: int | None
) -> None:
    made = taken(name)

    assert (made.series, made.round, made.year) == (series, counted, year)


def test_a_bare_number_is_a_part_of_the_name_where_no_day_is_known() -> None:
    assert taken("가나다 엑스포 2026", None).series == "가나다엑스포2026"


def test_parties_are_the_bodies_in_the_name_by_id() -> None:
    assert taken("중기부-산업부 정책협의회").parties == ("motir", "mss")
    assert taken("산업부문 정책협의회").parties == ()


def test_a_sitting_of_a_body_has_the_bodys_series() -> None:
    made = taken("제7차 무역위원회")

    assert (made.series, made.round, made.parties) == ("무역위원회", 7, ("ktc",))


@pytest.mark.parametrize("name", ["", "회의", "제1차", "무역위원회", "2026년", "가" * 61])
def test_a_name_that_says_nothing_is_none(name: str) -> None:
    assert mention(name, None, REGISTRY) is None


def test_a_series_that_could_be_anybodys_is_generic() -> None:
    assert all(map(generic, ["정책협의회", "추진계획", "관계부처합동점검회의", "전체회의"]))
    assert not any(map(generic, ["수출전략회의", "동행축제", "한일경제협의회"]))
