"""What was told, for whoever has the address: feeds, a calendar, a stream, and whole digests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from service.model import SEOUL
from service.store.database import Database
from service.store.told import Reader, Told
from service.web.calendar import calendar
from service.web.entries import letter_of
from service.web.shell import Shell
from service.web.stream import Stream, Streamed
from service.web.syndication import Feed, atom, json_feed
from service.web.tokens import there
from service.web.typed import has_tagged
from service.worded import Words

_NEWEST = 100
_PAST = timedelta(days=60)  # so long a deadline stays in the calendar when it is over
_OWN = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "private, no-store"}
_KEPT = _OWN | {"Cache-Control": "private, no-cache"}  # no-cache: asked each time, by its ETag
_FULL = "연결이 너무 많습니다. Too many connections.\n"
_FORMS = {
    "atom": (atom, "application/atom+xml; charset=utf-8"),
    "json": (json_feed, "application/feed+json; charset=utf-8"),
}


def add_feeds(app: FastAPI, house: Shell, database: Database) -> Stream:
    """Add the pages to ``app``.

    The stream that is returned is to be closed before the server is, which waits for its readers.
    """
    words = Words(house.signer, house.url)
    shelf = _Shelf(house, Told(database), words)
    stream = Stream(shelf.told, shelf.words)
    _add_feed(app, shelf)
    _add_calendar(app, shelf)
    _add_stream(app, shelf, stream)
    _add_digest(app, shelf)
    return stream


@dataclass(frozen=True, slots=True)
class _Shelf:
    house: Shell
    told: Told
    words: Words

    async def reader(self, token: str) -> Reader:
        return there(await self.told.reader(*self.house.numbers("feed", token, 2)))


def _add_feed(app: FastAPI, shelf: _Shelf) -> None:
    @app.get("/feed/{token}.{form}")
    async def feed(request: Request, token: str, form: str) -> Response:
        reader = await shelf.reader(token)
        write, kind = there(_FORMS.get(form))
        items = await shelf.told.newest(reader.id, _NEWEST)
        base = shelf.house.base(request)
        made = Feed(reader, items, shelf.words, f"{base}/feed/{token}.{form}", base)
        return _kept(request, write(made), kind)


def _add_calendar(app: FastAPI, shelf: _Shelf) -> None:
    @app.get("/calendar/{token}.ics")
    async def deadlines(request: Request, token: str) -> Response:
        reader = await shelf.reader(token)
        today = reader.asked_at.astimezone(SEOUL).date()
        calls = await shelf.told.calls(reader.id, today - _PAST)
        base = shelf.house.base(request)
        # Hundreds of events take longer than others who are listened to should wait.
        written = await asyncio.to_thread(calendar, reader, calls, shelf.words, base)
        return _kept(request, written, "text/calendar; charset=utf-8")


def _add_stream(app: FastAPI, shelf: _Shelf, stream: Stream) -> None:
    @app.get("/stream/{token}")
    async def events(request: Request, token: str) -> Response:
        reader = await shelf.reader(token)
        if stream.full(reader):
            return PlainTextResponse(_FULL, 429, _OWN | {"Retry-After": "60"})
        told = stream.events(reader, request.headers.get("last-event-id", ""))
        # A proxy that gathers an answer before it hands it on would make it useless.
        return Streamed(told, "text/event-stream", _OWN | {"X-Accel-Buffering": "no"})


def _add_digest(app: FastAPI, shelf: _Shelf) -> None:
    @app.get("/digest/{token}")
    async def digest(request: Request, token: str) -> Response:
        subscription_id, telling_id = shelf.house.numbers("rest", token, 2)
        reader = there(await shelf.told.reader(subscription_id))
        since, until, items = there(await shelf.told.digest(subscription_id, telling_id))
        letters = [letter_of(each, reader, shelf.words) for each in items]
        return shelf.house.unkept(
            request, "digest", reader=reader, since=since, until=until, letters=letters
        )


def _kept(request: Request, body: bytes, kind: str) -> Response:
    """``body``, or that it is still the same as what the reader has.

    That is said by its tag alone. No time tells it: another language, name or reminder makes
    another body of what was told long ago.
    """
    headers = _KEPT | {"ETag": f'"{sha256(body).hexdigest()[:32]}"'}
    if has_tagged(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)
