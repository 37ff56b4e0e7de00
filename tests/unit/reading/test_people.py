"""Ranks, names and offices told by the shape of their words."""

import pytest

from service.reading.people import Person, all_people, is_unit, last_person, words


@pytest.mark.parametrize(
    ("printed", "whole"),
    [
        ("과 장 홍길동 (", ["과장", "홍길동"]),
        ("팀  장\t홍 길 순 (☎ ", ["팀장", "홍길순"]),
        ("과 장 홍 길 순", ["과장", "홍길순"]),
        ("홍길동사무관(", ["홍길동", "사무관"]),
        ("홍길동(사무관) TEL. ", ["홍길동", "사무관"]),
        ("홍길동(정책 총괄 및 조정) 과장", ["홍길동", "과장"]),
        ("홍길동 과장(직무대리", ["홍길동", "과장"]),
        ("산업정책과장 홍길동", ["산업정책과장", "홍길동"]),
    ],
)
def test_broken_words_are_made_whole(printed: str, whole: list[str]) -> None:
    assert words(printed) == whole


@pytest.mark.parametrize(
    ("parts", "person", "before"),
    [
        (["가나과", "사무관", "홍길동"], Person("사무관", "홍길동"), ["가나과"]),
        (["가나과", "홍길동", "사무관"], Person("사무관", "홍길동"), ["가나과"]),
        (["가나과장", "홍길동"], Person("과장", "홍길동"), ["가나과"]),
        (["가나과", "홍길동"], Person(None, "홍길동"), ["가나과"]),
        (["가나담당관", "홍곤"], Person(None, "홍곤"), ["가나담당관"]),
        (["과장", "남궁", "민"], Person("과장", "남궁민"), []),
        (["과장김", "민수"], Person("과장", "김민수"), []),
        (["안내", "전화"], None, ["안내", "전화"]),
        (["정책과"], None, ["정책과"]),
        (["제주도"], None, ["제주도"]),
        ([], None, []),
    ],
)
def test_the_last_words_are_a_person_or_not(
    parts: list[str], person: Person | None, before: list[str]
) -> None:
    assert last_person(parts, role=False) == (person, before)


def test_behind_its_label_any_word_is_a_rank() -> None:
    assert last_person(["가나", "운영역", "홍길동"], role=True)[0] == Person("가나운영역", "홍길동")
    assert last_person(["가나과", "홍길동"], role=True) == (Person(None, "홍길동"), ["가나과"])


def test_ranks_and_names_pair_by_turns_and_by_columns() -> None:
    pairs = [Person("과장", "홍길동"), Person("사무관", "김가나")]
    assert all_people(["과장", "홍길동", "사무관", "김가나"]) == pairs
    assert all_people(["과장", "사무관", "홍길동", "김가나"]) == pairs
    assert all_people(["홍길동", "김가나"]) == [Person(None, "홍길동"), Person(None, "김가나")]
    assert all_people(["자세한", "사항은", "전화"]) == []


@pytest.mark.parametrize(
    ("word", "office"),
    [
        ("산업정책과", True),
        ("조사1과", True),
        ("홍보팀", True),
        ("가나위원회", True),
        ("혁신담당관실", True),
        ("한국가나연구원", True),
        ("결과", False),
        ("지원", False),
        ("참가신청", False),
        ("문의처", False),
        ("홍길동", False),
    ],
)
def test_an_office_is_told_by_its_ending(word: str, office: bool) -> None:
    assert is_unit(word) is office
