"""The short form of ``make quarter``: a week of a few people, with all that happens in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.quarter.quarter import lived
from tests.quarter.world import Kill, world


@pytest.mark.fault(22)
@pytest.mark.fault(9)
@pytest.mark.slow
async def test_a_week_of_digests_and_reminders_comes_as_the_oracle_says(database_url: str) -> None:
    week = world(6, 15, seed=7, tick=timedelta(minutes=30))
    assert sum(isinstance(each, Kill) for _, events in week.script for each in events) == 3

    score = await lived(week, database_url, seed=7)

    assert not score.wrong, "\n".join(score.lines)
