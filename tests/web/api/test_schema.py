"""What the OpenAPI allows and forbids is tried: nothing of it is a failure of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.web.api.fuzz import checked, served


@pytest.mark.fault(21)
async def test_no_check_of_the_openapi_fails(
    migrated_url: str, measured: Callable[..., None]
) -> None:
    async with served(migrated_url) as (address, key):
        report = await asyncio.to_thread(
            checked, address, key, examples=2, seed=7, phases=["examples", "fuzzing"]
        )

    measured(requests=report.cases.total(), errors=report.failed_here)
    assert report.failures == {}
    assert report.failed_here == 0
    assert report.cases.total() > 50
