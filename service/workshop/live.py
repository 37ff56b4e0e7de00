"""A source on its live site, or on a replica of it: checked, tried, captured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass

from scrapers.errors import ScrapeError
from scrapers.fetch import Fetcher
from scrapers.model import Asking, Listing, Page, Source
from service import visit
from service.config import Settings
from service.parts import publishers
from service.workshop import capture, shown, trial
from service.workshop.capture import Captured
from service.workshop.trial import Line

Say = Callable[[str], None]


def fetching(settings: Settings) -> AbstractAsyncContextManager[Fetcher]:
    """The way to publishers that the service has, by itself."""
    return aclosing(publishers(settings))


@dataclass(frozen=True, slots=True)
class Reader:
    """One source, asked for what ``asking`` says."""

    source: Source
    fetcher: Fetcher
    asking: Asking

    async def list(self) -> Page:
        """The first page of its list. Raises ScrapeError."""
        return await visit.get(self.fetcher, self.source.first(self.asking), self.source)

    async def newest(self, listing: Listing) -> Page | None:
        """The page of the first post; None where it is not opened. Raises ScrapeError."""
        request = self.source.open(listing.posts[0]) if listing.posts else None
        return None if request is None else await visit.get(self.fetcher, request, self.source)

    async def check(self) -> str:
        """What is read of list and newest post, in one line. Raises ScrapeError."""
        listing = self.source.read_list(await self.list())
        if not listing.posts:
            return "0건 / nothing of late"
        said = f"{len(listing.posts)}건, 첫 글 / first: {listing.posts[0].title}"
        page = await self.newest(listing)
        if page is not None:
            detail = self.source.read_post(page)
            said += f" (본문 / body {len(detail.text)}자, 첨부 / files {len(detail.files)})"
        return said

    async def captured(self) -> tuple[dict[str, Captured], dict[str, Page]]:
        """Neutral pages, and those they were made of, both as list, post, part.

        Where the source cannot read one, it is the last. Raises ScrapeError.
        """
        neutral = capture.neutral_for(self.source)
        pages = {"list": await self.list()}
        made = {"list": capture.of_list(self.source, pages["list"], neutral)}
        listing = made["list"].read
        post = await self.newest(listing) if isinstance(listing, Listing) else None
        if post is not None:
            pages["post"] = post
            made["post"] = capture.of_post(self.source, post, neutral)
            body = getattr(made["post"].read, "body", None)
            if body is not None:
                pages["part"] = await visit.get(self.fetcher, body, self.source)
                made["part"] = capture.of_part(self.source, pages["part"], neutral)
        return made, pages


async def tried(reader: Reader, saved: Mapping[str, Page], say: Say) -> bool:
    """Say what a declaration finds on its pages; whether all of it is as it must be.

    ``saved`` are the pages ``list`` and ``post`` where they are not asked for.
    """
    try:
        page = saved.get("list") or await reader.list()
        say(shown.page("목록 / list", page))
        found = trial.of_list(reader.source, page)
        _each(shown.fields(found), say)
        listing = reader.source.read_list(page)
        _each(shown.posts(reader.source, listing.posts), say)
        found += await _tried_post(reader, listing, saved, say)
    except ScrapeError as error:
        say(f"✗ {error}")
        return False
    return all(line.ok for line in found)


async def _tried_post(
    reader: Reader, listing: Listing, saved: Mapping[str, Page], say: Say
) -> tuple[Line, ...]:
    if "list" in saved and "post" not in saved:
        say("글은 열지 않았습니다: --post / no post was opened: --post")
        return ()
    page = saved.get("post") or await reader.newest(listing)
    if page is None:
        say("글을 열지 않는 출처입니다 / its posts are not opened")
        return ()
    say(shown.page("글 / post", page))
    found = trial.of_post(reader.source, page)
    _each(shown.fields(found), say)
    _each(shown.detail(reader.source.read_post(page)), say)
    return found


def _each(lines: Iterable[str], say: Say) -> None:
    for line in lines:
        say(line)
