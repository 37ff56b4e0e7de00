from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import Pabal


def test_the_export_before_stays_until_there_is_another(pabal: Pabal, tmp_path: Path) -> None:
    kept = tmp_path / "all.csv"
    kept.write_text("yesterday")

    assert pabal("export", str(kept)).returncode == 2  # there is no database
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [
        ("all.csv", "yesterday")
    ]


@pytest.mark.parametrize(
    ("option", "name", "why"),
    [
        ("--ministry", "nonsense", "‘nonsense’"),
        ("--kind", "press", "‘press’: 모르는 종류입니다"),
        ("--source", "korea_rk", "korea_rk: 그런 출처가 없습니다 (no such source)"),
    ],
)
def test_what_nobody_knows_is_refused(pabal: Pabal, option: str, name: str, why: str) -> None:
    done = pabal("export", option, name)

    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr


def test_a_kind_goes_by_its_names(pabal: Pabal) -> None:
    assert "공고" not in pabal("export", "--kind", "공고").stderr
