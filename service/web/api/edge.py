"""What every answer of the API goes through: its tag, what is still allowed, bodies of a bound."""

from __future__ import annotations

from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web.api.gate import Allowance
from service.web.typed import has_tagged

_LARGEST = 65_536  # bytes of a body
_OK, _SAME, _TOO_LARGE = 200, 304, 413
_NOT_WITH_SAME = ("content-length", "content-type", "content-encoding")


class Edge:
    """Plain ASGI. A whole answer to GET has an ETag and is not sent twice; HEAD is GET's head.

    What streams has no length and no tag, and is not held up.
    """

    def __init__(self, app: ASGIApp) -> None:
        """``app`` is what answers."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        is_head = scope["method"] == "HEAD"
        state["is_head"] = is_head
        asked = {**scope, "method": "GET"} if is_head else scope
        out = _Out(send, Headers(scope=scope), state, is_head, is_get=asked["method"] == "GET")
        await self._app(asked, _bounded(receive), out)


class _Out:
    """The way out of one answer."""

    def __init__(
        self, send: Send, asked: Headers, state: dict[str, object], is_head: bool, *, is_get: bool
    ) -> None:
        self._send, self._asked, self._state = send, asked, state
        self._is_head, self._is_get = is_head, is_get
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            self._finish(headers)
            whole = "content-length" in headers and message["status"] == _OK
            if self._is_get and whole and "etag" not in headers:
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._tagged(self._start)
            return
        elif self._is_head:
            message = {**message, "body": b""}
        await self._send(message)

    def _finish(self, headers: MutableHeaders) -> None:
        allowance = self._state.get("allowance")
        if isinstance(allowance, Allowance):
            for name, value in allowance.headers.items():
                headers.setdefault(name, value)
        headers.setdefault("Cache-Control", "private, no-cache")
        headers.add_vary_header("Authorization")

    async def _tagged(self, start: Message) -> None:
        # Weak: what is sent may be compressed on its way.
        tag = f'W/"{sha256(self._body).hexdigest()[:32]}"'
        headers = MutableHeaders(scope=start)
        headers["ETag"] = tag
        if has_tagged(self._asked, tag):
            for name in _NOT_WITH_SAME:
                del headers[name]
            start = {**start, "status": _SAME, "headers": headers.raw}
            self._body = b""
        await self._send(start)
        body = b"" if self._is_head else self._body
        await self._send({"type": "http.response.body", "body": body})


def _bounded(receive: Receive) -> Receive:
    """The same body; too large a one ends in an error within the application."""
    size = 0

    async def received() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > _LARGEST:
            raise HTTPException(_TOO_LARGE)
        return message

    return received
