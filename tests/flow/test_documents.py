"""What stands only in the attachment: it is told, and not before its embargo lifts."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.demo.sink import Receipt, Sink
from service.demo.sites import files
from service.demo.world import Release, World
from service.store.database import Database
from service.store.evidence import Evidence
from service.store.releases import Release as Told
from service.store.releases import Releases
from service.work import connect

Until = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]
Subscribe = Callable[..., Awaitable[None]]

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime.now(SEOUL)
TEXT = "수출 바우처 신청을 받는다고 밝혔다.\n" + "자세한 내용. " * 40
WHOLE = Release(
    156_000_004, "관세청", "수출 바우처 안내", TEXT, NOW, files=("자료.hwpx", "자료.pdf")
)

FATES = {  # by the release's number, of which the replica makes what becomes of its files
    156_000_004: ("농산물 전시", ["read", "spare"]),
    156_000_000: ("해외 인증", ["failed: not-fetched", "failed: no-text"]),
    156_000_001: ("통역 채용", ["failed: unsupported", "failed: no-text"]),
    156_000_002: ("선박 운송", ["failed: encrypted", "failed: no-text"]),
}
assert {number % files.EVERY_BAD_FILE for number in FATES} == {0, 1, 2, 4}


def lifts() -> datetime:
    """A full minute an hour from now: what a release-time box can print."""
    return (NOW + timedelta(hours=1)).replace(second=0, microsecond=0)


async def an_hour_passes(sql: asyncpg.Connection) -> None:
    """As if it were an hour later: what waits for the embargo comes due in three seconds."""
    early = lifts() - timedelta(seconds=3)
    async with sql.transaction():
        for table, column in (
            ("delivery", "due_at"),
            ("telling", "embargo_until"),
            ("pgqueuer", "execute_after"),
        ):
            await sql.execute(
                f"UPDATE {table} SET {column} = {column} - ($1 - now())"
                f" WHERE {column} > now() + interval '5 minutes'",
                early,
            )


def of(sink: Sink, name: str) -> list[Receipt]:
    return [each for each in sink.receipts if each.name == name]


@pytest.mark.usefixtures("service")
async def test_an_embargo_printed_in_the_document_holds_the_alert_back_but_for_the_newsroom(
    world: World,
    sink: Sink,
    database: Database,
    migrated_url: str,
    subscribe: Subscribe,
    until: Until,
) -> None:
    evidence = Evidence(database)
    await until(evidence.baselined)
    await subscribe("수출팀", "수출 바우처")
    await subscribe("편집국", "수출 바우처", embargoed="badge")

    world.publish(replace(WHOLE, embargo=lifts()), time.time())

    async def newsroom_is_told() -> bool:
        return len(of(sink, "편집국")) == 1 and len(await evidence.owed()) == 2

    await until(newsroom_is_told)
    badge = of(sink, "편집국")[0].payload["data"]["embargo"]
    assert badge == (
        f"엠바고 {lifts():%Y-%m-%d %H:%M}까지 · embargoed until {lifts():%Y-%m-%d %H:%M} KST"
    )
    sql = await connect(migrated_url)
    due = await sql.fetchval("SELECT due_at FROM delivery WHERE settled_at IS NULL")
    assert due == lifts()
    assert of(sink, "수출팀") == []

    await an_hour_passes(sql)
    lifted = await sql.fetchval("SELECT due_at FROM delivery WHERE settled_at IS NULL")
    await sql.close()

    async def everybody_is_told() -> bool:
        return len(of(sink, "수출팀")) == 1

    await until(everybody_is_told)
    told = of(sink, "수출팀")[0]
    assert lifted is not None
    assert lifted.timestamp() <= told.at < lifted.timestamp() + 8  # its own wake-up
    assert told.payload["data"]["embargo"] is None
    assert len(sink.receipts) == 2


@pytest.mark.usefixtures("service")
async def test_a_release_goes_on_whatever_becomes_of_its_files(
    world: World, sink: Sink, database: Database, subscribe: Subscribe, until: Until
) -> None:
    await until(Evidence(database).baselined)
    await subscribe("수출팀", "수출 바우처")
    for number, (about, _) in FATES.items():
        text = f"수출 바우처를 {about}에 쓴다고 밝혔다.\n" + f"{about}의 자세한 내용. " * 40
        release = replace(WHOLE, id=number, title=f"{about}에 쓰는 수출 바우처", text=text)
        world.publish(release, time.time())

    async def is_told() -> bool:
        return len(sink.receipts) >= len(FATES)

    await until(is_told)
    made = {
        int(each.url[-9:]): each
        for each in [await Releases(database).release(n) for n in range(1, 400)]
        if isinstance(each, Told) and each.url.endswith(tuple(map(str, FATES)))
    }
    assert len(sink.receipts) == len(FATES)
    for number, (_, states) in FATES.items():
        files_of, reading = made[number].files, made[number].reading
        assert [f"{f.state}: {f.reason}" if f.reason else f.state for f in files_of] == states
        assert reading is not None
        assert bool(reading.contacts) is (states[0] == "read")  # no other place names them


def test_the_page_of_the_replica_prints_the_embargo() -> None:
    at = datetime(2026, 5, 28, 1, 30, tzinfo=UTC).astimezone(SEOUL)
    held = list(files._blocks(replace(WHOLE, embargo=at)))

    assert held[1] == [["보도시점", "2026. 5. 28.(목) 10:30", "배포", files._printed(NOW)]]
