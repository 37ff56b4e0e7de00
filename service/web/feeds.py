"""What was told, for whoever has the address: feeds, a calendar, a stream, and whole digests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from service.store.called import Calls
from service.store.database import Database
from service.store.told import Reader, Told
from service.web.calendar import calendar
from service.web.consent import Desk
from service.web.entries import SEOUL, letter_of
from service.web.stream import BACK, Stream
from service.web.syndication import Feed, atom, json_feed
from service.worded import Words

_NEWEST = 100
_PAST = timedelta(days=60)  # so long a deadline stays in the calendar when it is over
_READ = ["GET", "HEAD"]
_OWN = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "private, no-store"}
_KEPT = _OWN | {"Cache-Control": "private, no-cache"}  # no-cache: asked each time, by its ETag
_FULL = "연결이 너무 많습니다. Too many connections.\n"
_FORMS = {
    "atom": (atom, "application/atom+xml; charset=utf-8"),
    "json": (json_feed, "application/feed+json; charset=utf-8"),
}


def add_feeds(app: FastAPI, desk: Desk, database: Database, url: str | None) -> Stream:
    """Add the pages to ``app``. ``url``: the public address of the pages; None: the one asked.

    The stream that is returned is to be closed before the server is, which waits for its readers.
    """
    house = _House(desk, Told(database), Calls(database), Words(desk.signer, url), url)
    stream = Stream(house.told, house.words)
    _add_feed(app, house)
    _add_calendar(app, house)
    _add_stream(app, house, stream)
    _add_digest(app, house)
    return stream


@dataclass(frozen=True, slots=True)
class _House:
    desk: Desk
    told: Told
    calls: Calls
    words: Words
    url: str | None

    def base(self, request: Request) -> str:
        return self.url or str(request.base_url).rstrip("/")

    async def reader(self, token: str) -> Reader | None:
        subscription_id, epoch = self.desk.numbers("feed", token, 2)
        return await self.told.reader(subscription_id, epoch)


def _add_feed(app: FastAPI, house: _House) -> None:
    @app.api_route("/feed/{token}.{form}", methods=_READ)
    async def feed(request: Request, token: str, form: str) -> Response:
        reader = await house.reader(token)
        if reader is None or form not in _FORMS:
            return house.desk.unknown(request)
        items = await house.told.newest(reader.id, _NEWEST)
        base = house.base(request)
        made = Feed(reader, items, house.words, f"{base}/feed/{token}.{form}", base)
        write, kind = _FORMS[form]
        return _kept(request, reader, write(made), kind, made.updated_at)


def _add_calendar(app: FastAPI, house: _House) -> None:
    @app.api_route("/calendar/{token}.ics", methods=_READ)
    async def deadlines(request: Request, token: str) -> Response:
        reader = await house.reader(token)
        if reader is None:
            return house.desk.unknown(request)
        today = reader.asked_at.astimezone(SEOUL).date()
        calls = await house.calls.calls(reader.id, today - _PAST)
        # Hundreds of events take longer than others who are listened to should wait.
        written = await asyncio.to_thread(calendar, reader, calls, house.words, house.base(request))
        changed_at = max((each.changed_at for each in calls), default=reader.created_at)
        return _kept(request, reader, written, "text/calendar; charset=utf-8", changed_at)


def _add_stream(app: FastAPI, house: _House, stream: Stream) -> None:
    @app.get("/stream/{token}")
    async def events(request: Request, token: str) -> Response:
        reader = await house.reader(token)
        if reader is None:
            return house.desk.unknown(request)
        if stream.full(reader):
            return PlainTextResponse(_FULL, 429, _OWN | {"Retry-After": "60"})
        return _Events(stream.events(reader, request.headers.get("last-event-id", "")))


def _add_digest(app: FastAPI, house: _House) -> None:
    @app.api_route("/digest/{token}", methods=_READ)
    async def digest(request: Request, token: str) -> Response:
        subscription_id, telling_id = house.desk.numbers("rest", token, 2)
        reader = await house.told.reader(subscription_id)
        if reader is None:
            return house.desk.unknown(request)
        found = await house.told.digest(subscription_id, telling_id)
        if found is None:
            return house.desk.unknown(request)
        letters = [letter_of(each, reader, house.words) for each in found.items]
        return house.desk.page(request, "digest", reader=reader, digest=found, letters=letters)


def _kept(
    request: Request, reader: Reader, body: bytes, kind: str, changed_at: datetime
) -> Response:
    """``body``, or that it is still the same as what the reader has.

    Of a time alone that can be said only where nothing may be committed any more that is older.
    """
    headers = _KEPT | {"ETag": f'"{sha256(body).hexdigest()[:32]}"'}
    if reader.asked_at - changed_at > BACK:
        headers["Last-Modified"] = format_datetime(changed_at.astimezone(UTC), usegmt=True)
    if _has(request, headers):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


def _has(request: Request, headers: dict[str, str]) -> bool:
    """Whether what the reader has is of this tag, or else not older than this."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = (each.strip().removeprefix("W/") for each in tags.split(","))
        return headers["ETag"] in known
    since, changed = request.headers.get("if-modified-since"), headers.get("Last-Modified")
    if since is None or changed is None:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # no date, or one without a zone
        return False


class _Events(StreamingResponse):
    """A stream that gives its line back at once when its reader has gone."""

    def __init__(self, events: AsyncGenerator[bytes, None]) -> None:
        # A proxy that gathers an answer before it hands it on would make it useless.
        super().__init__(
            events, media_type="text/event-stream", headers=_OWN | {"X-Accel-Buffering": "no"}
        )
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._events):
            await super().__call__(scope, receive, send)
