"""Deliver: every message by itself, whatever becomes of the others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import timedelta

import asyncpg
import pytest

from notifier.errors import EndpointGone, SendError, TryAgain, Undeliverable
from notifier.model import Alert, Channel, File, Hit, Message, Receipt
from service.deliver import IN_FLIGHT, Deliver
from service.pace import SEND_LADDER
from service.store.database import Database
from service.store.deliveries import Deliveries

ALERT = Alert(
    subscription="무역",
    title="수출 상담회",
    url="https://a.example/1",
    publisher="관세청",
    source="a",
    published_at="2026-11-20T09:00:00+09:00",
    published_precision="minute",
    summary="요약",
    hits=(Hit("수출", "수출 상담", ((0, 2),)),),
    topics=("수출·해외진출",),
    contacts=("수출과 사무관 나한솔 044-000-0000",),
    files=(File("안내.hwpx", "https://a.example/f"),),
    extract="수출 상담회를 연다.",
)

AddArticle = Callable[..., Awaitable[int]]
Owe = Callable[..., Awaitable[int]]


class Way:
    """A channel that does with each address what it is told: hangs, fails, or takes it over."""

    def __init__(self) -> None:
        self.fails: dict[str, Exception] = {}
        self.hangs: dict[str, asyncio.Event] = {}
        self.begun: list[Message] = []
        self.taken: list[str] = []
        self.under_way = self.most = 0
        self.expected = 0
        self.all_taken = asyncio.Event()

    async def send(self, message: Message) -> Receipt:
        self.begun.append(message)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self._carry(message.address)
        finally:
            self.under_way -= 1
        self.taken.append(message.address)
        if len(self.taken) == self.expected:
            self.all_taken.set()
        return Receipt("204")

    async def _carry(self, address: str) -> None:
        await asyncio.sleep(0)
        if address in self.fails:
            raise self.fails[address]
        if address in self.hangs:
            await self.hangs[address].wait()

    async def aclose(self) -> None: ...

    def check_address(self, address: str) -> None: ...


@pytest.fixture
def way() -> Way:
    return Way()


@pytest.fixture
def deliver(database: Database, way: Way) -> Deliver:
    ways: dict[str, Channel] = {"way": way}
    return Deliver(Deliveries(database), ways, pace=1.0)


@pytest.fixture
def owe(add_article: AddArticle, sql: asyncpg.Connection) -> Owe:
    """``await owe("x")``: a new delivery to the address ``x``; its id."""

    async def owe(address: str, channel: str = "way", attempts: int = 0) -> int:
        article_id = await add_article()
        made = await sql.fetchval(
            """
            WITH s AS (INSERT INTO story DEFAULT VALUES RETURNING id),
            u AS (INSERT INTO subscription (name) VALUES ('구독 ' || $2) RETURNING id),
            e AS (INSERT INTO endpoint (subscription_id, channel, address)
                  SELECT id, $3, $1 FROM u RETURNING id, subscription_id)
            INSERT INTO delivery (message_id, story_id, subscription_id, endpoint_id, article_id,
                                  alert, attempts)
            SELECT 'msg_' || $2, s.id, e.subscription_id, e.id, $2::text::bigint, $4, $5
            FROM s, e RETURNING id
            """,
            address,
            str(article_id),
            channel,
            json.dumps(asdict(ALERT)),
            attempts,
        )
        return int(made)

    return owe


async def outcomes(sql: asyncpg.Connection) -> dict[str, str | None]:
    rows = await sql.fetch(
        "SELECT address, outcome FROM delivery JOIN endpoint ON endpoint.id = endpoint_id"
    )
    return {row["address"]: row["outcome"] for row in rows}


async def test_a_message_says_what_is_owed_and_keeps_its_id_between_tries(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("x")
    way.fails["x"] = TryAgain("503")
    await deliver.deliver()
    del way.fails["x"]
    await sql.execute("UPDATE delivery SET due_at = now()")

    await deliver.deliver()

    message_id = await sql.fetchval("SELECT message_id FROM delivery")
    assert way.begun == [Message(message_id, "x", None, ALERT, n) for n in (1, 2)]
    assert await outcomes(sql) == {"x": "sent"}
    rows = await sql.fetch("SELECT outcome, detail FROM attempt ORDER BY number")
    assert [tuple(row) for row in rows] == [("later", "503"), ("sent", "204")]


async def test_what_an_older_or_a_newer_version_owed_is_sent_with_the_facts_we_know(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("old")
    new = ["kind", "embargo", "apply_by", "changes", "topics", "contacts", "files", "extract"]
    await sql.execute("UPDATE delivery SET alert = (alert - $1::text[]) #- '{hits,0,marks}'", new)
    await owe("new")
    await sql.execute("UPDATE delivery SET alert = alert || '{\"mood\": 1}' WHERE alert ? 'kind'")

    await deliver.deliver()

    old = replace(
        ALERT, hits=(Hit("수출", "수출 상담"),), topics=(), contacts=(), files=(), extract=""
    )
    assert [each.alert for each in way.begun] == [old, ALERT]
    assert await outcomes(sql) == {"old": "sent", "new": "sent"}


async def test_nothing_due_is_nothing_to_do(deliver: Deliver, way: Way) -> None:
    await deliver.deliver()

    assert way.begun == []


async def test_a_slow_receiver_holds_up_only_its_own_message(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    way.hangs["slow"] = asyncio.Event()
    way.expected = 3 * IN_FLIGHT
    await owe("slow")
    for n in range(way.expected):
        await owe(f"x{n}")

    working = asyncio.create_task(deliver.deliver())
    async with asyncio.timeout(20):
        await way.all_taken.wait()
        assert (await outcomes(sql))["slow"] is None
        way.hangs["slow"].set()
        await working

    assert way.taken[-1] == "slow"
    assert set((await outcomes(sql)).values()) == {"sent"}
    assert len(way.begun) == way.expected + 1
    assert way.most == IN_FLIGHT


@pytest.mark.parametrize(("before", "wait"), list(enumerate(SEND_LADDER)))
async def test_a_passing_failure_climbs_the_ladder(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection, before: int, wait: float
) -> None:
    await owe("x", attempts=before)
    way.fails["x"] = TryAgain("503")

    await deliver.deliver()

    rest = await sql.fetchval("SELECT due_at - now() FROM delivery")
    assert timedelta(seconds=wait * 0.7) < rest <= timedelta(seconds=wait * 1.1)
    assert await outcomes(sql) == {"x": None}
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0


async def test_after_the_last_rung_a_message_is_a_dead_letter(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("x", attempts=len(SEND_LADDER))
    way.fails["x"] = TryAgain("503")

    await deliver.deliver()

    assert await outcomes(sql) == {"x": "dead"}
    row = await sql.fetchrow("SELECT kind, subject, detail FROM ops_item")
    assert tuple(row) == ("dead-letter", "way x", "503")


async def test_a_receiver_that_says_when_to_come_again_is_obeyed_where_it_asks_for_more(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("patient")
    way.fails["patient"] = TryAgain("429", retry_after=777.0)
    await owe("hasty")
    way.fails["hasty"] = TryAgain("429", retry_after=1.0)

    await deliver.deliver()

    rows = await sql.fetch("SELECT due_at - now() AS rest FROM delivery ORDER BY id")
    patient, hasty = (row["rest"].total_seconds() for row in rows)
    assert 767.0 < patient <= 777.0
    assert 1.0 < hasty <= 5.5


@pytest.mark.parametrize(
    ("error", "off"),
    [(Undeliverable("400"), False), (EndpointGone("410"), True), (SendError("?"), False)],
    ids=["undeliverable", "gone", "unnamed"],
)
async def test_a_refusal_is_a_dead_letter_and_410_switches_the_endpoint_off(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection, error: SendError, off: bool
) -> None:
    await owe("x")
    await owe("y")
    way.fails["x"] = error

    await deliver.deliver()

    assert await outcomes(sql) == {"x": "dead", "y": "sent"}
    rows = await sql.fetch("SELECT address, switched_off_why FROM endpoint ORDER BY address")
    assert [tuple(row) for row in rows] == [("x", "410" if off else None), ("y", None)]
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 1


async def test_a_channel_that_nobody_has_is_a_dead_letter(
    deliver: Deliver, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("x", channel="pigeon")
    await owe("y")

    await deliver.deliver()

    assert await outcomes(sql) == {"x": "dead", "y": "sent"}
    assert "pigeon" in await sql.fetchval("SELECT detail FROM ops_item")


async def test_a_message_whose_sending_breaks_costs_no_other(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    for n in range(IN_FLIGHT + 2):
        await owe(f"x{n}")
    way.fails["x0"] = ZeroDivisionError()

    with pytest.raises(ExceptionGroup) as broken:
        await deliver.deliver()

    assert [type(each) for each in broken.value.exceptions] == [ZeroDivisionError]
    told = await outcomes(sql)
    assert told.pop("x0") is None  # its lease runs out, and it is tried again
    assert set(told.values()) == {"sent"}
    assert len(way.begun) == IN_FLIGHT + 2


async def test_a_message_whose_sending_breaks_every_time_is_given_up(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("x", attempts=len(SEND_LADDER) + 1)

    await deliver.deliver()

    assert way.begun == []
    assert await outcomes(sql) == {"x": "dead"}
    assert await sql.fetchval("SELECT kind FROM ops_item") == "dead-letter"


async def test_a_worker_that_is_stopped_lets_its_messages_go(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    way.hangs["slow"] = asyncio.Event()
    way.expected = 1
    await owe("slow")
    await owe("x")
    working = asyncio.create_task(deliver.deliver())
    async with asyncio.timeout(20):
        await way.all_taken.wait()
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working

    assert way.under_way == 0
    assert (await outcomes(sql))["slow"] is None
    open_attempts = await sql.fetchval("SELECT count(*) FROM attempt WHERE finished_at IS NULL")
    assert open_attempts >= 1  # after a crash it says "unknown"
