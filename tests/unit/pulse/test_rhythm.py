import random
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from scrapers.errors import called
from service.model import SEOUL
from service.pulse import calendar
from service.pulse.model import Vital
from service.pulse.rhythm import learn, quiet, usual

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
CHUSEOK = datetime(2025, 10, 3, tzinfo=SEOUL), datetime(2025, 10, 10, tzinfo=SEOUL)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def ministry(a_day: float, first: str, days: int, seed: int = 1) -> list[datetime]:
    """Posts of office hours by chance, few at weekends, next to none on holidays."""
    chance, posts = random.Random(seed), []
    for number in range(days):
        day = at(first) + number * DAY
        share = 1.0 if calendar.working(day) else 0.02 if calendar.holiday(day) else 0.1
        hours = [day + chance.uniform(8, 19) * HOUR for _ in range(int(a_day * 20))]
        posts += [each for each in hours if chance.random() < share / 20]
    return sorted(posts)


def newspaper(first: str, days: int) -> list[datetime]:
    """Two hundred articles on working days, half of it on others, few at night."""
    chance, posts = random.Random(2), []
    for number in range(days):
        day = at(first) + number * DAY
        count = 200 if calendar.working(day) else 100
        hours = [chance.uniform(6, 24) if chance.random() < 0.97 else 3.0 for _ in range(count)]
        posts += [day + each * HOUR for each in hours]
    return sorted(posts)


def weekly(first: str, weeks: int) -> list[datetime]:
    return [at(first) + each * WEEK + each % 3 * HOUR for each in range(weeks)]


def vital(came: Sequence[datetime], *, government: bool = True) -> Vital:
    newest = came[-1] if came else None
    return Vital("a", government, 300.0, 0, None, called(None), False, "", newest, tuple(came))


def known(posts: Sequence[datetime], now: datetime) -> list[datetime]:
    newest = bisect_right(posts, now)
    return list(posts[bisect_left(posts, posts[newest - 1] - 8 * WEEK) : newest])


def named_at(posts: Sequence[datetime], frozen: datetime) -> datetime:
    """By halving, to ten minutes: once a source is quiet it stays so."""
    came, answers, silent = known(posts, frozen), frozen, frozen + 100 * DAY
    while silent - answers > HOUR / 6:
        middle = answers + (silent - answers) / 2
        if quiet(vital(came), middle):
            silent = middle
        else:
            answers = middle
    return silent


