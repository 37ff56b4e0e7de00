from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from service.demo.world import Release
from tests.replica import Restless

MakeRelease = Callable[..., Release]


def test_the_last_published_stands_first(world: Restless, make: MakeRelease) -> None:
    older, newer = make(2), make(1)
    world.publish(older, at=10.0)
    world.publish(newer, at=11.0)
    assert world.newest("korea_kr", 5) == [newer, older]
    assert world.newest("korea_kr", 1, skip=1) == [older]


def test_ministries_are_merged_in_the_order_of_publishing(
    world: Restless, make: MakeRelease
) -> None:
    wanted = frozenset({"관세청", "산림청", "조달청"})
    for number, ministry in enumerate(("관세청", "산림청", "기상청", "관세청", "산림청")):
        world.publish(make(number, ministry=ministry), at=number)
    found = world.newest("korea_kr", 3, skip=1, ministries=wanted)
    assert [release.id % 10 for release in found] == [3, 1, 0]
    assert world.total("korea_kr", ministries=wanted) == 4
    assert world.total("korea_kr") == 5


def test_a_site_shows_only_its_own(world: Restless, make: MakeRelease) -> None:
    release = make(1, sites=frozenset({"mss"}))
    world.publish(release, at=0.0)
    assert world.newest("korea_kr", 5) == []
    assert world.find("korea_kr", release.id) is None
    assert world.find("mss", release.id) == release


def test_an_id_is_published_once(world: Restless, make: MakeRelease) -> None:
    world.publish(make(1), at=0.0)
    with pytest.raises(ValueError, match="published before"):
        world.publish(make(1, title="다른 제목"), at=1.0)


def test_an_unknown_site_is_refused(world: Restless, make: MakeRelease) -> None:
    with pytest.raises(ValueError, match="not built"):
        world.publish(make(1, sites=frozenset({"moon"})), at=0.0)


def test_only_the_first_showing_counts(world: Restless, make: MakeRelease) -> None:
    world.publish(make(1), at=3.0)
    world.show([157_000_001], at=5.0)
    world.show([157_000_001], at=7.0)
    assert world.first_shown == {157_000_001: 5.0}
    assert world.published_at_real == {157_000_001: 3.0}


def test_a_release_is_amended_in_its_place(world: Restless, make: MakeRelease) -> None:
    older, newer = make(1), make(2)
    for release in (older, newer):
        world.publish(release, at=0.0)

    world.amend(replace(older, text="고친 글"))

    assert [each.text for each in world.newest("korea_kr", 10)] == [newer.text, "고친 글"]


def test_only_what_stands_there_is_amended(world: Restless, make: MakeRelease) -> None:
    world.publish(make(1), at=0.0)

    for stranger in (make(2), make(1, ministry="조달청"), make(1, sites=frozenset({"mss"}))):
        with pytest.raises(ValueError, match="does not stand there"):
            world.amend(stranger)


def test_a_release_that_is_withdrawn_is_nowhere(world: Restless, make: MakeRelease) -> None:
    gone, other = make(1), make(2)
    for release in (gone, other):
        world.publish(release, at=0.0)

    world.withdraw(gone.id)

    assert world.newest("korea_kr", 10) == [other]
    assert world.find("korea_kr", gone.id) is None
    assert world.total("korea_kr", ministries=frozenset({gone.ministry})) == 1
