"""What is refused before any list is asked for, each with what to do instead."""

from __future__ import annotations

import pytest

from scrapers.registry import sources
from tests.commands import Pabal

CHECKING = next(name for name, each in sources().items() if each.checks and not each.needs)
SEARCHING = next((name for name, each in sources().items() if each.searches), "")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["korea_rk", "--from", "2026-01-01"], "korea_rk: 그런 출처가 없습니다 (no such source); "),
        (["--from", "2026-01-01"], "SOURCE: 그런 출처가 없습니다 (no such source); "),
        (["korea_kr"], "--from : 2026-01-01처럼 써 주세요"),
        (["korea_kr", "--from", "어제"], "--from 어제: 2026-01-01처럼 써 주세요"),
        ([CHECKING, "--from", "2026-01-01"], f"only checks {sources()[CHECKING].route_of}"),
    ],
)
def test_what_cannot_be_read_back_is_refused_in_one_line(
    pabal: Pabal, arguments: list[str], why: str
) -> None:
    refused = pabal("backfill", *arguments)

    assert refused.returncode == 2
    (line,) = refused.stderr.splitlines()
    assert why in line


def test_a_search_has_no_older_list(pabal: Pabal) -> None:
    keys = {f"PABAL_KEY_{each}".upper(): "k" for each in sources()[SEARCHING].needs}

    refused = pabal("backfill", SEARCHING, "--from", "2026-01-01", **keys)

    assert (refused.returncode, "a search has no older list" in refused.stderr) == (2, True)


def test_a_key_that_is_missing_is_named(pabal: Pabal) -> None:
    needing, source = next((name, each) for name, each in sources().items() if each.needs)

    refused = pabal("backfill", needing, "--from", "2026-01-01")

    assert refused.returncode == 2
    assert f"PABAL_KEY_{source.needs[0]}".upper() in refused.stderr
