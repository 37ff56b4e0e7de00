"""The page says what was measured, and says so where it was not, or where it falls short."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.bench import plot
from tests.bench.page import ROWS, merged, pages
from tests.bench.report import Figure, against, number, shown

GROWTH = {
    "title": "자람 / Growth",
    "sizes": "개 / of them",
    "seconds": {
        "ours <1>": [[1000, 0.0001], [10_000, 0.0002], [100_000, 0.004]],
        "peer": [[1000, 0.02], [10_000, 0.21]],
    },
}


def result(*figures: dict[str, Any], **changes: Any) -> dict[str, Any]:
    made = {
        "measured": "2026-01-02T03:04+00:00",
        "commit": "abc1234",
        "arguments": [],
        "took": 12,
        "load": 0.1,
        "machine": "two cores",
        "figures": list(figures),
        "growth": GROWTH,
    }
    return made | changes


def row(page: str, what: str) -> list[str]:
    (line,) = [line for line in page.splitlines() if line.startswith(f"| {what} |")]
    return [cell.strip() for cell in line.split("|")[1:-1]]


def test_a_figure_is_judged_by_the_best_bound_that_it_keeps() -> None:
    rate = [Figure(what="", value=value, must=10, aim=40).met for value in (9.9, 10, 39, 40)]
    time = [
        Figure(what="", value=value, must=15, aim=2, at_most=True).met for value in (15.1, 15, 2)
    ]

    assert rate == ["missed", "must", "must", "aim"]
    assert time == ["missed", "must", "aim"]
    assert Figure(what="", value=1).met is None
    assert Figure(what="", value=None, must=10).met == "unmeasured"


def test_a_shortfall_is_said_plainly_and_why() -> None:
    missed = {"what": "규칙 / rules", "value": 7.5, "must": 10, "why": "너무 느려서 / too slow"}
    page = pages({"match": result(missed)})["benchmarks.md"]

    assert row(page, "규칙 / rules")[3:] == ["7.5×", "≥ 10×", "", "**✗ 못 미침 / missed**"]
    assert "- 규칙 / rules: 너무 느려서 / too slow\n" in page


def test_why_is_left_out_where_nothing_is_missed() -> None:
    met = {"what": "규칙 / rules", "value": 12, "must": 10, "why": "너무 느려서"}

    assert "너무 느려서" not in pages({"match": result(met)})["benchmarks.md"]


def test_what_was_not_measured_has_no_figure() -> None:
    page = pages({"match": result({"what": "mokaccino", "value": None, "must": 10})})
    text = page["benchmarks.md"]

    assert row(text, "mokaccino")[3] == ""
    assert row(text, "mokaccino")[6] == "– 재지 않음 / not measured"
    assert text.count("\n– 재지 않음 / not measured\n") == len(ROWS) - 1
    assert set(page) == {"benchmarks.md", "bench/match.svg"}


def test_every_row_of_the_limits_has_its_place() -> None:
    page = pages({})["benchmarks.md"]
    wanted = "match terms topics story ingest poll owe webhook mail fresh"

    assert " ".join(re.findall(r"^## (\w+)$", page, re.MULTILINE)).startswith(wanted)


def test_each_row_has_its_own_date_and_commit() -> None:
    older = result(measured="2026-01-01T00:00+00:00", commit="0000000")
    page = pages({"match": older, "owe": result()})["benchmarks.md"]

    assert "2026-01-01T00:00+00:00 · commit 0000000" in page
    assert "2026-01-02T03:04+00:00 · commit abc1234" in page


def test_a_bench_that_ran_again_renews_its_own_row_only(tmp_path: Path) -> None:
    kept = {"match": result(commit="1111111"), "owe": result(commit="1111111")}
    later, earlier = "2026-01-03T00:00+00:00", "2026-01-01T00:00+00:00"
    for row_, measured in (("owe", later), ("match", earlier), ("strange", later)):
        left = result(commit="2222222", measured=measured)
        (tmp_path / f"{row_}.json").write_text(json.dumps(left), "utf-8")

    found = merged(kept, tmp_path)

    assert {name: each["commit"] for name, each in found.items()} == {
        "match": "1111111",
        "owe": "2222222",
    }


def test_a_smaller_run_is_called_one() -> None:
    small = pages({"owe": result(arguments=["--counts", "10"])})["benchmarks.md"]

    assert "a smaller run: `--counts 10`" in small
    assert "smaller run" not in pages({"owe": result()})["benchmarks.md"]


def test_a_plot_has_a_line_for_each_and_a_mark_for_each_size() -> None:
    svg = pages({"owe": result()})["bench/owe.svg"]

    assert svg.count("<polyline") == 2
    assert svg.count("<circle") == 4  # of ours: three sizes and beside its name
    assert "ours &lt;1&gt;" in svg
    assert [size in svg for size in (">1,000<", ">100,000<", ">1,000,000<")] == [True, True, False]


def test_a_plot_of_two_sizes_is_refused() -> None:
    with pytest.raises(ValueError, match="three"):
        plot.drawn("자람 / Growth", "개 / of them", {"ours": [(1, 1.0), (10, 2.0)]})


def test_a_peer_that_is_not_here_leaves_no_ratio() -> None:
    there, absent = against("x", 0.002, ("a", 0.1)), against("x", 0.002, ("a", None), must=10)

    assert (there.value, there.ours, there.peer) == (50, "2 ms", "a: 100 ms")
    assert absent.met == "unmeasured"


def test_figures_have_three_digits_and_the_unit_that_suits_them() -> None:
    assert [number(each) for each in (1234.5, 12.34, 0.1234)] == ["1,234", "12.3", "0.123"]
    assert [shown(each) for each in (75.0, 0.0124, 3.1e-7)] == ["75 s", "12.4 ms", "0.31 µs"]
