from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from scrapers.errors import called
from service.model import SEOUL, Shape
from service.pulse.findings import findings
from service.pulse.model import FindingKind, Vital

NOW = datetime(2026, 3, 25, 14, 0, tzinfo=SEOUL)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DAILY = tuple(NOW - each * DAY - HOUR for each in reversed(range(40)))
BOARD = Shape(rows=10, dated=10, issued=0, teased=0, title=30)


def alive(name: str = "a", *, government: bool = True, every: float = 600.0) -> Vital:
    return Vital(name, government, every, 0, None, called(None), False, "", DAILY[-1], DAILY)


def failing(vital: Vital, failures: int, since: datetime, *, trouble: str = "unreachable") -> Vital:
    passing = trouble in {"unreachable", "server", "dns"}
    return replace(
        vital,
        failures=failures,
        failing_since=since,
        trouble=called(trouble),
        passing=passing,
        detail="x",
    )


def silent(vital: Vital, days: float) -> Vital:
    newest = NOW - days * DAY
    return replace(vital, newest_at=newest, came=tuple(e for e in DAILY if e <= newest))


def many(number: int, *, government: bool = True) -> list[Vital]:
    kind = "ministry" if government else "outlet"
    return [alive(f"{kind}{each}", government=government) for each in range(number)]


def found(
    vitals: Sequence[Vital], standing: Mapping[tuple[FindingKind, str], datetime] | None = None
) -> list[tuple[str, str]]:
    return [(each.kind, each.subject) for each in findings(vitals, NOW, standing or {})]


def test_nothing_is_wrong_with_sources_that_answer_with_news() -> None:
    assert findings([], NOW) == []
    assert found([*many(30), *many(40, government=False)]) == []


@pytest.mark.parametrize("trouble", ["layout", "challenge", "login", "system-notice", "gone"])
def test_a_source_that_a_person_has_to_see_to_is_named_after_two_failures(trouble: str) -> None:
    assert found([failing(alive(), 1, NOW - HOUR, trouble=trouble)]) == []
    assert found([failing(alive(), 2, NOW - HOUR, trouble=trouble)]) == [("source-broken", "a")]


def test_trouble_that_passes_is_named_after_three_failures() -> None:
    assert found([failing(alive(), 2, NOW - HOUR)]) == []
    assert found([failing(alive(), 3, NOW - HOUR)]) == [("source-broken", "a")]


def test_the_trouble_is_named() -> None:
    (finding,) = findings([failing(alive(), 3, NOW - HOUR, trouble="system-notice")], NOW)
    assert finding.detail == (
        "시스템 안내 화면, 2026-03-25 13:00부터 실패 "
        "(a system notice, failing since 2026-03-25 13:00): x"
    )


def test_a_frozen_source_is_quiet_and_one_that_fails_is_only_broken() -> None:
    frozen = silent(alive(), 12)
    assert found([frozen]) == [("source-quiet", "a")]
    assert found([failing(frozen, 1, NOW - HOUR)]) == [("source-quiet", "a")]
    assert found([failing(frozen, 3, NOW - HOUR)]) == [("source-broken", "a")]


def test_a_list_without_dates_has_drifted() -> None:
    vital = replace(alive(), shapes=(*[BOARD] * 9, replace(BOARD, dated=0)))
    (finding,) = findings([vital], NOW)
    assert (finding.kind, finding.subject) == ("source-drift", "a")
    assert "날짜" in finding.detail


def test_half_of_the_government_failing_is_one_outage() -> None:
    sources = many(30)
    sources[:15] = [failing(each, 3, NOW - 3 * HOUR) for each in sources[:15]]
    assert found(sources) == [("outage", "government")]
    assert found([*sources, *many(40, government=False)]) == [("outage", "government")]


def test_half_of_a_few_sources_is_no_outage() -> None:
    sources = [failing(each, 3, NOW - 3 * HOUR) for each in many(4)]
    assert found(sources) == [("source-broken", each.source_id) for each in sources]


def test_outlets_that_fail_together_are_one_outage_of_theirs() -> None:
    sources = [failing(each, 3, NOW - 3 * HOUR) for each in many(20, government=False)]
    assert found([*many(30), *sources]) == [("outage", "outlets")]


def test_troubles_of_their_own_are_no_outage() -> None:
    sources = [failing(each, 4, NOW - HOUR, trouble="layout") for each in many(6)]
    assert found(sources) == [("source-broken", each.source_id) for each in sources]


def test_in_an_outage_no_source_is_called_quiet_but_what_was_named_stays_named() -> None:
    sources = many(30)
    sources[:20] = [failing(each, 3, NOW - 3 * HOUR) for each in sources[:20]]
    sources[28:] = [silent(each, 20) for each in sources[28:]]
    named: dict[tuple[FindingKind, str], datetime] = {
        ("source-broken", "ministry0"): NOW - 9 * DAY,
        ("source-quiet", "ministry29"): NOW - 9 * DAY,
    }
    assert found(sources, named) == [
        ("outage", "government"),
        ("source-broken", "ministry0"),
        ("source-quiet", "ministry29"),
    ]


def test_while_a_quarter_fails_nobody_new_is_named_for_a_day() -> None:
    sources = many(30)
    sources[:8] = [failing(each, 4, NOW - 5 * HOUR) for each in sources[:8]]
    assert found(sources) == []
    sources[:8] = [failing(each, 9, NOW - 25 * HOUR) for each in sources[:8]]
    assert len(found(sources)) == 8
    sources[7] = failing(sources[7], 2, NOW - HOUR, trouble="layout")
    assert ("source-broken", "ministry7") in found(sources)


