import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.registry import is_id
from service.workshop import toml


@settings(max_examples=40)
@given(st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), st.text(max_size=50)))
def test_what_is_written_is_read_back(texts: dict[str, str]) -> None:
    values = {name: toml.one_line(text) for name, text in texts.items()}

    assert tomllib.loads(toml.written(values)) == values


def test_a_pattern_is_written_as_it_is_and_numbers_too() -> None:
    written = toml.written({"key": r"id=(\d+)", "every": 600.0, "date_only": True})

    assert written == "key = 'id=(\\d+)'\nevery = 600.0\ndate_only = true\n"


def test_an_id_says_where_it_is_from_and_is_not_taken_twice() -> None:
    assert toml.id_for("https://www.a-b.example/rss/news.xml", ()) == "a_b_example_news"
    assert toml.id_for("https://a.example/rss", {"a_example", "a_example_2"}) == "a_example_3"


@given(st.text(max_size=100))
def test_an_id_can_always_be_one(url: str) -> None:
    try:
        assert is_id(toml.id_for(url, ()))
    except ValueError:  # an address that is none
        assert "[" in url or "]" in url or "//" in url
