from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from starlette.datastructures import QueryParams

from service.reading.publishers import Registry
from service.store.browse import Place, Wish
from service.web.reading.asked import Asked, asked, cursor, exporters, place, topics

REGISTRY = Registry.load()


def read(query: str) -> Asked:
    return asked(QueryParams(query), REGISTRY)


def test_the_six_for_exporters_are_bodies_of_the_registry_with_a_reason() -> None:
    assert len(exporters()) == 6
    for each, (korean, english) in exporters().items():
        assert REGISTRY.by_id(each).central
        assert korean != english != ""


def test_nothing_asked_is_the_view_for_exporters() -> None:
    assert read("").wish() == Wish(tuple(exporters()))
    assert read("view=all").wish() == Wish()
    assert read("ministry=moe").wish() == read("ministry=moe&view=all").wish() == Wish(("moe",))


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("산업자원부", ("motir",)),
        ("중기청", ("mss",)),
        ("기획재정부", ("mofe", "mpb")),
        ("mss, kcs", ("mss", "kcs")),
        ("mss&ministry=중기부", ("mss",)),
    ],
)
def test_a_ministry_is_known_by_its_id_and_by_every_name_it_went_by(
    printed: str, found: tuple[str, ...]
) -> None:
    assert read(f"ministry={printed}").ministries == found


def test_what_nobody_knows_is_left_out_and_named() -> None:
    said = read("ministry=없는부&topic=x&kind=y&from=2026-13-01&to=z&topic=trade")
    assert said == Asked(topics=("trade",), unknown=("없는부", "x", "y", "2026-13-01", "z"))


def test_an_address_says_the_same_again() -> None:
    said = read("view=all&ministry=mss&topic=trade&kind=news&from=2026-11-01&to=2026-11-02&open=1")
    again = asked(QueryParams(said.address().partition("?")[2]), REGISTRY)
    assert again == said
    assert said.filtered
    assert not read("view=all").filtered


def test_each_chip_takes_away_its_own_filter_only() -> None:
    said = read("ministry=mss&ministry=kcs&topic=trade&from=2026-11-01")
    away = [away for _, away in said.chips(REGISTRY, "ko")]
    assert away == [
        "/?ministry=kcs&topic=trade&from=2026-11-01",
        "/?ministry=mss&topic=trade&from=2026-11-01",
        "/?ministry=mss&ministry=kcs&from=2026-11-01",
        "/?ministry=mss&ministry=kcs&topic=trade",
    ]


def test_a_place_stays_itself_to_the_microsecond() -> None:
    here = Place(datetime(2026, 11, 20, 0, 5, 7, 123_457, tzinfo=UTC), 12)
    assert place(cursor(here)) == here
    assert place("-99999999999999999-1") is None


def test_topics_go_by_their_korean_names_and_elsewhere_by_the_english_ones() -> None:
    assert (topics("ko")["export"], topics("en")["export"]) == (
        "수출·해외진출",
        "Exports and markets abroad",
    )
    assert topics("ja") == topics("en")


def test_more_filters_than_anybody_sets_are_not_read() -> None:
    assert len(read("&".join(f"ministry=x{each}" for each in range(10_000))).unknown) == 20
    assert read("from=2026-02-30").since is None
    assert read("from=2026-02-28").since == date(2026, 2, 28)
