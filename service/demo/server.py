"""The replica on loopback: one server for every site, told apart by the Host header."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.demo.sink import PREFIX, Sink
from service.demo.sites import korea_kr, mofa, mss, news
from service.demo.sites.web import NOT_FOUND, Ask, Reply
from service.demo.world import World

HOST = "127.0.0.1"
HOSTS: Mapping[str, Callable[[World, Ask], Reply]] = {
    "www.korea.kr": korea_kr.answer,
    "www.mss.go.kr": mss.answer,
    "www.mofa.go.kr": mofa.answer,
    "rss.etoday.co.kr": news.etoday,
    "www.yna.co.kr": news.yna,
    "www.mk.co.kr": news.mk,
}


class Replica:
    """Plain ASGI: the sink by path, everything else by host."""

    def __init__(self, world: World, sink: Sink | None = None) -> None:
        """The sites of ``world``, and the ``sink`` beside them."""
        self._world = world
        self._sink = sink

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._sink is not None and scope["path"].startswith(PREFIX):
            await self._sink(scope, receive, send)
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        host = headers.get("host", "").partition(":")[0].lower()
        reply = self._answer(scope, host, headers)
        self._world.show(reply.shown, time.time())
        kind = None if reply.status == HTTPStatus.NOT_MODIFIED else reply.type
        await Response(reply.body, reply.status, dict(reply.headers), kind)(scope, receive, send)

    def _answer(self, scope: Scope, host: str, headers: dict[str, str]) -> Reply:
        answer = HOSTS.get(host)
        if answer is None:
            return NOT_FOUND
        if scope["method"] not in {"GET", "HEAD"}:
            return Reply(b"", status=405)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        return answer(self._world, Ask(scope["path"], query, headers))
