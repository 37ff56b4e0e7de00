from collections.abc import Mapping
from pathlib import Path

import pytest

from scrapers.model import Source
from scrapers.registry import sources
from service.config import from_environment
from service.errors import BadSetting, UserError
from service.parts import declared

OFF = {name for name, source in sources().items() if source.off is not None}
KEYED = {name: source.needs for name, source in sources().items() if source.needs}


def polled(**settings: str) -> Mapping[str, Source]:
    return declared(from_environment(settings))


def test_a_source_that_is_off_is_not_polled() -> None:
    assert OFF
    assert set(polled()) == set(sources()) - OFF - set(KEYED)


@pytest.mark.parametrize("name", sorted(OFF))
def test_a_source_that_is_off_is_polled_where_it_is_named(name: str) -> None:
    assert list(polled(PABAL_SOURCES=f"{name},yna")) == [name, "yna"]


@pytest.mark.parametrize("name", sorted(OFF))
def test_why_a_source_is_off_is_said_in_korean_and_in_english(name: str) -> None:
    korean, english = str(sources()[name].off).split(" / ")

    assert korean.endswith("니다")
    assert english.isascii()


@pytest.mark.parametrize("name", KEYED)
def test_a_source_is_polled_once_all_its_keys_are_set(name: str) -> None:
    settings = [f"PABAL_KEY_{each.upper()}" for each in KEYED[name]]

    assert name in polled(**dict.fromkeys(settings, "key"))
    assert name not in polled(**dict.fromkeys(settings[1:], "key"))
    with pytest.raises(BadSetting, match=f"{name} .*: needs {settings[0]} "):
        polled(PABAL_SOURCES=name, **dict.fromkeys(settings[1:], "key"))


def test_a_source_that_nobody_declared_is_no_setting() -> None:
    with pytest.raises(BadSetting, match="nope 출처가 없습니다: no such source"):
        polled(PABAL_SOURCES="yna,nope")


MINE = 'platform = "feed"\nurl = "https://a.example/rss"\n'


def test_a_newcomer_s_file_is_polled_like_all_others(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE)
    (tmp_path / "idle.toml").write_text(f'{MINE}off = "쉽니다 / resting"\n', "utf-8")
    found = polled(PABAL_SOURCES_DIR=str(tmp_path))

    assert set(found) == set(polled()) | {"mine"}
    assert found["mine"].first().url == "https://a.example/rss"
    assert list(polled(PABAL_SOURCES_DIR=str(tmp_path), PABAL_SOURCES="idle")) == ["idle"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("evry = 60", r"mine\.toml: evry: 이런 항목은 없습니다: every\?"),
        ('publisher = "mmss"', r"mine\.toml: publisher: 그런 기관 id가 없습니다: mss\?"),
        ('publisher = "중소벤처기업부"', r"mine\.toml: publisher: 그런 기관 id가 없습니다: mss\?"),
        ('route_of = "nobody"', r"mine\.toml: route_of: nobody: 다른 출처의 id"),
        ('route_of = "mine"', r"mine\.toml: route_of: mine: 다른 출처의 id"),
        ('route_of = "mofa_rss"', r"mine\.toml: route_of: mofa_rss: 다른 출처의 id"),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_service_by_name(
    tmp_path: Path, line: str, why: str
) -> None:
    (tmp_path / "mine.toml").write_text(f"{MINE}{line}\n", "utf-8")

    with pytest.raises(UserError, match=why):
        polled(PABAL_SOURCES_DIR=str(tmp_path))


def test_a_folder_that_is_not_there_is_a_bad_setting(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"PABAL_SOURCES_DIR: .*No such file"):
        polled(PABAL_SOURCES_DIR=str(tmp_path / "nowhere"))
