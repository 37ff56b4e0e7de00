"""The series that a ministry goes on with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from service.store.database import Database
from service.store.ministries import Ministries

Add = Callable[..., Awaitable[int]]

NOW = datetime.now(UTC)


async def test_series_come_with_their_occasions_oldest_first_and_once_an_event(
    database: Database, add: Add
) -> None:
    async def told(series: str, days: int, number: int | None = None, **values: object) -> None:
        story = await add("story")
        for _ in range(2):  # a copy of it too
            fields = {
                "publishers": ["mss"], "kind": "release", "story_id": story,
                "published_at": NOW - timedelta(days=days),
            }  # fmt: skip
            article = await add("article", **(fields | values))
            await add("mention", article_id=article, series=series, round=number)

    await told("정책협의회", 60, 1)
    await told("정책협의회", 30, 2)
    for days in (1, 2, 3):
        await told("동행축제", days)
    await told("한 번뿐", 5)
    await told("정책협의회", 1, 3, embargo_until=NOW + timedelta(days=1))
    await told("남의 일", 5, publishers=["kcs"])
    await told("남의 일", 6, publishers=["kcs"])

    found = await Ministries(database).series("mss")

    assert [(each.name, len(each.occasions)) for each in found] == [
        ("동행축제", 3), ("정책협의회", 2),
    ]  # fmt: skip
    assert [each.round for each in found[1].occasions] == [1, 2]
