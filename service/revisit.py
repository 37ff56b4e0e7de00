"""Revisit: claim | fetch | compare | settle. Pages and files that were swapped without a word.

What changed goes the ordinary way again; triage says what it was and who is to know.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter

import structlog

from scrapers.errors import Gone, Passing, ScrapeError
from scrapers.fetch import Fetcher
from scrapers.model import Request, Source
from service import visit
from service.lease import held
from service.model import Article
from service.observe import Unit, unit
from service.pace import OPEN_LADDER, waited
from service.reading.clean import clean
from service.store.opened import Filed, Opened
from service.store.refile import KeptFile, Listed
from service.store.revisits import Due, Revisits
from service.turns import Turns
from service.visit import Visited

log = structlog.get_logger()

# Counters change by themselves: a line that is nothing else says nothing.
_COUNTER = re.compile(
    r"^\W*(?:조회|추천|댓글|다운로드|hits?|views?) ?수?\W*[\d,]+\W*$", re.IGNORECASE
)
_LONGEST_COUNTER = 40  # characters


@dataclass(frozen=True, slots=True)
class Revisit:
    """The step with its tools. ``pace`` divides the waits between tries."""

    declared: Mapping[str, Source]
    fetcher: Fetcher
    revisits: Revisits
    pace: float
    _turns: Turns = field(default_factory=Turns, init=False)

    async def look_again(self, source_id: str) -> None:
        """Look at every page of a source that is due, one after the other."""
        await self._turns.take_all(source_id, self.revisits.claim_due, self._look_at)

    async def _look_at(self, due: Due) -> None:
        source, url = self.declared[due.article.source_id], due.article.url
        request = visit.own_page(source, due.article)
        if request is None:  # its source has come to say all on its list
            await self.revisits.unchanged(due, ())
            return
        with unit("revisit", url, article=due.article.id, source=due.article.source_id) as one:
            try:
                async with held(partial(self.revisits.renew, due)):
                    visited = await visit.read(
                        self.fetcher, request, source, due.article, urgent=False
                    )
                    opened = _believed(due, visited)
                    files = await self._files(source, _paired(opened.files, due.files))
            except ScrapeError as error:
                await self._failed(due, request, error, one)
            else:
                first = due.unread and visited.lacks is None
                await self._settle(due, opened, files, one, first=first)

    async def _files(self, source: Source, files: Sequence[Listed]) -> list[Listed]:
        """The files, each of which we know the bytes compared with what comes now."""
        return [
            Listed(each.file, each.kept, await self._swapped(source, each.file, each.kept))
            for each in files
        ]

    async def _swapped(self, source: Source, file: Filed, kept: KeptFile | None) -> bool:
        if kept is None or (kept.sha256 is None and not kept.lacking):
            return False
        try:
            content = await visit.download(self.fetcher, source, file.name, file.url, urgent=False)
        except ScrapeError as error:
            log.warning("revisit.file_failed", url=file.url, why=str(error))
            return False  # nothing is known, so nothing is told
        return hashlib.sha256(content).digest() != kept.sha256

    async def _settle(
        self, due: Due, opened: Opened, files: Sequence[Listed], one: Unit, *, first: bool
    ) -> None:
        if due.files and not opened.files:
            # A page that came without its files is likelier broken than bare: the next look says.
            one.ended("failed", why="the page came without its files")
            await self.revisits.unchanged(due, ())
            return
        same_files = len(files) == len(due.files) and all(
            each.kept is not None and not each.swapped for each in files
        )
        changed = not same_files or _differs(due.article, opened)
        if changed:
            # Files that were read and told are a version, though the page's text was not.
            first = first and (same_files or not due.files)
            await self.revisits.revise(due, opened, files, first=first)
        else:
            await self.revisits.unchanged(due, files)
        one.say(changed=changed)

    async def _failed(self, due: Due, request: Request, error: ScrapeError, one: Unit) -> None:
        """Try a passing failure again for an hour; what fails otherwise waits for the next look.

        So with a page that is gone: sites under repair say so of every page.
        """
        gone = isinstance(error, Gone) and error.url == request.url and not due.unread
        passing = isinstance(error, Passing)
        again = (gone or passing) and due.failures < len(OPEN_LADDER)
        one.ended("failed", why=str(error), again=again, gone=gone)
        if again:
            wait = waited(OPEN_LADDER[due.failures] / self.pace, error.retry_after)
            await self.revisits.put_off(due, wait)
        elif gone:
            await self.revisits.withdrawn(due, str(error))
        else:
            await self.revisits.give_up(due, str(error), notice=not passing)


def _believed(due: Due, visited: Visited) -> Opened:
    """What the page says now. Raises what it lacks, where it has said it before."""
    if visited.lacks is None:
        return visited.opened
    if not due.unread:
        raise visited.lacks
    return replace(visited.opened, text=due.article.text)


def _paired(files: Sequence[Filed], kept: Sequence[KeptFile]) -> list[Listed]:
    """Each file with the stored one that it is: of the same name, best at the same address."""
    left = list(kept)
    found: dict[int, KeptFile] = {}
    for told in (attrgetter("name", "url"), attrgetter("name")):
        for at, file in enumerate(files):
            known = None if at in found else next((k for k in left if told(file) == told(k)), None)
            if known is not None:
                found[at] = known
                left.remove(known)
    return [Listed(file, found.get(at)) for at, file in enumerate(files)]


def _differs(article: Article, opened: Opened) -> bool:
    """Whether the page says something else than is stored, to a reader's eye."""
    known = (article.text, article.title, article.publisher)
    said = (opened.text, opened.title or article.title, opened.publisher or article.publisher)
    if list(map(_bare, said)) != list(map(_bare, known)):
        return True
    when = (opened.published_at, opened.precision)
    return opened.published_at is not None and when != (article.published_at, article.precision)


def _bare(text: str | None) -> str:
    """The letters of a text: without blanks and without lines that only count."""
    lines = clean(text or "").split("\n")
    telling = (each for each in lines if len(each) > _LONGEST_COUNTER or not _COUNTER.match(each))
    return "".join("".join(line.split()) for line in telling)
