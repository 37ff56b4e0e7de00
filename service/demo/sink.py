"""A receiver of webhooks that writes down what it got."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PREFIX = "/sink/"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One message as it came in, at a real time (``time.time()``).

    ``name`` is the last part of the address. ``valid``: the signature was right and the body a
    JSON object; otherwise ``payload`` is empty.
    """

    message_id: str
    at: float
    name: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    valid: bool = True


class Sink:
    """ASGI: POST /sink/{name}. Takes a signed message with 204, an unsigned one is told 401.

    ``receipts`` are the messages in order of arrival, which go on being there after the server has
    stopped. ``delay`` is how many seconds each answer takes.
    """

    def __init__(self, secret: str) -> None:
        """``secret`` as Standard Webhooks writes it: ``whsec_`` and base64."""
        self.receipts: list[Receipt] = []
        self.delay = 0.0
        self._webhook = Webhook(secret)

    def taken(self) -> list[Receipt]:
        """The messages taken over, in order of arrival, repeats included."""
        return [receipt for receipt in self.receipts if receipt.valid]

    def ids(self) -> list[str]:
        """Their ids."""
        return [receipt.message_id for receipt in self.taken()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        response = Response(status_code=405)
        if request.method == "POST":
            response = await self._answer(request)
        if self.delay:
            await asyncio.sleep(self.delay)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        receipt = self._receipt(request, await request.body())
        self.receipts.append(receipt)
        return Response(status_code=204 if receipt.valid else 401)

    def _receipt(self, request: Request, body: bytes) -> Receipt:
        payload = self._open(body, request)
        return Receipt(
            request.headers.get("webhook-id", ""),
            time.time(),
            request.url.path.removeprefix(PREFIX),
            payload or {},
            valid=payload is not None,
        )

    def _open(self, body: bytes, request: Request) -> dict[str, Any] | None:
        """The body of a message that is signed well, None for any other."""
        try:
            self._webhook.verify(body, dict(request.headers), json_parse=False)
            payload = json.loads(body)
        except (WebhookVerificationError, ValueError):
            return None
        return payload if isinstance(payload, dict) else None
