from datetime import UTC, date, datetime
from typing import Any

import pytest

from service.judging.facts import NOTHING_KNOWN, Facts, of_reading, of_record
from service.judging.logic import Field
from service.model import Call, Reading
from service.reading.publishers import Registry

PUBLISHED = date(2026, 3, 10)


def deadlines(facts: Facts) -> set[str]:
    return {each.value for each in facts.fields() if each.name == "deadline"}


@pytest.mark.parametrize(
    ("end", "within"),
    [(date(2026, 3, 10), 1), (date(2026, 3, 24), 14), (date(2027, 3, 11), 366)],
)
def test_a_call_ends_within_every_number_of_days_from_its_own_on(end: date, within: int) -> None:
    found = deadlines(Facts(call=Call(is_call=True, end=end), published=PUBLISHED))

    assert str(within) in found
    assert str((end - PUBLISHED).days - 1) not in found


@pytest.mark.parametrize(
    "facts",
    [
        Facts(call=Call(is_call=True, end=date(2026, 3, 9)), published=PUBLISHED),
        Facts(call=Call(is_call=True, end=date(2028, 3, 9)), published=PUBLISHED),
        Facts(call=Call(is_call=True, end=PUBLISHED)),
        Facts(call=Call(is_call=True), published=PUBLISHED),
        Facts(call=Call(is_call=False, end=PUBLISHED), published=PUBLISHED),
    ],
)
def test_a_call_over_far_off_undated_or_none_has_no_deadline(facts: Facts) -> None:
    assert deadlines(facts) == set()


def test_an_open_ended_call_is_open_and_ends_on_no_day() -> None:
    assert deadlines(Facts(call=Call(is_call=True, open_ended=True))) == {"open"}


def test_a_reading_tells_its_facts_with_the_day_in_seoul() -> None:
    reading = Reading("", "", ("mss",), None, kind="notice")
    late = datetime(2026, 3, 9, 20, tzinfo=UTC)

    facts = of_reading(
        Reading("", "", ("mss",), None, published_at=late, kind="notice"), ["sme"], "yna", "news"
    )

    assert facts == Facts(("mss",), "notice", ("sme",), reading.call, PUBLISHED, "yna", "news")


def test_a_record_tells_the_same_by_names_old_and_new() -> None:
    record = {
        "publishers": ["산업통상자원부", "없는부처"],
        "kind": "notice",
        "topics": [{"code": "export", "score": 0.9}, "sme"],
        "call": {"is_call": True, "end": "2026-03-20", "open_ended": False},
        "published_at": "2026-03-09T20:00:00+00:00",
        "source": "mss_press",
        "source_kind": "government",
    }

    facts = of_record(record, Registry.load())

    assert facts == Facts(
        ("motir",),
        "notice",
        ("export", "sme"),
        Call(is_call=True, end=date(2026, 3, 20)),
        PUBLISHED,
        "mss_press",
        "government",
    )
    assert Field("ministry", "motir") in facts.fields()


@pytest.mark.parametrize("strange", [None, 7, "x", [7], {"a": []}, [[]], "9999-99-99"])
def test_a_record_of_another_form_tells_nothing(strange: Any) -> None:
    names = ["publisher", "publishers", "kind", "topics", "call", "published_at", "source_kind"]

    facts = of_record(dict.fromkeys(names, strange), Registry.load())

    assert facts.fields() <= {Field("topic", "x")}
    assert of_record({}, Registry.load()) == NOTHING_KNOWN
