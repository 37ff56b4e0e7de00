"""Attach: claim | fetch | read | settle. The documents that came with an article, as text.

A file costs only itself: whatever becomes of it is a stored reason, and its article goes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from scrapers.documents.model import DocumentError
from scrapers.errors import Refused, ScrapeError, TooLarge, Unreachable
from scrapers.fetch import Fetcher
from scrapers.model import Source
from service import visit
from service.documents import Documents
from service.lease import held
from service.observe import Unit, unit
from service.pace import FILE_LADDER, waited
from service.store.attachments import Attachments, OwedFile, Settled
from service.store.database import storable
from service.turns import Turns

_TEXT = 1_000_000  # characters kept of one document
_LONGEST_WAIT = 300.0  # seconds a publisher may ask an article to wait for its file
_DEATHS = 4  # claims that nobody settled: the worker ends over this file
_TELL = frozenset({"crashed", "too-slow"})  # a parser's fault, for a person to look at


@dataclass(frozen=True, slots=True)
class Attach:
    """The step with its tools. ``pace`` divides the waits between tries."""

    declared: Mapping[str, Source]
    fetcher: Fetcher
    documents: Documents
    attachments: Attachments
    pace: float
    _turns: Turns = field(default_factory=Turns, init=False)

    async def attach_owed(self, source_id: str) -> None:
        """Read every file that a source's articles are owed, one after the other."""
        await self._turns.take_all(source_id, self.attachments.claim_owed, self._read_one)

    async def _read_one(self, owed: OwedFile) -> None:
        with unit("file", owed.url, article=owed.article_id, source=owed.source_id) as one:
            if owed.fence - owed.failures > _DEATHS:
                detail = f"{_DEATHS} workers ended over it"
                await self._settle(owed, Settled(reason="crashed", detail=detail), one)
                return
            try:
                async with held(partial(self.attachments.renew, owed)):
                    settled = await self._read(await self._fetch(owed))
            except ScrapeError as error:
                await self._failed(owed, error, one)
            except OSError as error:  # the reader does not start: no file is to blame for that
                why = f"the reader of documents: {type(error).__name__}: {error}"
                await self._failed(owed, Unreachable(owed.url, why), one)
            else:
                await self._settle(owed, settled, one)

    async def _fetch(self, owed: OwedFile) -> bytes:
        source, urgent = self.declared[owed.source_id], not owed.baseline
        return await visit.download(self.fetcher, source, owed.name, owed.url, urgent=urgent)

    async def _read(self, content: bytes) -> Settled:
        came = Settled(hashlib.sha256(content).digest(), len(content))
        try:
            document = await self.documents.read(content)
        except DocumentError as error:
            return replace(came, reason=error.reason, detail=storable(error.detail))
        lacks = document.lacks
        if len(document.text) > _TEXT:
            lacks = f"what follows {_TEXT:,} letters"
        return replace(
            came,
            detail=lacks,
            container=document.container,
            parser=document.parser,
            tables=document.tables,
            text=storable(document.text[:_TEXT]),
        )

    async def _failed(self, owed: OwedFile, error: ScrapeError, one: Unit) -> None:
        """Try again soon, a few times; an article is not held back by its file for long."""
        asked = error.retry_after or 0.0
        last = (
            isinstance(error, Refused | TooLarge)
            or owed.failures >= len(FILE_LADDER)
            or asked > _LONGEST_WAIT
        )
        why = error.said
        one.ended("failed", why=why, last=last)
        if last:
            await self._settle(owed, Settled(reason=_reason(error), detail=storable(why)), one)
        else:
            wait = waited(FILE_LADDER[owed.failures] / self.pace, asked)
            await self.attachments.put_off(owed, storable(why), wait)

    async def _settle(self, owed: OwedFile, settled: Settled, one: Unit) -> None:
        # A file that came and is no text is nobody's fault; one that did not come may be.
        notice = settled.text is None and (settled.sha256 is None or settled.reason in _TELL)
        if await self.attachments.settle(owed, settled, notice=notice):
            one.say(read=len(settled.text or ""), reason=settled.reason, detail=settled.detail)
        else:
            one.ended("lost")


def _reason(error: ScrapeError) -> str:
    if isinstance(error, Refused):
        return "refused"
    return "too-large" if isinstance(error, TooLarge) else "not-fetched"
