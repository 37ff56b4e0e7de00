"""The service and all it started are killed at random moments; the ledger must balance.

``make kills`` is the storm at its full size; here are what it has not: pages, documents, copies.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"
MONTH = SHARED / "data" / "stream" / "2026-03.jsonl.gz"
LOST = ("missed", "twice", "not_owed", "not_stored", "strangers")


def play(report: Path, *arguments: str) -> dict[str, Any]:
    """Run ``pabal demo`` as a user would and return its ledger."""
    command = [sys.executable, "-m", "service", "demo", "--report", str(report), *arguments]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PABAL_")}
    done = subprocess.run(command, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr + done.stdout
    ledger: dict[str, Any] = json.loads(report.read_text())
    sys.stdout.write(json.dumps(ledger, ensure_ascii=False) + "\n")
    assert done.returncode == 0, done.stdout
    return ledger


def nothing_lost(ledger: dict[str, Any], measured: Callable[..., None]) -> None:
    measured(
        kills=ledger["kills"],
        releases=ledger["published"],
        alerts=ledger["sent"],
        lost=ledger["missed"] + ledger["not_stored"],
        extra=ledger["not_owed"],
        twice=ledger["twice"],
        repeats_over_in_flight=max(0, ledger["repeats"] - ledger["in_flight_at_kills"]),
    )
    assert {name: ledger[name] for name in LOST} == dict.fromkeys(LOST, 0)
    assert ledger["stored"] == ledger["appearances"]
    assert ledger["owed"] == ledger["sent"] > 0
    assert ledger["repeats"] <= ledger["in_flight_at_kills"]


@pytest.mark.fault(1)
@pytest.mark.slow
def test_two_kills_in_an_invented_afternoon_lose_nothing_and_double_nothing(
    tmp_path: Path, measured: Callable[..., None]
) -> None:
    """A slow receiver and rules that nearly everything meets keep messages in flight."""
    ledger = play(
        tmp_path / "ledger.json",
        *("--count", "150", "--speed", "400", "--kills", "2", "--slow-sink", "1"),
        *("--rule", "지원", "--rule", "추진 | 개최 | 발표", "--rule", "기업 | 국민"),
    )
    assert ledger["kills"] == 2
    nothing_lost(ledger, measured)


@pytest.mark.fault(1)
@pytest.mark.faults
@pytest.mark.skipif(not MONTH.exists(), reason="the recorded month lies outside the project")
def test_five_kills_in_a_real_month_lose_nothing_and_double_nothing(
    tmp_path: Path, measured: Callable[..., None]
) -> None:
    ledger = play(
        tmp_path / "ledger.json",
        *("--replay", str(MONTH), "--rule", "지원 | 추진 | 개최 | 정책", "--kills", "5"),
        *("--slow-sink", "0.2"),
    )
    assert (ledger["kills"], ledger["published"]) == (5, 2688)
    assert ledger["owed"] > 1000
    assert ledger["in_flight_at_kills"] > 0
    nothing_lost(ledger, measured)
