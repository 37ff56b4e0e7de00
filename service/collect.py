"""Collect: fetch | parse | normalise | store. Lists first, then the page of each new post."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from scrapers.errors import Broken, Gone, Passing, Refused, ScrapeError, Throttled
from scrapers.fetch import Fetcher
from scrapers.model import Detail, File, Freshness, Page, Post, Request, Source
from service import pick
from service.lease import LeaseLost, held
from service.model import Article, Found
from service.pace import OPEN_LADDER, after_failure, jittered, next_poll
from service.store import articles, sources
from service.store.articles import Articles, Filed, Opened, Owed
from service.store.database import storable
from service.store.sources import Polled, Slot, Sources
from service.turns import Turns

log = structlog.get_logger()

_PASSING_TRIES = 24  # a publisher whose pages fail for a day
_TELL_AFTER = 3  # passing failures in a row before a person is told
_PARTS = 50
_KEY, _TITLE, _URL = 300, 1_000, 2_000  # characters; none of the real ones comes near


@dataclass(frozen=True, slots=True)
class Collect:
    """The step with its tools. ``pace`` divides every declared wait."""

    declared: Mapping[str, Source]
    fetcher: Fetcher
    sources: Sources
    articles: Articles
    pace: float
    _turns: Turns = field(default_factory=Turns, init=False)

    async def poll(self, source_id: str, number: int) -> None:
        """Look at a source's list once, in slot ``number``, and store what is new on it."""
        slot = await self.sources.begin_poll(source_id, number)
        if slot is None:
            return
        source = self.declared[source_id]
        lease = sources.LEASE.total_seconds() / 4
        try:
            async with held(partial(self.sources.renew, slot), lease):
                polled = await self._look(source, slot)
        except LeaseLost as lost:
            log.warning("poll.lease_lost", source=source_id, slot=number, why=str(lost.__cause__))
        except ScrapeError as error:
            await self._poll_failed(source, slot, error)
        else:
            new = await self.sources.finish_poll(slot, polled)
            log.info("poll.done", source=source_id, slot=number, seen=polled.seen, new=new)

    async def open_owed(self, source_id: str) -> None:
        """Open the page of every post of a source that is owed one, one after the other."""
        await self._turns.take(source_id, partial(self._open_all, source_id))

    async def _open_all(self, source_id: str) -> None:
        while (owed := await self.articles.claim_owed(source_id)) is not None:
            await self._open_one(owed)

    async def _open_one(self, owed: Owed) -> None:
        source_id, url = owed.article.source_id, owed.article.url
        try:
            async with held(partial(self.articles.renew, owed), articles.LEASE.total_seconds() / 4):
                opened = await self._open(self.declared[source_id], owed.article)
        except LeaseLost as lost:
            log.warning("open.lease_lost", source=source_id, url=url, why=str(lost.__cause__))
        except ScrapeError as error:
            await self._open_failed(owed, error)
        else:
            await self.articles.store_opened(owed, opened)
            log.info("open.done", source=source_id, url=url)

    async def _look(self, source: Source, slot: Slot) -> Polled:
        since = Freshness(slot.etag, slot.last_modified)
        answer = await self.fetcher.get(source.first(), freshness=since, pause=source.pause)
        digest = slot.body_sha256
        listed = _Listed()
        if answer.page is not None:
            digest = hashlib.sha256(answer.page.body).digest()
            if digest != slot.body_sha256:
                listed = await self._walk(source, slot, answer.page)
        return Polled(
            pages=listed.pages,
            seen=listed.seen,
            found=listed.found,
            etag=answer.freshness.etag,
            last_modified=answer.freshness.last_modified,
            body_sha256=digest,
            next_in=next_poll(
                source.every / self.pace,
                quiet_polls=0 if listed.found else slot.quiet_polls + 1,
                max_age=answer.max_age,
            ),
            gap=listed.gap,
        )

    async def _walk(self, source: Source, slot: Slot, page: Page) -> _Listed:
        """Read pages, newest first, down to one that holds something known.

        Nothing is stored before all of them were read: a list that fails half way leaves no gap.
        The first look is a silent baseline, for which the front page is enough.
        """
        found: dict[str, Found] = {}
        seen = 0
        for pages in range(1, source.max_pages + 1):
            # Parsing a real page takes a tenth of a second: not on the event loop.
            listing = await asyncio.to_thread(source.read_list, page)
            posts = [(post, _found(source, post)) for post in listing.posts]
            unknown = await self.sources.unknown(slot.source_id, {each.key for _, each in posts})
            found |= {each.key: each for _, each in posts if each.key in unknown}
            seen += len(posts)
            known = any(each.key not in unknown for post, each in posts if not post.pinned)
            if known or not slot.baselined:
                return _Listed(pages, seen, _oldest_first(found))
            if listing.more is None or pages == source.max_pages:
                break
            page = await self._page(listing.more, source)
        return _Listed(pages, seen, _oldest_first(found), gap=True)

    async def _open(self, source: Source, article: Article) -> Opened:
        request = source.open(Post(article.key, article.url, article.title))
        if request is None:
            return Opened(article.summary)
        # News goes before the lists of other sources and the baseline that wait for the same host.
        page_of = partial(self._page, source=source, urgent=not article.baseline)
        detail = await asyncio.to_thread(source.read_post, await page_of(request))
        text = "\n".join([detail.text, *await self._parts(source, detail, page_of)]).strip()
        moment = detail.published
        return Opened(
            text=_clean(text) or article.summary,
            title=detail.title and _clean(detail.title)[:_TITLE],
            publisher=detail.publisher and _clean(detail.publisher),
            published_at=moment.at if moment else None,
            precision=moment.precision if moment else None,
            files=_filed(detail.files),
        )

    async def _parts(
        self, source: Source, detail: Detail, page_of: Callable[[Request], Awaitable[Page]]
    ) -> list[str]:
        """The pages of a text that is kept outside the post's page, until one is missing."""
        texts: list[str] = []
        request = detail.body
        while request is not None and len(texts) < _PARTS:
            try:
                part = source.read_part(await page_of(request))
            except Gone:
                if not texts:
                    raise
                break
            texts.append(part.text)
            request = part.more
        return texts

    async def _page(self, request: Request, source: Source, *, urgent: bool = False) -> Page:
        page = (await self.fetcher.get(request, pause=source.pause, urgent=urgent)).page
        assert page is not None  # no validators were sent, so 304 cannot come
        return page

    async def _poll_failed(self, source: Source, slot: Slot, error: ScrapeError) -> None:
        asked = error.retry_after if isinstance(error, Throttled) else None
        wait = after_failure(source.every / self.pace, failures=slot.failures, retry_after=asked)
        kind = type(error).__name__
        log.error("poll.failed", source=slot.source_id, url=error.url, kind=kind, why=error.detail)
        await self.sources.fail_poll(
            slot,
            kind,
            f"{error.url}: {error.detail}",
            next_in=wait,
            notice=not isinstance(error, Passing) or slot.failures + 1 >= _TELL_AFTER,
        )

    async def _open_failed(self, owed: Owed, error: ScrapeError) -> None:
        """Try the page again later, or let the list's words do where that cannot help."""
        tries = _PASSING_TRIES if isinstance(error, Passing) else len(OPEN_LADDER)
        last = isinstance(error, Refused) or owed.failures >= tries
        assert isinstance(error, Passing | Broken | Refused)
        log.error("open.failed", source=owed.article.source_id, why=str(error), last=last)
        if last:
            await self.articles.store_opened(owed, Opened(owed.article.summary), problem=str(error))
            return
        wait = OPEN_LADDER[min(owed.failures, len(OPEN_LADDER) - 1)]
        await self.articles.put_off(owed, str(error), jittered(wait / self.pace))


