"""What pytest adds to a test marked ``fault(number)``: its figures and its outcome on record.

``--record`` writes them down, ``--scale 10`` makes the long ones ten times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults import record


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="write down what fault tests reached")
    parser.addoption("--scale", type=int, default=1, help="long fault tests so many times as long")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--record") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder())


def pytest_itemcollected(item: pytest.Item) -> None:
    """What the report of a test has to say about it, since that is all that leaves a worker."""
    for mark in item.iter_markers("fault"):
        item.user_properties += [("fault", number) for number in mark.args]
    if item.get_closest_marker("faults"):
        item.user_properties.append(("long", True))


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[..., None]:
    """``measured(kills=200, lost=0)``: figures of this test, for the table of its fault."""
    if not request.node.get_closest_marker("fault"):
        raise ValueError("only a test marked fault(number) has figures on record")

    def say(**figures: float) -> None:
        request.node.user_properties.append(("figures", figures))

    return say


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> int:
    """How many times as long as usual a long fault test goes on: ``--scale``."""
    asked: int = request.config.getoption("--scale")
    return asked


class _Recorder:
    """Writes a line for each fault of each marked test, when it has ended."""

    def __init__(self) -> None:
        self._phases: dict[str, list[pytest.TestReport]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if all(name != "fault" for name, _ in report.user_properties):
            return
        phases = self._phases.setdefault(report.nodeid, [])
        phases.append(report)
        if report.when == "teardown":
            self._write(self._phases.pop(report.nodeid))

    def _write(self, phases: list[pytest.TestReport]) -> None:
        said: list[tuple[str, Any]] = phases[-1].user_properties
        outcomes = {phase.outcome: phase for phase in phases}
        outcome = next(each for each in ("failed", "skipped", "passed") if each in outcomes)
        why = outcomes[outcome].longrepr if outcome == "skipped" else ""
        figures = {
            what: value for name, some in said if name == "figures" for what, value in some.items()
        }
        for fault in dict.fromkeys(value for name, value in said if name == "fault"):
            record.note(
                fault,
                phases[0].nodeid.split("[")[0],
                figures,
                outcome,
                seconds=sum(phase.duration for phase in phases),
                long=("long", True) in said,
                reason=str(why[2]).removeprefix("Skipped: ") if isinstance(why, tuple) else "",
            )
