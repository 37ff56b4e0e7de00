"""One address in place of every publisher: for the demo, for tests, and for nobody else."""

from __future__ import annotations

import httpx


class Replica(httpx.AsyncBaseTransport):
    """Sends every request to one address; the client above keeps seeing the original URL."""

    def __init__(self, inner: httpx.AsyncBaseTransport, base: httpx.URL) -> None:
        self._inner = inner
        self._base = base

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """``request`` with its own Host header, over the replica's connection."""
        base = self._base
        copy = httpx.Request(
            request.method,
            request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        copy.headers["X-Forwarded-Proto"] = request.url.scheme
        return await self._inner.handle_async_request(copy)

    async def aclose(self) -> None:
        """Close the replica's connections."""
        await self._inner.aclose()
