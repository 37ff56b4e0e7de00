"""Read: text | fields. What an article says, as facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scrapers.model import Source
from service.reading import release
from service.reading.publishers import Registry
from service.store.articles import Articles


@dataclass(frozen=True, slots=True)
class Read:
    """The step with its tools."""

    declared: Mapping[str, Source]
    registry: Registry
    articles: Articles

    async def read(self, article_id: int) -> None:
        """Read one article; does nothing where it is read or held by another worker."""
        async with self.articles.reading(article_id) as held:
            if held is None:
                return
            article, tx = held
            publisher = article.publisher or self._of_source(article.source_id)
            reading = release.read(article.title, article.text, publisher, self.registry)
            await self.articles.store_reading(tx, article_id, reading)

    def _of_source(self, source_id: str) -> str | None:
        source = self.declared.get(source_id)
        if source is None or source.publisher is None:
            return None
        return self.registry.by_id(source.publisher).name
