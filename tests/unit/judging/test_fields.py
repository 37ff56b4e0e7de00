import pytest

from notifier.labels import WORDS
from service.judging.fields import KINDS, UnknownNameError, Values, code, resolve
from service.judging.logic import Field
from service.judging.taxonomy import called
from service.model import Language
from service.reading.publishers import Registry
from service.web.phrases import say


@pytest.fixture(scope="module")
def values() -> Values:
    return Values(Registry.load(), sources=frozenset({"mss_press", "yna"}))


@pytest.mark.parametrize(
    ("typed", "name"),
    [("부처", "ministry"), ("기관", "ministry"), ("Ministry", "ministry"), ("제목", "title")],
)
def test_a_field_goes_by_its_korean_names_and_its_code(typed: str, name: str) -> None:
    assert code(typed) == name


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        ("ministry", "중기부", ["mss"]),
        ("ministry", "중소기업청", ["mss"]),
        ("ministry", "mss", ["mss"]),
        ("ministry", "산업통상자원부", ["motir"]),
        ("ministry", "기획재정부", ["mofe", "mpb"]),
        ("topic", "export", ["export"]),
        ("topic", "AI", ["digital"]),
        ("kind", "해명", ["rebuttal"]),
        ("kind", "News", ["news"]),
        ("source", "정부", ["government"]),
        ("source", "yna", ["yna"]),
        ("deadline", "14일", ["14"]),
        ("deadline", "14", ["14"]),
        ("deadline", "2주", ["14"]),
        ("deadline", "2 weeks", ["14"]),
        ("deadline", "30days", ["30"]),
        ("deadline", "상시", ["open"]),
    ],
)
def test_a_value_goes_by_its_names(name: str, typed: str, found: list[str], values: Values) -> None:
    assert resolve(name, typed, values) == tuple(Field(name, each) for each in found)


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("ministry", "중소밴처기업부", "중소벤처기업부"),
        ("topic", "에너지이", "에너지"),
        ("topic", "exprot", "export"),
        ("kind", "보도자로", "보도자료"),
        ("source", "mss_pres", "mss_press"),
        ("source", "뉴우스", "뉴스"),
    ],
)
def test_an_unknown_value_is_refused_with_the_nearest(
    name: str, typed: str, meant: str, values: Values
) -> None:
    with pytest.raises(UnknownNameError, match=f"혹시 ‘{meant}’ 아닌가요"):
        resolve(name, typed, values)


def test_any_source_is_taken_where_none_is_declared() -> None:
    values = Values(Registry.load())

    assert resolve("source", "my_feed", values) == (Field("source", "my_feed"),)
    with pytest.raises(UnknownNameError):
        resolve("source", "언론사", values)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_kind_is_typed_as_pages_and_mails_call_it(
    language: Language, kind: str, values: Values
) -> None:
    called_in_mails = WORDS[language].kinds[kind]

    assert say(language, f"kind.{kind}") in (called_in_mails, called_in_mails.lower())
    assert resolve("kind", called_in_mails, values) == (Field("kind", kind),)


@pytest.mark.parametrize("names", [called(), KINDS])
def test_no_name_stands_for_two_values(names: dict[str, tuple[str, ...]]) -> None:
    every = [each.casefold() for codes, known in names.items() for each in (codes, *known)]

    assert len(every) == len(set(every))


@pytest.mark.parametrize("strange", ["", " ", "가" * 400, "\x00", "\ud800", "(" * 50, "١٤일"])
def test_hostile_values_are_refused(strange: str, values: Values) -> None:
    for name in ("ministry", "topic", "kind", "source"):
        with pytest.raises(UnknownNameError):
            resolve(name, strange, values)
