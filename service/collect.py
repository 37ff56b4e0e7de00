"""Collect: fetch | parse | normalise | store. Lists first, then the page of each new post."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from scrapers.errors import Gone, Passing, Refused, ScrapeError, Trouble
from scrapers.fetch import Fetcher
from scrapers.model import Answer, Asking, Freshness, Page, Source
from service import visit
from service.asked import Asked
from service.lease import held
from service.listed import Listed
from service.model import SEOUL
from service.observe import Unit, tracing, unit
from service.pace import OPEN_LADDER, after_failure, next_poll, waited
from service.store.articles import Articles
from service.store.leases import Owed
from service.store.opened import Opened
from service.store.polled import Polled, Slot
from service.store.sources import Sources
from service.turns import Turns
from service.visit import Visited

# A publisher's pages may fail for a day, and its list show a post a minute before its page.
_TRIES = {Passing: 24, Gone: 2, Refused: 0, ScrapeError: len(OPEN_LADDER)}
_ABSENT = timedelta(hours=12)  # without a look that worked: what is found now has been out for long
_RECENT = timedelta(hours=3)  # what a search shall have found the first time it is asked for,
# and before the last look that worked: a word may not have had its turn for about so long.
_NEW = timedelta(days=7)  # so long after the first look everything old was there before; later a
# date that old is a slip of somebody's pen wherever news stands, and its release is news.
_BEHIND_THE_LAST = frozenset({"empty", "gone"})  # what a page is that a list does not have


@dataclass(frozen=True, slots=True)
class Collect:
    """The step with its tools. ``pace`` divides every declared wait.

    ``first_look``: how long after it was opened a page is looked at again; None: never.
    """

    declared: Mapping[str, Source]
    fetcher: Fetcher
    sources: Sources
    articles: Articles
    pace: float
    first_look: timedelta | None = None
    _turns: Turns = field(default_factory=Turns, init=False)
    _asked: Asked = field(default_factory=Asked, init=False)

    async def poll(self, source_id: str, number: int) -> None:
        """Look at a source's list once, in slot ``number``, and store what is new on it."""
        with unit("poll", source_id, source=source_id, slot=number) as one:
            slot = await self.sources.begin_poll(source_id, number)
            if slot is None:
                one.nothing()
            else:
                await self._poll(self.declared[source_id], slot, one)

    async def _poll(self, source: Source, slot: Slot, one: Unit) -> None:
        try:
            async with held(partial(self.sources.renew, slot)):
                polled = await self._look(source, slot)
        except ScrapeError as error:
            await self._poll_failed(source, slot, error, one)
        else:
            listed = polled.listed
            if listed.trouble is not None:
                await self._half_read(source, slot, polled, listed.trouble, one)
            else:
                new = await self.sources.finish_poll(slot, polled)
                one.say(seen=listed.seen, new=new)
            if tracing() and listed.fresh:
                one.found(await self.articles.numbers(slot.source_id, set(listed.fresh)))

    async def open_owed(self, source_id: str) -> None:
        """Open the page of every post of a source that is owed one, one after the other."""
        await self._turns.take_all(source_id, self.articles.claim_owed, self._open_one)

    async def _open_one(self, owed: Owed) -> None:
        article = owed.article
        source = self.declared[article.source_id]
        with unit("open", article.url, article=article.id, source=article.source_id) as one:
            try:
                async with held(partial(self.articles.renew, owed)):
                    visited = await self._open(source, owed)
            except ScrapeError as error:
                await self._opened(source, owed, Visited(Opened(article.summary), error), one)
            else:
                await self._opened(source, owed, visited, one)

    async def _look(self, source: Source, slot: Slot) -> Polled:
        terms = await self._asked.words(self.sources) if source.searches else ()
        asking = Asking(slot.number, slot.now.astimezone(SEOUL).date(), terms)
        if source.searches and not asking.terms:  # nobody wants to know anything
            return self._polled(source, slot, Answer(None), slot.body_sha256, Listed())
        request = source.first(asking)
        # Validators of another question are none, though its turn may bring the first one again.
        steady = request == source.first() == source.first(replace(asking, turn=asking.turn + 1))
        # Nor are those of another address, which was declared before.
        question = hashlib.sha256(repr(request).encode()).digest()[:8]
        same = steady and (slot.body_sha256 or b"").startswith(question)
        since = Freshness(slot.etag, slot.last_modified) if same else Freshness()
        answer = await self.fetcher.get(request, freshness=since, pause=source.pause)
        digest = slot.body_sha256
        listed = Listed()
        if answer.page is not None:
            digest = question + hashlib.sha256(answer.page.body).digest()
            if digest != slot.body_sha256:
                listed = await self._walk(source, slot, answer.page)
        polled = self._polled(source, slot, answer, digest, listed)
        if same or not steady or listed.met or listed.oldest is not None:
            return polled
        # Of a list at another address without dates nobody knows what is news.
        return replace(polled, listed=replace(listed, gap=False), slid=set(listed.fresh))

    def _polled(
        self, source: Source, slot: Slot, answer: Answer, digest: bytes | None, listed: Listed
    ) -> Polled:
        absent = slot.last_ok_at is not None and slot.now - slot.last_ok_at > _ABSENT
        return Polled(
            listed,
            answer.freshness,
            digest,
            next_in=next_poll(
                source.every / self.pace,
                # A check that finds nothing is no reason to check less often; of words one has its
                # turn, and others may be in the news.
                quiet_polls=0
                if listed.fresh or source.checks or source.searches
                else slot.quiet_polls + 1,
                max_age=answer.max_age,
            ),
            floor=_floor(source, slot, gap=listed.gap) if slot.baselined else listed.oldest,
            slid=_slid(source, slot, listed),
            late=absent,
        )

    async def _walk(self, source: Source, slot: Slot, page: Page) -> Listed:
        """Read pages, newest first, down to one that ends with something known.

        Nothing is stored before all of them were read: a list that fails half way leaves no gap.
        The first look is a silent baseline, for which the front page is enough.
        """
        front = listed = Listed()
        since = _since(source, slot)
        for _ in range(source.max_pages):
            try:
                if listed.more is not None:
                    page = await visit.get(self.fetcher, listed.more, source)
                # Parsing a real page takes a tenth of a second: not on the event loop.
                listing = await asyncio.to_thread(source.read_list, page)
            except ScrapeError as error:
                if not (listed.met and error.trouble in _BEHIND_THE_LAST):
                    raise
                listed = replace(listed, more=None)
                break
            posts = [(post, visit.found(source, post)) for post in listing.posts]
            unknown = await self._unknown(source, slot, {each.key for _, each in posts})
            listed = listed.and_then(posts, unknown, listing, checks=source.checks)
            front = listed if listed.pages == 1 else front
            if not slot.baselined or listed.reached(since):
                return listed
            if listing.more is None:
                break
        # A search for a word that was not asked for before knows nothing of what it brings.
        open_ended = source.searches or source.checks
        if listed.blind:  # nothing known came up below: all of that may be the archive, or news
            return replace(front, gap=not (open_ended or front.more is None), more=None)
        # Nor does a list that gave out nothing at all hide something behind it, nor one that was
        # read to its end, where something known was on it.
        ended = listed.seen == 0 or (listed.met and listed.more is None)
        return replace(listed, gap=not (ended or open_ended))

    async def _unknown(self, source: Source, slot: Slot, keys: Collection[str]) -> set[str]:
        routes = self._routes(slot.source_id) if source.checks else [slot.source_id]
        return await self.sources.unknown(routes, keys)

    def _routes(self, source_id: str) -> tuple[str, ...]:
        """Every declared route to what a source lists, itself among them."""
        lead = self.declared[source_id].route_of or source_id
        return (lead, *(name for name, each in self.declared.items() if each.route_of == lead))

    async def _open(self, source: Source, owed: Owed) -> Visited:
        request = visit.own_page(source, owed.article)
        if request is None:
            return Visited(Opened(owed.article.summary))
        # News goes before the lists of other sources and the baseline that wait for the same host.
        urgent = not owed.article.baseline
        return await visit.read(self.fetcher, request, source, owed.article, urgent=urgent)

    async def _half_read(
        self, source: Source, slot: Slot, polled: Polled, trouble: Trouble, one: Unit
    ) -> None:
        """Keep what could be read, and count the poll as failed, so that somebody hears of it.

        There may be more to keep: it is asked again as soon as ever.
        """
        seen = polled.listed.seen
        one.ended("failed", trouble=trouble, why="read in part", seen=seen)
        detail = f"{source.first().url}: read in part: {seen} posts"
        await self.sources.fail_poll(slot, trouble, detail, next_in=polled.next_in, kept=polled)

    async def _poll_failed(self, source: Source, slot: Slot, error: ScrapeError, one: Unit) -> None:
        asked, every = error.retry_after, source.every / self.pace
        wait = after_failure(every, failures=slot.failures, retry_after=asked)
        one.ended("failed", url=error.url, trouble=error.trouble, why=error.detail)
        detail = f"{error.url}: {error.detail}"
        await self.sources.fail_poll(slot, error.trouble, detail, next_in=wait)

    async def _opened(self, source: Source, owed: Owed, visited: Visited, one: Unit) -> None:
        """Store what the page says; what it lacks is tried again later, where that may help."""
        opened, error = visited.opened, visited.lacks
        if error is not None:
            last = owed.failures >= _tries(error, opened)
            one.ended("failed", why=str(error), last=last)
            if not last:
                wait = OPEN_LADDER[min(owed.failures, len(OPEN_LADDER) - 1)] / self.pace
                await self.articles.put_off(owed, str(error), waited(wait, error.retry_after))
                return
        # Of a newspaper nobody is told of a mended page, of the silent baseline nothing.
        watched = source.kind != "news" and not owed.article.baseline
        look_in = self.first_look if watched else None
        problem = None if error is None else str(error)
        await self.articles.store_opened(owed, opened, look_in=look_in, problem=problem)


def _tries(error: ScrapeError, opened: Opened) -> int:
    """How often a page is tried again. Its documents do not wait long for a text kept elsewhere."""
    if opened.files:
        return _TRIES[Gone]
    return next(_TRIES[kind] for kind in type(error).__mro__ if kind in _TRIES)


def _since(source: Source, slot: Slot) -> datetime:
    """What is older than this is not looked for."""
    return (slot.last_ok_at or slot.now) - _RECENT if source.searches else slot.since


def _slid(source: Source, slot: Slot, listed: Listed) -> Collection[str]:
    """What came in sight from further down. On pages that were not looked at all may be old."""
    if source.searches:
        return ()
    return listed.slid(slot.since if listed.pages > 1 else slot.floor)


def _floor(source: Source, slot: Slot, *, gap: bool) -> datetime | None:
    """What is older than this was there before, and nobody is told of it.

    Where reading did not reach what is known, all of it may be old under new numbers. Most of what
    a check first finds was out before it began: what its lead missed until then is no news any
    more.
    """
    if gap or source.searches:
        return _since(source, slot)
    if source.checks:
        return slot.baselined_at
    new = slot.baselined_at is not None and slot.now - slot.baselined_at < _NEW
    return slot.floor if new else None