SOURCES: dict[str, Callable[[], list[datetime]]] = {
    "one post a week": lambda: weekly("2025-07-01T10:00", 30),
    "one post in two days": lambda: ministry(0.5, "2025-07-01", 130),
    "three posts a day": lambda: ministry(3, "2025-07-01", 130),
    "ten posts a day": lambda: ministry(10, "2025-07-01", 130),
    "two hundred articles a day": lambda: newspaper("2025-08-25", 60),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_a_frozen_source_is_named_within_two_of_its_usual_intervals(kind: str) -> None:
    posts = SOURCES[kind]()
    for frozen in (at("2025-09-23T13:00"), at("2025-10-02T18:30")):
        rhythm = learn(known(posts, frozen))
        assert rhythm is not None
        assert 0.5 < rhythm.intervals(frozen, named_at(posts, frozen)) < 2


@pytest.mark.parametrize("kind", SOURCES)
def test_no_source_is_called_quiet_around_chuseok(kind: str) -> None:
    posts = SOURCES[kind]()
    first = bisect_right(posts, at("2025-09-22"))
    for newest, following in pairwise(posts[first : bisect_right(posts, at("2025-10-20"))]):
        if following - newest > 3 * HOUR:
            assert quiet(vital(known(posts, newest)), following) is None


def test_a_week_of_chuseok_is_shorter_than_a_working_day() -> None:
    rhythm = learn(ministry(10, "2025-07-14", 63))
    assert rhythm is not None
    wednesday = at("2025-09-17")
    assert rhythm.between(*CHUSEOK) < rhythm.between(wednesday, wednesday + DAY)


def test_a_weekend_that_a_holiday_lengthens_is_quieter_than_others() -> None:
    rhythm = learn(ministry(10, "2025-12-08", 63))
    assert rhythm is not None
    saturday = at("2026-02-07")
    weekend = rhythm.between(saturday, saturday + 2 * DAY)
    assert rhythm.between(saturday + WEEK, saturday + WEEK + 2 * DAY) < weekend / 2


def test_a_night_and_a_weekend_are_shorter_than_a_working_morning() -> None:
    rhythm = learn(ministry(10, "2025-07-14", 63))
    assert rhythm is not None
    morning = rhythm.between(at("2025-09-15T09:00"), at("2025-09-15T13:00"))
    assert rhythm.between(at("2025-09-15T20:00"), at("2025-09-16T07:00")) < morning / 4
    assert rhythm.between(at("2025-09-12T20:00"), at("2025-09-14T07:00")) < morning


def test_own_time_adds_up_and_never_runs_back() -> None:
    rhythm = learn(ministry(3, "2025-07-14", 63))
    assert rhythm is not None
    chance = random.Random(3)
    for _ in range(200):
        hours = sorted(chance.uniform(0, 5000) for _ in range(3))
        one, two, three = (at("2025-09-15") + each * HOUR for each in hours)
        halves = rhythm.between(one, two) + rhythm.between(two, three)
        assert rhythm.between(one, three) == pytest.approx(halves)
        assert rhythm.between(two, one) == 0


def test_a_zone_makes_no_difference() -> None:
    came = ministry(3, "2025-07-14", 63)
    assert learn(came) == learn([each.astimezone(UTC) for each in came])


def test_the_usual_interval_is_said_as_an_average_over_the_week() -> None:
    now = at("2025-09-15")
    often, rare = usual(ministry(10, "2025-07-21", 56), now), usual(weekly("2025-07-22", 8), now)
    assert often is not None
    assert rare is not None
    assert 6 * HOUR < often < 2 * DAY
    assert WEEK < rare < 4 * WEEK


def test_nothing_is_usual_of_a_handful_of_posts() -> None:
    now = at("2025-09-15")
    assert usual([], now) is None
    assert usual(weekly("2025-08-01", 4), now) is None
    together = [at("2025-09-12T10:00") + each * timedelta(minutes=2) for each in range(20)]
    assert usual(together, now) is None


def test_posts_of_the_future_are_not_known_yet() -> None:
    came = [*weekly("2025-06-02T10:00", 12), at("2026-06-01T10:00")]
    now = at("2025-12-01T10:00")
    assert usual(came, now) == usual(came[:-1], now)
    assert quiet(vital(came[:-1]), now) is not None


def test_a_feed_that_stood_still_for_months_at_first_sight_is_quiet_at_once() -> None:
    now = at("2026-03-10T10:00")
    stale = [at("2025-09-22T09:00") + each * timedelta(minutes=5) for each in range(100)]
    silence = quiet(vital(stale, government=False), now)
    assert silence is not None
    assert silence.since == stale[-1]
    unknown = replace(vital([], government=False), newest_at=stale[-1])
    assert quiet(unknown, now) is not None


def test_of_a_source_with_hardly_a_post_silence_counts_after_months() -> None:
    came, now = [at("2026-01-05T10:00")], at("2026-03-10T10:00")
    assert quiet(vital(came), now) is None
    assert quiet(vital(came, government=False), now) is not None
    assert quiet(vital(came), now + 60 * DAY) is not None
    seldom = [at("2025-09-01T10:00"), at("2026-01-05T10:00")]
    assert quiet(vital(seldom), now + 60 * DAY) is None
    assert quiet(vital([]), now) is None


def test_a_source_that_fails_is_as_quiet_as_when_it_last_answered() -> None:
    came = ministry(3, "2025-07-14", 63)
    alive, now = vital(came), came[-1] + 60 * DAY
    down = replace(alive, failures=9, failing_since=came[-1] + HOUR)
    assert quiet(alive, now) is not None
    assert quiet(down, now) is None


def test_what_a_rare_poll_has_not_seen_yet_is_no_silence() -> None:
    came = ministry(10, "2025-07-14", 63)
    rhythm = learn(came)
    assert rhythm is not None
    now = came[-1]
    while rhythm.intervals(came[-1], now) < 1.85:
        now += timedelta(minutes=20)
    assert quiet(vital(came), now + HOUR) is not None
    assert quiet(replace(vital(came), every=7200.0), now + HOUR) is None


def test_many_posts_and_absurd_dates_cost_little() -> None:
    begun = time.process_time()
    came = [at("2025-07-14") + each * timedelta(minutes=1) for each in range(80_000)]
    assert quiet(vital(came), came[-1] + WEEK) is not None
    ancient = replace(vital([]), newest_at=at("0002-01-01"))
    assert quiet(ancient, came[-1]) is not None
    assert time.process_time() - begun < 10
