"""The short form of ``make rhythm``: a few sources for two and a half simulated days."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "rhythm" / "rhythm.py"
SOURCES = "exportvoucher,mofa_press,motir_press,motir_press_rss,mss_press_rss,yna"


@pytest.mark.fault(12, 13)
@pytest.mark.slow
@pytest.mark.parametrize("days", [2.5, pytest.param(4.0, marks=pytest.mark.faults)])
def test_days_of_a_few_sources_with_mishaps_meet_every_goal(
    tmp_path: Path, measured: Callable[..., None], days: float
) -> None:
    report = tmp_path / "report"
    options = ["--days", str(days), "--step", "300", "--sources", SOURCES, "--report", str(report)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PABAL_")}
    done = subprocess.run(
        [sys.executable, SCRIPT, *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = report.read_text("utf-8")
    named, of = re.findall(r"mishaps named right in time: (\d+) of (\d+)", text)[0]
    (false_alarms,) = re.findall(r"false alarms: (\d+)", text)
    (lost,) = re.findall(r"posts lost: (\d+) of", text)
    (looks,) = re.findall(r"looks that found nothing wrong: (\d+)", text)
    measured(
        calm_looks=int(looks),
        mutants=int(of),
        noticed_percent=100 * int(named) / int(of),
        false_alarms=int(false_alarms),
        lost=int(lost),
    )
    assert "MISSED" not in text