@dataclass(frozen=True, slots=True)
class _Listed:
    """What a walk down a list found."""

    pages: int = 0
    seen: int = 0
    found: Sequence[Found] = ()
    gap: bool = False


def _oldest_first(found: dict[str, Found]) -> tuple[Found, ...]:
    """Lists are newest first; rows are numbered, opened and judged in the order of events."""
    return tuple(reversed(found.values()))


def _found(source: Source, post: Post) -> Found:
    """Bring a post into the form that is stored: bounded, clean, with its day and precision."""
    summary = _clean(post.summary or "")
    whole = source.open(post) is None
    moment = post.published
    return Found(
        key=post.key if len(post.key) <= _KEY else hashlib.sha256(post.key.encode()).hexdigest(),
        url=_clean(post.url)[:_URL],
        title=_clean(post.title)[:_TITLE],
        publisher=post.publisher and _clean(post.publisher),
        published_at=moment.at if moment else None,
        precision=moment.precision if moment else None,
        summary=summary,
        text=_clean(post.text or summary) if whole else None,
    )


def _filed(files: Sequence[File]) -> tuple[Filed, ...]:
    """The files of a post, each with its place among the documents that are read."""
    places = pick.places([each.name for each in files])
    return tuple(
        Filed(_clean(each.name), _clean(each.url), place)
        for each, place in zip(files, places, strict=True)
    )


def _clean(text: str) -> str:
    return storable(text).strip()
