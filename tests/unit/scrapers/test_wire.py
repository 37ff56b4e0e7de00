"""Whose turn it is at a host."""

from __future__ import annotations

import asyncio

from scrapers.wire import _Host


async def ask(host: _Host, name: str, order: list[str], *, urgent: bool = False) -> None:
    async with host.turn(0.0, urgent=urgent):
        order.append(name)
        await asyncio.sleep(0)


async def test_the_urgent_go_before_others_that_wait_and_each_kind_in_order() -> None:
    host, order = _Host(), list[str]()
    async with host.turn(0.0, urgent=False):
        asking = [
            asyncio.create_task(ask(host, "list 1", order)),
            asyncio.create_task(ask(host, "list 2", order)),
            asyncio.create_task(ask(host, "news 1", order, urgent=True)),
            asyncio.create_task(ask(host, "news 2", order, urgent=True)),
        ]
        await asyncio.sleep(0)
        assert order == []
    await asyncio.gather(*asking)
    assert order == ["news 1", "news 2", "list 1", "list 2"]


async def test_whoever_leaves_while_waiting_blocks_nobody() -> None:
    host, order = _Host(), list[str]()
    async with host.turn(0.0, urgent=False):
        leaving = asyncio.create_task(ask(host, "left", order, urgent=True))
        staying = asyncio.create_task(ask(host, "stayed", order))
        await asyncio.sleep(0)
        leaving.cancel()
    await asyncio.wait_for(staying, 5)
    assert order == ["stayed"]


async def test_whoever_leaves_just_as_the_turn_comes_passes_it_on() -> None:
    host, order = _Host(), list[str]()
    async with host.turn(0.0, urgent=False):
        leaving = asyncio.create_task(ask(host, "left", order))
        staying = asyncio.create_task(ask(host, "stayed", order))
        await asyncio.sleep(0)
    leaving.cancel()  # its turn was given, and it has not run since
    await asyncio.wait_for(staying, 5)
    assert order == ["stayed"]
    await asyncio.wait_for(ask(host, "later", order), 5)
    assert order == ["stayed", "later"]
