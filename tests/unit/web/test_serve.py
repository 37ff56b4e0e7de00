"""A server that is asked to stop answers what it has begun."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from service.errors import BadSetting
from service.web.serve import address_at, serving


async def test_what_was_begun_is_answered_and_nothing_new_is_taken() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Request) -> PlainTextResponse:
        begun.set()
        await go_on.wait()
        return PlainTextResponse("whole")

    stack = AsyncExitStack()
    base = await stack.enter_async_context(
        serving(Starlette(routes=[Route("/", slow)]), "127.0.0.1", 0)
    )
    async with asyncio.timeout(30), httpx.AsyncClient(base_url=base) as client:
        asked = asyncio.create_task(client.get("/"))
        await begun.wait()
        leaving = asyncio.create_task(stack.aclose())
        await asyncio.sleep(0.3)  # uvicorn looks ten times a second whether it is to leave
        assert not leaving.done()
        go_on.set()
        assert (await asked).text == "whole"
        await leaving


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [(None, "127.0.0.1"), ("10.0.0.0/8", "127.0.0.1"), ("127.0.0.0/8", "192.0.2.7")],
)
async def test_a_proxy_is_believed_for_whom_it_asks_where_it_is_ours(
    proxies: str | None, seen: str
) -> None:
    async def client_of(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.client.host if request.client else "")

    app = Starlette(routes=[Route("/", client_of)])
    async with serving(app, "127.0.0.1", 0, proxies) as base, httpx.AsyncClient() as client:
        said = {"X-Forwarded-For": "203.0.113.9, 192.0.2.7"}  # the first is what anybody wrote
        assert (await client.get(base, headers=said)).text == seen


@pytest.mark.parametrize("host", ["nonsense.invalid", "192.0.2.7"])
async def test_a_host_that_is_none_of_ours_is_refused_by_its_setting(host: str) -> None:
    with pytest.raises(BadSetting, match="PABAL_OPS_HOST"):
        async with serving(Starlette(), host, 0, what="OPS_"):
            pass


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("", "http://127.0.0.1:8080"),
        ("2001:db8::7", "http://[2001:db8::7]:8080"),
        ("192.0.2.7", "http://192.0.2.7:8080"),
    ],
)
def test_an_address_is_one_that_a_browser_here_can_open(host: str, address: str) -> None:
    assert address_at(host, 8080) == address