def test_one_of_many_is_named_only_when_the_others_were_asked_too() -> None:
    sources = many(30)
    sources[0] = failing(sources[0], 3, NOW - 30 * MINUTE)
    assert found(sources) == []
    sources[0] = failing(sources[0], 3, NOW - 41 * MINUTE)
    assert found(sources) == [("source-broken", "ministry0")]


def test_an_outage_lasts_until_nearly_all_are_back() -> None:
    sources = many(30)
    standing: dict[tuple[FindingKind, str], datetime] = {("outage", "government"): NOW - 3 * DAY}
    sources[:2] = [failing(each, 20, NOW - 3 * DAY) for each in sources[:2]]
    assert found(sources, standing) == [("outage", "government")]
    sources[0] = alive("ministry0")
    assert found(sources, standing) == []  # it was not asked again since
    assert found(sources, {}) == [("source-broken", "ministry1")]


def test_a_route_that_stands_still_while_another_moves_on_is_quiet() -> None:
    ahead = alive("list")
    behind = replace(
        alive("feed"),
        newest_at=DAILY[-5],
        came=DAILY[:-4],
        siblings=("list", "a route that is off"),
        watched_since=DAILY[0],
    )
    assert found([ahead, behind]) == [("source-quiet", "feed")]
    (finding,) = findings([ahead, behind], NOW)
    assert finding.detail == (
        "2026-03-21 13:00 이후 새 글이 없는데 list에는 3건이 나옴 "
        "(nothing new since 2026-03-21 13:00, while list showed 3)"
    )


def test_a_route_behind_by_hours_or_by_one_post_or_failing_is_not_left_behind() -> None:
    busy = tuple(NOW - each * MINUTE for each in reversed(range(600)))
    ahead = replace(alive("list"), newest_at=NOW, came=busy)
    for behind in (
        replace(alive("feed"), newest_at=NOW - 2 * HOUR, came=busy[:-120]),
        replace(alive("feed"), newest_at=DAILY[-2], came=DAILY[:-1]),
        failing(replace(alive("feed"), came=busy[:-500]), 1, NOW - HOUR),
    ):
        other = ahead if behind.came[-1] > NOW - DAY else alive("list")
        watched = replace(behind, siblings=("list",), watched_since=DAILY[0])
        assert found([other, watched]) == []


def test_what_another_route_showed_before_the_first_look_is_held_against_nobody() -> None:
    behind = replace(
        alive("feed"), newest_at=DAILY[-5], came=DAILY[:-4], siblings=("list",), watched_since=NOW
    )
    assert found([alive("list"), behind]) == []


def test_many_that_fall_silent_on_the_same_day_are_left_a_while() -> None:
    some = [silent(each, 6.5) for each in many(8)]
    alone = found(some[:1])
    assert alone == [("source-quiet", "ministry0")]
    assert found([*some, *many(30)[8:]]) == []
    later = [silent(each, 14) for each in some]
    assert len(found([*later, *many(30)[8:]])) == 8


@dataclass
class World:
    """Sources that are polled and back off as the schedule has them do; ``dark`` while nothing is
    reached. Items are opened and closed by what is found."""

    vitals: dict[str, Vital]
    due: dict[str, datetime] = field(default_factory=dict)
    standing: dict[tuple[FindingKind, str], datetime] = field(default_factory=dict)
    opened: list[tuple[str, str]] = field(default_factory=list)

    def run(self, start: datetime, until: datetime, *, dark: bool) -> None:
        now = start
        while now < until:
            for name, vital in self.vitals.items():
                if self.due.setdefault(name, start + hash_of(name) * MINUTE) <= now:
                    self.vitals[name] = self._polled(vital, now, dark=dark)
            told = findings(list(self.vitals.values()), now, self.standing)
            keys = [(each.kind, each.subject) for each in told]
            self.opened += [key for key in keys if key not in self.standing]
            self.standing = {key: self.standing.get(key, now) for key in keys}
            now += 10 * MINUTE

    def _polled(self, vital: Vital, now: datetime, *, dark: bool) -> Vital:
        if not dark:
            self.due[vital.source_id] = now + timedelta(seconds=vital.every)
            return replace(vital, failures=0, failing_since=None, newest_at=now)
        wait = min(vital.every * 2.0**vital.failures, 6 * 3600.0)
        self.due[vital.source_id] = now + timedelta(seconds=wait)
        return failing(vital, vital.failures + 1, vital.failing_since or now)


def hash_of(name: str) -> int:
    return sum(map(ord, name)) * 7 % 40


def test_three_dark_days_are_one_notice_each_for_government_and_outlets() -> None:
    sources = [*many(30), *many(20, government=False)]
    sources[::5] = [replace(each, every=1800.0) for each in sources[::5]]
    world = World({each.source_id: replace(each, came=()) for each in sources})
    world.run(NOW, NOW + 6 * HOUR, dark=False)
    world.run(NOW + 6 * HOUR, NOW + 3 * DAY, dark=True)
    assert sorted(world.standing) == [("outage", "government"), ("outage", "outlets")]
    world.run(NOW + 3 * DAY, NOW + 4 * DAY, dark=False)
    assert sorted(world.opened) == [("outage", "government"), ("outage", "outlets")]
    assert world.standing == {}
