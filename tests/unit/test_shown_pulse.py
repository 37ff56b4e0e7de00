"""What ``pabal pulse`` says of sources that are made here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scrapers.errors import called
from service.pulse.findings import Standing
from service.pulse.model import Vital
from service.shown_pulse import Pulses, lines, records
from service.store.overview import Health
from service.store.routes import Missed

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=ZoneInfo("Asia/Seoul"))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def health(source_id: str, **changes: Any) -> Health:
    looked, came = NOW - 3 * MINUTE, NOW - 2 * HOUR
    told: dict[str, Any] = {"last_ok_at": looked, "newest_at": came, "failures": 0}
    told |= {"last_error": None, "articles": 9, **changes}
    return Health(source_id, **told)


def vital(source_id: str, **changes: Any) -> Vital:
    told: dict[str, Any] = {"government": True, "every": 600, "failures": 0, "detail": ""}
    told |= {"failing_since": None, "trouble": None, "passing": False, "newest_at": NOW - 2 * HOUR}
    told |= changes
    return Vital(source_id, **{**told, "trouble": called(told["trouble"])})


FAILING = {"failures": 2, "trouble": "empty", "failing_since": NOW - 5 * HOUR}


def shown(
    healths: list[Health],
    vitals: list[Vital],
    missed: tuple[Missed, ...] = (),
    standing: Standing | None = None,
) -> Pulses:
    return Pulses.of(healths, vitals, missed, standing or {}, NOW)


def sources(pulses: Pulses) -> list[str]:
    """The lines under the legend, blanks folded."""
    return [" ".join(line.split()) for line in list(lines(pulses))[2:]]


def test_a_source_that_is_well_has_one_line() -> None:
    every = tuple(NOW - 2 * HOUR - n * 3 * HOUR for n in reversed(range(200)))
    pulses = shown([health("list")], [vital("list", came=every)], (Missed("list", "list", 200, 3),))

    (line,) = sources(pulses)
    (record,) = records(pulses)

    assert line.startswith("list 정상 / alive · 확인 3분 전 · 새 글 2시간 전 · 보통 ")
    assert line.endswith(" · 놓침 1.5%")
    assert record | {"usual": 0} == {
        "id": "list",
        "state": "alive",
        "last_ok_at": "2026-11-20T14:57:00+09:00",
        "newest_at": "2026-11-20T13:00:00+09:00",
        "newest_age": 7200,
        "usual": 0,
        "missed": 0.015,
        "trouble": None,
        "failing_since": None,
        "wrong": [],
        "paused_at": None,
        "paused_why": None,
    }
    assert isinstance(record["usual"], int)
    assert 3 * 3600 <= record["usual"] <= 5 * 24 * 3600


def test_a_source_of_which_little_is_known_says_so() -> None:
    never = health("neu", last_ok_at=None, newest_at=None)

    assert sources(shown([never], [vital("neu", newest_at=None)])) == [
        "neu 아직 못 봄 / not seen yet · 확인 — · 새 글 — · 보통 — · 놓침 —"
    ]


def test_what_is_wrong_stands_below_its_source_since_when_it_is_known() -> None:
    told = health("rot", last_error="u: no rows", **FAILING)
    ill = vital("rot", detail="LayoutError: u: no rows", **FAILING)
    pulses = shown([told], [ill], standing={("source-broken", "rot"): NOW - 4 * HOUR})

    line, below = sources(pulses)
    (record,) = records(pulses)

    assert line.startswith("rot 읽지 못함 / broken · ")
    assert below.startswith("빈 목록, 2026-11-20 10:00부터")
    assert (record["state"], record["trouble"]) == ("broken", "empty")
    assert record["failing_since"] == "2026-11-20T10:00:00+09:00"
    assert [(each["kind"], each["since"]) for each in record["wrong"]] == [  # type: ignore[attr-defined]
        ("source-broken", "2026-11-20T11:00:00+09:00")
    ]


def test_a_first_failure_is_shown_before_it_is_found_wrong() -> None:
    once = {**FAILING, "failures": 1}
    told = health("new", last_error="u: no rows", **once)

    line, below = sources(shown([told], [vital("new", **once)]))

    assert line.startswith("new 실패 중 / failing")
    assert below == "빈 목록 (an empty list): u: no rows"


def test_a_source_that_has_fallen_silent_is_called_quiet() -> None:
    newest = NOW - 200 * DAY
    line, below = sources(
        shown([health("old", newest_at=newest)], [vital("old", newest_at=newest)])
    )

    assert line.startswith("old 너무 조용함 / quiet · 확인 3분 전 · 새 글 200일 전")
    assert "2026-05-04 15:00" in below


def test_a_paused_source_says_why_and_since_when_whatever_ails_it() -> None:
    told = health("still", paused_at=NOW - 3 * DAY, paused_why="그쪽에서 부탁함", **FAILING)
    pulses = shown([told], [])

    assert sources(pulses) == [
        "still 멈춰 둠 / paused · 확인 3분 전 · 새 글 2시간 전 · 보통 — · 놓침 —",
        "3일 전: 그쪽에서 부탁함",
    ]
    (record,) = records(pulses)
    assert (record["state"], record["paused_why"]) == ("paused", "그쪽에서 부탁함")


def test_an_outage_is_said_once_before_all_sources() -> None:
    dark: dict[str, Any] = {"failures": 3, "trouble": "dns", "failing_since": NOW - HOUR}
    names = [f"s{n}" for n in range(8)]
    pulses = shown(
        [health(name, last_error="x", **dark) for name in names],
        [vital(name, passing=True, **dark) for name in names],
    )

    first, *others = sources(pulses)
    record, *rest = records(pulses)

    assert first.startswith("! ")
    assert len(others) == 2 * len(names)
    assert (record["outage"], record["kind"]) == ("government", "outage")
    assert [each["state"] for each in rest] == ["failing"] * len(names)
