"""The replica as tests need it: releases that change without a word, a sink that misbehaves."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from service.demo.server import Replica
from service.demo.sink import Receipt, Sink
from service.demo.world import Release, World


class Restless(World):
    """A world whose releases do not stay as they were published."""

    def amend(self, release: Release) -> None:
        """Put ``release`` in the place of the one of its number, without a word.

        Raises ValueError for one that was not published, or by another ministry, or elsewhere.
        """
        place = self._place.get(release.id)
        before = None if place is None else self._releases[place]
        shelves = before and (before.ministry, before.sites)
        if place is None or shelves != (release.ministry, release.sites):
            raise ValueError(f"release {release.id} does not stand there")
        self._releases[place] = release

    def withdraw(self, release_id: int) -> None:
        """Take a release off all its sites. Raises KeyError for one that is not there."""
        place = self._place.pop(release_id)
        for shelf in self._shelves.values():
            if place in shelf:
                shelf.remove(place)


class Watched(Replica):
    """A replica of which it is known what it was asked for: host, path, status."""

    def __init__(self, world: World, sink: Sink | None = None) -> None:
        """As of a replica."""
        super().__init__(world, sink)
        self.asked: list[tuple[str, str, int]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                host = dict(scope["headers"])[b"host"].decode()
                self.asked.append((host, scope["path"], message["status"]))
            await send(message)

        await super().__call__(scope, receive, told)


class Moody(Sink):
    """A sink that can be told to refuse messages, which are then among ``refused`` alone."""

    def __init__(self, secret: str) -> None:
        """As of a sink."""
        super().__init__(secret)
        self.refused: list[Receipt] = []
        self._failures: list[tuple[int, int | None]] = []

    def fail_next(self, n: int, status: int, retry_after: int | None = None) -> None:
        """Answer the next ``n`` with ``status``, asking to wait ``retry_after`` seconds."""
        self._failures += [(status, retry_after)] * n

    async def _answer(self, request: Request) -> Response:
        if not self._failures:
            return await super()._answer(request)
        body = await request.body()
        status, wait = self._failures.pop(0)
        self.refused.append(self._receipt(request, body))
        headers = {} if wait is None else {"retry-after": str(wait)}
        return Response(status_code=status, headers=headers)
