"""One line, one measurement and, where traces are on, one span for each unit of work."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from service import observe
from service.observe import REGISTRY, unit
from service.traces import Traces
from service.web import metrics

ROOT = Path(__file__).parents[2]


@pytest.fixture
def spans() -> Iterator[tuple[Traces, InMemorySpanExporter]]:
    exporter = InMemorySpanExporter()
    traces = Traces(exporter, b"an instance")
    observe.trace_to(traces)
    yield traces, exporter
    observe.trace_to(None)
    traces.close()


def counted(step: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("pabal_units_total", {"step": step, "outcome": outcome}) or 0.0


def test_a_unit_leaves_one_line_and_one_measurement() -> None:
    before = counted("t1", "done")

    with capture_logs() as logs, unit("t1", "a", article=7, source="a") as one:
        one.say(new=3)

    (line,) = logs
    assert (line["event"], line["step"], line["subject"], line["outcome"]) == (
        "t1.done", "t1", "a", "done",
    )  # fmt: skip
    assert (line["article"], line["source"], line["new"]) == (7, "a", 3)
    assert line["ms"] >= 0
    assert counted("t1", "done") == before + 1


def test_a_unit_that_failed_says_so_and_one_with_nothing_to_do_says_nothing() -> None:
    with capture_logs() as logs:
        with unit("t2", "a") as one:
            one.ended("failed", why="layout")
        with unit("t2", "b") as one:
            one.nothing()

    assert [(each["event"], each["log_level"]) for each in logs] == [("t2.failed", "error")]
    assert (counted("t2", "failed"), counted("t2", "done")) == (1, 0)


def test_a_bug_is_counted_and_noted_and_left_to_the_task_runner_to_say() -> None:
    with capture_logs() as logs, pytest.raises(ZeroDivisionError) as caught, unit("t3", "a"):
        raise ZeroDivisionError

    assert logs == []
    assert caught.value.__notes__ == ["in t3 a"]
    assert counted("t3", "broken") == 1


async def test_a_unit_that_is_cut_off_is_no_bug() -> None:
    async def run() -> None:
        with unit("t4", "a"):
            await asyncio.Event().wait()

    with capture_logs() as logs:
        task = asyncio.create_task(run())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert [each["event"] for each in logs] == ["t4.cut_off"]


def test_steps_of_one_article_are_one_trace_in_every_process(
    spans: tuple[Traces, InMemorySpanExporter],
) -> None:
    traces, exporter = spans
    with unit("poll", "a") as one:
        one.found([7])
    with unit("read", 7, article=7), unit("triage", 8, article=8):
        pass
    other = Traces(exporter, b"an instance")
    observe.trace_to(other)
    observe.sent(7, 0.5, channel="mail", sent=2, failed=0)
    for each in (traces, other):
        each.flush()
    other.close()

    by_trace: dict[int, list[str]] = {}
    for span in exporter.get_finished_spans():
        assert span.context
        by_trace.setdefault(span.context.trace_id, []).append(span.name)
    assert sorted(map(sorted, by_trace.values())) == [
        ["poll"],
        ["poll", "read", "send"],
        ["triage"],
    ]


def _queried(text: str) -> set[str]:
    return set(re.findall(r"\b(?:pabal|process|python)_[a-z_]+", text))


def _series() -> set[str]:
    """Every series that /metrics may show, by the name that a query uses."""
    found = {metrics._UP, *metrics._DISK, *metrics._FROM_ROWS}
    for family in REGISTRY.collect():
        parts = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
        found |= {family.name + part for part in parts.get(family.type, ("",))}
    return found


def test_the_dashboard_and_the_alerts_ask_for_what_there_is() -> None:
    board = json.loads((ROOT / "deploy/grafana/pabal.json").read_text("utf-8"))
    rules = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for group in rules["groups"] for rule in group["rules"]]

    found = set().union(*map(_queried, asked))

    assert len(board["panels"]) >= 15
    assert all(map(_queried, asked))
    assert found <= _series()
    assert {each for each in _series() if each.startswith("pabal_")} - found <= {
        "pabal_unit_seconds_sum", "pabal_unit_seconds_count",
    }  # fmt: skip
