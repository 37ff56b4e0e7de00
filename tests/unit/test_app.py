from collections.abc import Mapping

import pytest

from scrapers.model import Source
from scrapers.registry import sources
from service.app import declared
from service.config import from_environment
from service.errors import BadSetting

OFF = {name for name, source in sources().items() if source.off is not None}


def polled(**settings: str) -> Mapping[str, Source]:
    return declared(from_environment(settings))


def test_a_source_that_is_off_is_not_polled() -> None:
    assert OFF
    assert set(polled()) == set(sources()) - OFF


@pytest.mark.parametrize("name", sorted(OFF))
def test_a_source_that_is_off_is_polled_where_it_is_named(name: str) -> None:
    assert list(polled(PABAL_SOURCES=f"{name},yna")) == [name, "yna"]


@pytest.mark.parametrize("name", sorted(OFF))
def test_why_a_source_is_off_is_said_in_korean_and_in_english(name: str) -> None:
    korean, english = str(sources()[name].off).split(" / ")

    assert korean.endswith("니다")
    assert english.isascii()


def test_a_source_that_nobody_declared_is_no_setting() -> None:
    with pytest.raises(BadSetting, match="nope 출처가 없습니다: no such source"):
        polled(PABAL_SOURCES="yna,nope")
