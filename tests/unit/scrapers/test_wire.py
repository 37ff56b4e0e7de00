"""Whose turn it is at a host."""

from __future__ import annotations

import asyncio

import pytest

from scrapers.errors import Throttled
from scrapers.hosts import Host, Hosts

URL = "https://a.example/list"


async def ask(host: Host, name: str, order: list[str], *, urgent: bool = False) -> None:
    async with host.turn(0.0, url=URL, urgent=urgent):
        order.append(name)
        await asyncio.sleep(0)


async def test_the_urgent_go_before_others_that_wait_and_each_kind_in_order() -> None:
    host, order = Host(), list[str]()
    async with host.turn(0.0, url=URL, urgent=False):
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
    host, order = Host(), list[str]()
    async with host.turn(0.0, url=URL, urgent=False):
        leaving = asyncio.create_task(ask(host, "left", order, urgent=True))
        staying = asyncio.create_task(ask(host, "stayed", order))
        await asyncio.sleep(0)
        leaving.cancel()
    await asyncio.wait_for(staying, 5)
    assert order == ["stayed"]


async def test_whoever_leaves_just_as_the_turn_comes_passes_it_on() -> None:
    host, order = Host(), list[str]()
    async with host.turn(0.0, url=URL, urgent=False):
        leaving = asyncio.create_task(ask(host, "left", order))
        staying = asyncio.create_task(ask(host, "stayed", order))
        await asyncio.sleep(0)
    leaving.cancel()  # its turn was given, and it has not run since
    await asyncio.wait_for(staying, 5)
    assert order == ["stayed"]
    await asyncio.wait_for(ask(host, "later", order), 5)
    assert order == ["stayed", "later"]


async def test_a_host_that_asked_for_rest_is_left_alone_by_those_who_wait_already_too() -> None:
    host = Host()
    async with host.turn(0.0, url=URL, urgent=False):
        waiting = asyncio.create_task(ask(host, "waited", []))
        await asyncio.sleep(0)
        host.rest(90.0)
    for asking in (waiting, ask(host, "later", [], urgent=True)):
        with pytest.raises(Throttled, match="left alone for 90 more seconds") as raised:
            await asking
        assert raised.value.retry_after == pytest.approx(90, abs=5)
        assert raised.value.url == URL


async def test_no_host_is_left_alone_for_more_than_an_hour() -> None:
    host, order = Host(), list[str]()
    host.rest(1e9)
    with pytest.raises(Throttled) as raised:
        await ask(host, "too early", order)
    assert raised.value.retry_after is not None
    assert raised.value.retry_after <= 3_600
    host.rest(0.0)
    await ask(host, "after it", order)
    assert order == ["after it"]


async def test_hosts_that_rested_for_an_hour_are_forgotten_when_new_ones_come() -> None:
    hosts = Hosts()
    old, late, busy, new = (
        f"{name}.example.kr".encode() for name in ("old", "late", "busy", "new")
    )
    for name in (old, late):
        async with hosts.of(name).turn(0, url=URL, urgent=False):
            pass
    hosts.of(old)._ended -= 3_601
    async with hosts.of(busy).turn(0, url=URL, urgent=False):
        hosts.of(busy)._ended -= 3_601
        known = hosts.of(new)

        assert hosts.of(new) is known
        assert set(hosts._known) == {late, busy, new}
