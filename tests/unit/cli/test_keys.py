from __future__ import annotations

import pytest

from tests.commands import Pabal


@pytest.mark.parametrize(
    "typed",
    [
        ("make", "a@example.kr", "표", "--days", "3000000"),
        ("make", "a@example.kr", "표", "--days", "1000000000"),
        ("exchange", "a@example.kr", "1", "--hours", "1000000000000"),
        ("exchange", "a@example.kr", "99999999999999999999"),
        ("revoke", "a@example.kr", "99999999999999999999"),
    ],
)
def test_a_number_that_the_store_cannot_keep_is_refused(
    pabal: Pabal, typed: tuple[str, ...]
) -> None:
    done = pabal("keys", *typed)

    assert done.returncode == 2
    assert "Invalid value" in done.stderr
