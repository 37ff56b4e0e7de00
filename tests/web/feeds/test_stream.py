"""Server-sent events over a real server, as a newsroom's program listens to them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import make_url

from service.store.told import Told
from service.web.entries import alert_of
from service.web.serve import serving
from service.worded import Words
from service.work import connect

PATIENCE = 20.0


class Listener:
    """One line; ``event`` takes one event after the other. To close ``client`` is to hang up."""

    def __init__(self, answer: httpx.Response, client: httpx.AsyncClient) -> None:
        self.answer = answer
        self.client = client
        self._lines = answer.aiter_lines()

    async def line(self) -> str:
        return await asyncio.wait_for(anext(self._lines), PATIENCE)

    async def until(self, start: str) -> str:
        """What follows ``start`` in the next line that begins with it."""
        while not (line := await self.line()).startswith(start):
            pass
        return line.removeprefix(start)

    async def event(self) -> tuple[str, Any]:
        """Id and data of the next event."""
        return await self.until("id: "), json.loads(await self.until("data: "))

    async def title(self) -> str:
        return str((await self.event())[1]["title"])


Listen = Callable[..., Awaitable[Listener]]


@pytest.fixture
async def listen(house: Any) -> AsyncIterator[Listen]:
    """``await listen()``: a line of the subscription that is open, to a real server."""
    house.stream._pause = 0.05
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serving(house.app, "127.0.0.1", 0))
        stack.push_async_callback(house.stream.aclose)

        async def listen(last: str = "", *, read: bool = True) -> Listener:
            client = await stack.enter_async_context(httpx.AsyncClient(timeout=PATIENCE))
            headers = {"last-event-id": last} if last else {}
            line = client.stream("GET", f"{address}/stream/{house.token}", headers=headers)
            listener = Listener(await stack.enter_async_context(line), client)
            if read and listener.answer.status_code == 200:
                await listener.until("retry: ")
                await opened(house)
            return listener

        yield listen


async def opened(house: Any) -> None:
    """Until what comes from now on goes to whoever listens."""
    while not all(each.open for each in house.stream._groups.values()):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_what_is_owed_is_heard_as_a_webhook_would_have_it(house: Any, listen: Listen) -> None:
    await house.told(title="전에")
    listener = await listen()
    headers = listener.answer.headers
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-accel-buffering"] == "no"

    number = await house.told(title="두 줄\n제목")
    got = await listener.event()

    told = Told(house.database)
    (item,) = await told.these([(house.mine, number)])
    reader = await told.reader(house.mine)
    assert reader is not None
    words = Words(house.signer, "https://pabal.example")
    alert = json.loads(json.dumps(asdict(alert_of(item, reader, words))))
    assert got == (f"{number}-0", alert)
    assert alert["title"] == "두 줄\n제목"
    assert alert["dismiss"].startswith("https://pabal.example/dismiss/")


async def test_what_waits_for_a_digest_is_heard_at_once_and_not_again_with_it(
    house: Any, listen: Listen
) -> None:
    listener = await listen()
    waits = await house.telling(title="기다림")
    await house.run(
        """INSERT INTO waiting (telling_id, subscription_id, window_at)
           VALUES (:telling, :mine, now())""",
        telling=waits,
        mine=house.mine,
    )
    assert await listener.title() == "기다림"
    await house.owe(waits)  # it was alone in its window
    await house.told(title="다음")
    assert await listener.title() == "다음"


async def test_what_began_earlier_and_is_committed_later_is_not_passed_over(
    house: Any, listen: Listen, migrated_url: str
) -> None:
    early, late = await house.telling(title="먼저 시작"), await house.telling(title="나중 시작")
    listener = await listen()
    connection = await connect(migrated_url)
    slow = connection.transaction()
    await slow.start()
    await connection.execute(
        """INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel)
           VALUES ($1, $2, $3, 'console')""",
        early,
        house.mine,
        house.endpoint,
    )
    await house.owe(late)
    last, said = await listener.event()
    assert said["title"] == "나중 시작"

    await slow.commit()
    await connection.close()
    assert await listener.title() == "먼저 시작"
    # Whoever had heard only the other one gets it when they come again.
    assert await (await listen(last)).title() == "먼저 시작"


async def test_whoever_comes_again_misses_nothing_and_hears_nothing_twice(
    house: Any, listen: Listen
) -> None:
    listener = await listen()
    for title in ("하나", "둘"):
        await house.told(title=title)
        last, _ = await listener.event()
    await listener.client.aclose()
    await house.told(title="셋")

    again = await listen(last)
    assert await again.title() == "셋"
    await house.told(title="넷")
    assert await again.title() == "넷"


async def test_another_process_goes_on_from_the_last_event(house: Any, listen: Listen) -> None:
    first = await house.told(title="하나")
    await house.run("UPDATE delivery SET created_at = now() - interval '2h'")
    second = await house.told(title="둘")
    await house.run("UPDATE delivery SET created_at = now() - interval '1h' WHERE telling_id = :id",
                    id=second)  # fmt: skip
    assert await (await listen(f"{first}-0")).title() == "둘"
    # Of what nobody had here nothing is known: all of the last days is told.
    assert await (await listen("999-0")).title() == "하나"


async def test_an_embargo_is_heard_when_it_lifts(house: Any, listen: Listen) -> None:
    number = await house.told(title="엠바고")
    await house.run("UPDATE delivery SET created_at = now() - interval '3h'")
    await house.run("UPDATE telling SET embargo_until = now() + interval '1h'")
    listener = await listen()
    await house.told(title="다른 것")
    assert await listener.title() == "다른 것"
    await house.run("UPDATE telling SET embargo_until = now() WHERE id = :id", id=number)
    assert await listener.title() == "엠바고"


async def test_an_address_has_so_many_lines_and_gets_back_those_that_hang_up(
    house: Any, listen: Listen
) -> None:
    lines = [await listen() for _ in range(5)]
    refused = await listen()
    assert refused.answer.status_code == 429
    assert refused.answer.headers["retry-after"] == "60"

    await lines[0].client.aclose()
    while (await listen(read=False)).answer.status_code == 429:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await house.told(title="모두에게")
    assert [await each.title() for each in lines[1:]] == ["모두에게"] * 4


async def test_a_silent_line_beats(house: Any, listen: Listen) -> None:
    house.stream._beat = 0.05
    listener = await listen()
    assert await listener.until(":") == ""


async def test_a_line_ends_when_its_address_does(house: Any, listen: Listen) -> None:
    listener = await listen()
    await house.run("UPDATE subscription SET feed_epoch = 1")
    await house.stream._check()
    with suppress(StopAsyncIteration):
        while await listener.line() is not None:
            pass
    assert listener.answer.is_stream_consumed
    assert (await listen()).answer.status_code == 404


async def test_lines_end_whole_when_the_house_closes(house: Any, listen: Listen) -> None:
    listener = await listen()
    await house.stream.aclose()
    with suppress(StopAsyncIteration):
        while await listener.line() is not None:  # a line that broke off would raise
            pass
    assert (await listen()).answer.status_code == 429


async def test_a_database_that_went_away_is_waited_for(house: Any, listen: Listen) -> None:
    listener = await listen()
    name = make_url(house.database.engine.url).database
    await house.run(
        """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
           WHERE datname = :name AND pid <> pg_backend_pid()""",
        name=name,
    )
    await house.told(title="돌아온 뒤")
    assert await listener.title() == "돌아온 뒤"
