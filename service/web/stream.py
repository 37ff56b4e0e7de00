"""What is told, the second it is: server-sent events to whoever holds a line open.

The database is looked at once for all lines. It is not asked for what has a larger number than the
last one seen: a transaction that began earlier may be committed later. Each look goes some minutes
back, and what a subscription was given already is remembered.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from notifier.posting import packed
from service.store.items import Item
from service.store.server import AWAY
from service.store.told import Reader, Sight, Told
from service.web.entries import alert_of
from service.worded import Words

log = structlog.get_logger()

_LOOK = 0.5  # seconds
_BEAT = 15.0  # seconds; a proxy or a phone hangs up on who is silent for long
BACK = timedelta(minutes=5)  # longer than a transaction lasts
_LONGEST = timedelta(days=7)  # how far back somebody who comes again gets what they missed
_EACH, _ALL = 5, 200  # lines of one address, and of all
_UNREAD = 1_000  # events that a line may lag behind before it is cut: who comes again misses none
_REMEMBERED = 10_000
_ID = re.compile(r"([0-9]{1,18})-[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class _Event:
    """An event as it goes over the wire."""

    telling_id: int
    written: bytes


@dataclass(eq=False, slots=True)
class _Line:
    """Somebody who listens. None in the queue: it ends here."""

    queue: asyncio.Queue[_Event | None] = field(default_factory=lambda: asyncio.Queue(_UNREAD + 1))

    def give(self, event: _Event) -> None:
        if self.queue.qsize() < _UNREAD:
            self.queue.put_nowait(event)
        else:
            self.end()

    def end(self) -> None:
        """Let go of what is unread, too: it would come after a gap."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


@dataclass(eq=False, slots=True)
class _Readership:
    """What is known of one subscription: while somebody listens, and for a while after.

    ``given``: tellings in the order in which they went out. ``known``: those that had been told
    before. ``held``: those that an embargo holds back.
    """

    reader: Reader
    lines: set[_Line] = field(default_factory=set)
    given: dict[int, None] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    open: bool = False
    left_at: float = 0.0

    def is_new(self, sight: Sight) -> bool:
        """Whether something is to go out now."""
        if not sight.shown:
            self.held.add(sight.telling_id)
        return sight.shown and not (
            sight.telling_id in self.given or sight.telling_id in self.known
        )

    def give(self, item: Item, event: _Event, back: timedelta) -> None:
        """Let it go out, unless it did meanwhile.

        What was told before the time looked ``back`` is only owed to one more endpoint now.
        """
        if item.telling_id in self.given:
            return
        if item.telling_id not in self.held and item.told_at < item.asked_at - back - BACK:
            self.known.add(item.telling_id)
            return
        self.held.discard(item.telling_id)
        self.given[item.telling_id] = None
        if len(self.given) > _REMEMBERED:
            del self.given[next(iter(self.given))]
        for line in self.lines:
            line.give(event)

    def end(self) -> None:
        """End every line."""
        for line in self.lines:
            line.end()


