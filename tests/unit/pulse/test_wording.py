from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from scrapers.errors import TROUBLES, Trouble, called
from service.pulse import wording
from service.pulse.model import Vital
from service.pulse.rhythm import Silence

SINCE = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)


def failing(trouble: str | None, *, government: bool = True) -> Vital:
    words = called(trouble)
    return Vital("a", government, 600.0, 3, SINCE, words, True, "https://a.example/: x", None)


def test_every_trouble_has_a_name_of_its_own() -> None:
    assert set(TROUBLES) == set(get_args(Trouble))
    assert len(set(TROUBLES.values())) == len(TROUBLES)


def test_a_broken_source_is_told_with_its_trouble_its_time_and_what_was_seen() -> None:
    assert wording.broken(failing("certificate"), SINCE) == (
        "인증서 문제, 2026-03-02 09:30부터 실패 "
        "(certificate trouble, failing since 2026-03-02 09:30): https://a.example/: x"
    )


@pytest.mark.parametrize(("trouble", "name"), [("haunted", "haunted"), (None, "연결되지 않음")])
def test_a_trouble_without_a_name_is_told_too(trouble: str | None, name: str) -> None:
    assert wording.broken(failing(trouble), SINCE).startswith(name)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(minutes=10), "보통 1시간 안에 나옴"),
        (timedelta(hours=28), "보통 28시간 안에 나옴"),
        (timedelta(days=5, hours=11), "보통 5일 안에 나옴"),
    ],
)
def test_a_silence_is_told_beside_what_is_usual(length: timedelta, said: str) -> None:
    told = wording.silent(Silence(SINCE, 2.1, length))
    assert told.startswith("2026-03-02 09:30 이후 새 글이 없음, ")
    assert said in told


def test_a_silence_of_a_source_hardly_known_is_told_alone() -> None:
    assert wording.silent(Silence(SINCE)) == (
        "2026-03-02 09:30 이후 새 글이 없음 (nothing new since 2026-03-02 09:30)"
    )


def test_an_outage_counts_its_sources_and_names_the_commonest_trouble() -> None:
    struck = [failing("dns"), failing("unreachable"), failing("unreachable")]
    assert wording.dark(struck, 5, SINCE) == (
        "정부 출처 5곳 가운데 3곳이 2026-03-02 09:30부터 응답하지 않음, 대개 연결되지 않음 "
        "(3 of 5 government sources do not answer since 2026-03-02 09:30, mostly no connection)"
    )
    assert wording.dark([failing("dns", government=False)], 1, SINCE).startswith("언론 출처 1곳")
