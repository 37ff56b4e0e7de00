"""Whose turn it is at a host."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from scrapers.connections import legacy_tls
from scrapers.keys import Keys
from scrapers.wire import Limits, Wire, _Host


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


async def test_old_servers_are_met_with_certificates_checked_and_apart_from_all_others() -> None:
    wire = Wire(agent="Pabal", replica=None, pace=1, limits=Limits(), keys=Keys({}))
    old, new = wire._transport_to("www.semas.or.kr"), wire._transport_to("www.kotra.or.kr")
    assert old is wire._transport_to("www.semas.or.kr")
    assert new is wire._transport_to("semas.or.kr")
    assert old is not new
    context = legacy_tls()
    assert context.options & 0x4
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    await wire.aclose()


@pytest.mark.parametrize("host", ["www.semas.or.kr", "www.kotra.or.kr"])
async def test_a_replica_stands_in_for_old_servers_too(host: str) -> None:
    wire = Wire(agent="Pabal", replica="http://127.0.0.1:1", pace=1, limits=Limits(), keys=Keys({}))
    assert wire._transport_to(host) is wire._transport
    await wire.aclose()


async def test_hosts_that_rested_for_an_hour_are_forgotten_when_new_ones_come() -> None:
    wire = Wire(agent="Pabal", replica=None, pace=1, limits=Limits(), keys=Keys({}))
    for name in (b"old.example.kr", b"late.example.kr"):
        async with wire._host(name).turn(0, urgent=False):
            pass
    wire._host(b"old.example.kr")._ended -= 3_601
    async with wire._host(b"busy.example.kr").turn(0, urgent=False):
        wire._host(b"busy.example.kr")._ended -= 3_601
        new = wire._host(b"new.example.kr")

        assert wire._host(b"new.example.kr") is new
        assert set(wire._hosts) == {b"late.example.kr", b"busy.example.kr", b"new.example.kr"}
    await wire.aclose()