class Stream:
    """All lines of this process, and the one who looks for all of them."""

    def __init__(self, told: Told, words: Words) -> None:
        """``words`` writes the alerts."""
        self._told = told
        self._words = words
        self._groups: dict[int, _Readership] = {}
        self._looking: asyncio.Task[None] | None = None
        self._closed = False
        self._pause, self._beat = _LOOK, _BEAT

    def full(self, reader: Reader) -> bool:
        """Whether nobody else may listen: this address has all its lines, or all are taken."""
        group = self._groups.get(reader.id)
        taken = sum(len(each.lines) for each in self._groups.values())
        return self._closed or taken >= _ALL or (group is not None and len(group.lines) >= _EACH)

    async def aclose(self) -> None:
        """End every line cleanly: whoever had one comes again when there is somebody."""
        self._closed = True
        for group in self._groups.values():
            group.end()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def events(self, reader: Reader, last: str) -> AsyncGenerator[bytes, None]:
        """What goes to one reader until they leave; ``last``: the id of the event they had last."""
        if self.full(reader):  # meanwhile
            return
        with self._line(reader) as (group, line):
            yield b"retry: 3000\n\n"
            try:
                await self._open(group)
                missed = await self._missed(group, last)
            except AWAY:
                return
            for each in missed:
                yield each.written
            sent = {each.telling_id for each in missed}
            while True:
                try:
                    async with asyncio.timeout(self._beat):
                        event = await line.queue.get()
                except TimeoutError:
                    yield b":\n\n"
                    continue
                if event is None:
                    return
                if event.telling_id not in sent:
                    yield event.written

    @contextmanager
    def _line(self, reader: Reader) -> Iterator[tuple[_Readership, _Line]]:
        group = self._groups.get(reader.id)
        if group is None or group.reader != reader:
            if group is not None:
                group.end()  # its address is void, or speaks another language now
            group = self._groups[reader.id] = _Readership(reader)
        line = _Line()
        group.lines.add(line)
        try:
            yield group, line
        finally:
            group.lines.discard(line)
            group.left_at = asyncio.get_running_loop().time()

    async def _open(self, group: _Readership) -> None:
        """Take note of what is there already, and have it looked after from now on."""
        async with group.opening:
            if not group.open:
                sights = await self._told.sights([group.reader.id], 2 * BACK)
                group.known = {each.telling_id for each in sights if each.shown}
                held = await self._told.held(group.reader.id)
                group.held = {each.telling_id for each in held}
                group.open = True
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())

    async def _missed(self, group: _Readership, last: str) -> list[_Event]:
        """What somebody has not got who had ``last`` last, in an order that they may break off."""
        said = _ID.fullmatch(last)
        if said is None:
            return []
        last_id = int(said[1])
        found = await self._told.since(group.reader.id, last_id, BACK, _LONGEST)
        await self._look(BACK)  # now all that is found has its place, but for what was before
        places = {telling_id: place for place, telling_id in enumerate(group.given)}
        reached = places.get(last_id, -1)
        missed = [
            each
            for each in found
            if each.telling_id != last_id and not 0 <= places.get(each.telling_id, -1) < reached
        ]
        missed.sort(key=lambda each: places.get(each.telling_id, -1))
        return [self._event(group, each) for each in missed]

    def _event(self, group: _Readership, item: Item) -> _Event:
        data = packed(alert_of(item, group.reader, self._words))
        return _Event(
            item.telling_id, b"id: %d-%d\ndata: %s\n\n" % (item.telling_id, item.version, data)
        )

    async def _look_on(self) -> None:
        """Look until nobody has listened for a while. A database that is away is waited for."""
        loop = asyncio.get_running_loop()
        looked_at = checked_at = loop.time()
        away = False
        try:
            while self._groups:
                began = loop.time()
                try:
                    await self._look(BACK + timedelta(seconds=began - looked_at))
                    if began - checked_at > _BEAT:
                        await self._check()
                        checked_at = began
                    looked_at, away = began, False
                except AWAY as error:
                    if not away:
                        log.warning("stream.away", why=type(error).__name__)
                    away = True
                await asyncio.sleep(self._pause)
        finally:
            for group in self._groups.values():
                group.end()
            self._groups.clear()

    async def _look(self, back: timedelta) -> None:
        every = {key: group for key, group in self._groups.items() if group.open}
        held = [(key, telling_id) for key, group in every.items() for telling_id in group.held]
        sights = await self._told.sights(list(every), back, held)
        new = [each for each in sights if every[each.subscription_id].is_new(each)]
        if new:
            pairs = [(each.subscription_id, each.telling_id) for each in new]
            for item in await self._told.these(pairs):
                group = every[item.subscription_id]
                group.give(item, self._event(group, item), back)

    async def _check(self) -> None:
        """End the lines whose address is void, and forget those who are gone."""
        valid = await self._told.valid([each.reader for each in self._groups.values()])
        gone = asyncio.get_running_loop().time() - BACK.total_seconds()
        for key, group in list(self._groups.items()):
            if key not in valid:
                group.end()
            if key not in valid or (not group.lines and group.left_at < gone):
                del self._groups[key]


class Streamed(StreamingResponse):
    """What is written while it is sent; what it holds is given back at once however that ends."""

    def __init__(
        self,
        pieces: AsyncGenerator[bytes, None],
        media: str,
        headers: Mapping[str, str],
        release: Callable[[], None] = lambda: None,
    ) -> None:
        """``release`` is called at the end."""
        super().__init__(pieces, headers=headers, media_type=media)
        self._pieces, self._release = pieces, release

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            async with aclosing(self._pieces):
                await super().__call__(scope, receive, send)
        finally:
            self._release()
