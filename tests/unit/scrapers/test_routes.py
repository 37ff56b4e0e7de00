"""Several routes to the same posts, and a list that is asked for part by part."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from scrapers.model import Asking, Source
from scrapers.platforms.feed import Feed
from scrapers.platforms.rota import Rota
from scrapers.registry import sources
from scrapers.routes import boards, groups
from service.store.routes import GRACE

DECLARED = sources()
ROUTES = [name for name, source in DECLARED.items() if source.route_of is not None]
ROTAS = [source for source in DECLARED.values() if isinstance(source, Rota)]
ROTA = Rota(
    publisher=None,
    url="https://www.a.kr/list?part={part}&page=1",
    parts=("A1", "B2,B3", "C4"),
    row="tr",
    key=r"(\d+)",
    link="https://www.a.kr/view?id={key}",
    title="td",
)


def test_posts_are_reached_by_several_routes() -> None:
    assert {"mss_press_rss", "mofa_rss", "korea_kr_bodies", "motir_press_rss"} <= set(ROUTES)


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_leads_to_what_its_lead_lists(name: str) -> None:
    route = DECLARED[name]
    lead = DECLARED[str(route.route_of)]

    assert lead.route_of is None
    assert (lead.publisher, lead.kind) == (route.publisher, route.kind)
    assert not lead.checks
    assert not lead.searches


@pytest.mark.parametrize("name", ROUTES)
def test_one_key_is_one_address_on_every_route(name: str) -> None:
    """What tells that they go by the same keys: a post of either is found at the same address."""
    route, lead = (cast("Any", DECLARED[str(each)]) for each in (name, DECLARED[name].route_of))

    assert route.link == lead.link


def test_whoever_checks_has_another_route_to_check() -> None:
    assert [
        name for name, source in DECLARED.items() if source.checks and not source.route_of
    ] == []


def made(**changes: Any) -> Source:
    return cast("Source", replace(Feed(publisher=None, url="https://www.a.kr/feed"), **changes))


def test_routes_are_grouped_by_their_lead_which_comes_first() -> None:
    lead, other, alone = made(), made(route_of="m"), made()

    assert groups({"z": other, "m": lead, "a": other, "b": alone}) == {"m": ("m", "a", "z")}
    assert groups({"a": other, "z": other}) == {"m": ("a", "z")}  # their lead is not polled
    assert groups({"a": other, "b": alone}) == {}


def test_the_boards_of_a_ministry_are_those_of_its_own_releases() -> None:
    declared = {
        "portal": made(),
        "check": made(route_of="portal"),
        "a_feed": made(publisher="mss", route_of="board"),
        "board": made(publisher="mss"),
        "calls": made(publisher="mss", kind="notice"),
        "paper": made(publisher="yna", kind="news"),
        "search": made(kind="news"),
    }

    assert boards(declared) == {"mss": ("board", "a_feed")}
    assert boards(DECLARED)["mss"][0] == "mss_press"


def test_each_turn_asks_for_the_next_part_and_begins_again() -> None:
    asked = [ROTA.first(Asking(turn=turn)).url for turn in range(4)]

    assert [url.split("part=")[1] for url in asked] == [
        "A1&page=1", "B2,B3&page=1", "C4&page=1", "A1&page=1",
    ]  # fmt: skip
    assert ROTA.first().url == asked[0]


@pytest.mark.parametrize("rota", ROTAS, ids=lambda rota: rota.url)
def test_a_round_ends_before_what_it_has_not_seen_counts_as_missed(rota: Rota) -> None:
    assert timedelta(seconds=rota.every * len(rota.parts)) * 2 < GRACE


def test_the_portal_is_asked_for_every_body_by_itself_or_with_other_silent_ones() -> None:
    (rota,) = ROTAS
    codes = [code for part in rota.parts for code in part.split(",")]

    assert len(codes) == len(set(codes)) == 53
    assert "repCode=A00032&" in rota.first(Asking(turn=rota.parts.index("A00032"))).url


def test_a_feed_that_wants_a_post_is_posted_to() -> None:
    request = Feed(publisher=None, url="https://www.a.kr/feed", key=r"(\d+)", form={}).first()

    assert request.is_post
    assert request.form == {}
