"""Where a mail provider tells what became of our mail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from service.web.shell import Shell
from service.web.tokens import there

log = structlog.get_logger()

Heard = Callable[[bytes], Awaitable[int]]

_LARGEST = 1_000_000  # bytes
_ASKS = b'"SubscribeURL"'  # Amazon SNS, before it tells anything
_SHOWN = 2_000


def add_bounces(app: FastAPI, house: Shell, heard: Heard) -> None:
    """Add the route to ``app``. ``heard``: settles a body, returns how many mails it was about."""

    @app.post("/bounces/{token}")
    async def told(request: Request, token: str) -> Response:
        there(house.signer.read("bounces", token))
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST:
                return JSONResponse({"status": "too large"}, status_code=413)
        if _ASKS in body:  # a person follows it, and only if they asked for it
            log.warning("bounces.asked", said=body[:_SHOWN].decode("utf-8", "replace"))
        return JSONResponse({"settled": await heard(body)})
