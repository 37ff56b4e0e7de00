"""docs/reliability.md is what was recorded and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.faults import report

LINE: Mapping[str, Any] = {
    "fault": 1,
    "test": "tests/faults/test_reliability.py::test_the_page_is_made_of_what_is_kept",
    "long": False,
    "outcome": "passed",
    "reason": "",
    "seconds": 1.0,
    "date": "2026-01-02",
    "commit": "abcdef0",
    "machine": "a machine",
}


def line(**others: Any) -> Mapping[str, Any]:
    return {**LINE, "figures": {}, **others}


def test_the_page_is_made_of_what_is_kept() -> None:
    # After a run, or a change of promises.toml: python tests/faults/report.py
    assert report.PAGE.read_text("utf-8") == report.page(report.kept())


def test_every_test_that_the_page_names_exists() -> None:
    named = {test for tests in report.kept().values() for test in tests}

    assert [test for test in sorted(named) if not report.exists(test)] == []


def test_there_are_twenty_six_promises() -> None:
    assert [each.number for each in report.promises()] == list(range(1, 27))


def test_cases_of_a_test_count_together_and_a_run_renews_only_what_ran() -> None:
    before = report.merged({}, [line(figures={"kills": 3, "lost": 0}), line(fault=2)])
    both = [line(figures={"kills": 5, "lost": 1}), line(figures={"kills": 2, "lost": 0})]
    after = report.merged(before, both)

    (entry,) = after["1"].values()
    assert after["2"] == before["2"]
    assert (entry["passed"], entry["seconds"]) == (2, 2.0)
    assert entry["figures"]["kills"] == {"sum": 7, "min": 2, "max": 5}
    assert entry["figures"]["lost"] == {"sum": 1, "min": 0, "max": 1}


def test_a_long_form_stays_on_record_until_it_runs_again_and_a_short_one_that_fails_shows() -> None:
    promise = report.promises()[0]
    figures = {each.name: each.bound for each in promise.figures}
    long = line(long=True, figures=figures, commit="1111111")
    # As results were kept before the forms stood apart: under the name of the test alone.
    before = {"1": dict(zip([LINE["test"]], report.merged({}, [long])["1"].values(), strict=True))}

    after = report.merged(before, [line(figures=dict.fromkeys(figures, 0), commit="2222222")])
    failed = report.merged(after, [line(outcome="failed", commit="3333333")])

    assert {each["commit"]: each["long"] for each in after["1"].values()} == {
        "1111111": True, "2222222": False,
    }  # fmt: skip
    assert promise.state([*after["1"].values()]) == "met"
    assert promise.state([*failed["1"].values()]) == "failed"
    assert report.page(after).count(f"| `{LINE['test']}` |") == len(after["1"])


def test_what_is_gone_from_the_tree_is_gone_from_the_page() -> None:
    assert report.merged({}, [line(test="tests/faults/test_reliability.py::test_gone")]) == {
        "1": {}
    }


def test_a_figure_below_what_was_set_is_said_as_so_many_of_so_many() -> None:
    kills = next(each for each in report.promises()[0].figures if each.name == "kills")

    assert "◐ 200 가운데 7 · 7 of 200" in kills.row(7)
    assert "✓ 200 |" in kills.row(200)
    assert "재지 않음 · not measured" in kills.row(None)


def test_a_promise_stands_only_if_nothing_failed_and_nothing_fell_short() -> None:
    promise = report.promises()[5]
    good = {"releases": 100_000, "writers": 8, "missed": 0}

    def state(**others: Any) -> str:
        return promise.state([*report.merged({}, [line(**others)])["1"].values()])

    assert state(figures=good) == "met"
    assert state(figures=good | {"releases": 5}) == "short"
    assert state(figures=good | {"missed": 1}) == state(outcome="failed") == "failed"
    assert state(outcome="skipped", reason="no such machine") == promise.state([]) == "none"
