"""Read: text | fields. What an article and its documents say, as facts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scrapers.model import Source
from service.model import SEOUL, Article, Embargo, Given
from service.observe import Unit, unit
from service.reading import embargo, release
from service.reading.publishers import Registry
from service.store.readings import Readings

# A time further away than this is a slip of somebody's pen: shown, but not waited for.
_LONGEST_EMBARGO = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Read:
    """The step with its tools."""

    declared: Mapping[str, Source]
    registry: Registry
    readings: Readings

    async def read(self, article_id: int) -> None:
        """Read one article; does nothing where it is read, owed a file, or held by another."""
        with unit("read", article_id, article=article_id) as one:
            await self._read(article_id, one)

    async def _read(self, article_id: int, one: Unit) -> None:
        async with self.readings.reading(article_id) as held:
            if held is None:
                one.nothing()
                return
            article, documents, tx = held
            given = self._given(article)
            # A long document takes a second: not on the event loop.
            reading = await asyncio.to_thread(release.read, given, documents, self.registry)
            until = _waits_until(reading.embargo, article.discovered_at)
            await self.readings.store(tx, article_id, reading, embargo_until=until)
            one.say(source=article.source_id, documents=len(documents))

    def _given(self, article: Article) -> Given:
        source = self.declared.get(article.source_id)
        return Given(
            text=article.text,
            title=article.title,
            publisher=article.publisher or self._publisher(source),
            published_at=article.published_at,
            precision=article.precision,
            news=source is not None and source.kind == "news",
            near=None if article.baseline else article.discovered_at.astimezone(SEOUL).date(),
        )

    def _publisher(self, source: Source | None) -> str | None:
        if source is None or source.publisher is None:
            return None
        return self.registry.by_id(source.publisher).name


def _waits_until(printed: Embargo | None, found: datetime) -> datetime | None:
    """From when it may be told, where that can be believed of a release found at ``found``."""
    until = None if printed is None else embargo.lifts_at(printed)
    return until if until is not None and until - found < _LONGEST_EMBARGO else None
