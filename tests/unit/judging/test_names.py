import pytest

from service.judging.names import spellings
from service.reading.publishers import Registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.mark.parametrize("typed", ["산업부", "산업통상자원부", "산업통상부"])
def test_a_body_is_meant_by_each_of_its_names(registry: Registry, typed: str) -> None:
    assert {"산업부", "산업통상자원부", "산업통상부", "motie"} <= {*spellings(typed, registry)}


def test_the_term_itself_comes_first_and_each_spelling_once(registry: Registry) -> None:
    found = spellings("산업부", registry)

    assert found[0] == "산업부"
    assert len(found) == len(set(found))


def test_a_divided_body_is_meant_by_its_successors(registry: Registry) -> None:
    assert {"재정경제부", "기획예산처"} <= {*spellings("기획재정부", registry)}


@pytest.mark.parametrize(("typed", "also"), [("중소기업", "中企"), ("中企", "중소기업")])
def test_headline_letters_stand_for_the_word(registry: Registry, typed: str, also: str) -> None:
    assert also in spellings(typed, registry)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("k푸드", "k-푸드"),
        ("한중일", "한·중·일"),
        ("산학연", "산·학·연"),
        ("시·군·구", "시군구"),
        ("2차전지 소재", "이차전지 소재"),
        ("1000억", "1,000억"),
        ("한미 정상회담", "한·미 정상회담"),
    ],
)
def test_parts_are_joined_as_others_join_them(registry: Registry, one: str, other: str) -> None:
    assert other in spellings(one, registry)
    assert one in spellings(other, registry)


def test_headline_letters_of_a_body_lead_to_all_its_names(registry: Registry) -> None:
    assert "중소벤처기업부" in spellings("中企部", registry)


@pytest.mark.parametrize(
    "typed",
    [
        "수출",
        "산업통상",
        "산업부 무역과",
        "-",
        "",
        "시도",
        "시·도",
        "중·고",
        "3·1절",
        "2026년",
        "1000",
        "r&d",
        "g20",
    ],
)
def test_what_is_no_name_stands_for_itself(registry: Registry, typed: str) -> None:
    assert spellings(typed, registry) == (typed,)


def test_a_name_that_is_an_ordinary_word_is_not_looked_for_unless_typed(registry: Registry) -> None:
    assert "수은" not in spellings("수출입은행", registry)
    assert spellings("수은", registry)[0] == "수은"
