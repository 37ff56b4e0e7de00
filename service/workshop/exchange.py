"""Feeds out to other readers and in from them, as files of declarations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from scrapers import own
from scrapers.model import Source
from scrapers.own import BadDeclaration
from scrapers.platforms.feed import Feed
from scrapers.platforms.sitemap import Sitemap
from service.workshop import toml
from service.workshop.opml import Outline


def outlines(sources: Mapping[str, Source]) -> list[Outline]:
    """Every feed that is asked for by its address alone, by kind."""
    feeds = (
        Outline(source.first().url, source.what or name, source.kind)
        for name, source in sources.items()
        if isinstance(source, Feed) and not isinstance(source, Sitemap) and source.form is None
    )
    return sorted(feeds, key=lambda each: each.folder)


def taken_in(
    feeds: tuple[Outline, ...], folder: Path, sources: Mapping[str, Source]
) -> Iterator[tuple[Outline, str, bool]]:
    """Write a declaration into ``folder`` for each feed that is not read yet.

    Yields each with what became of it and whether a file was written. No file is written over.
    """
    read_by = {source.first().url: name for name, source in sources.items()}
    taken = {*sources, *(file.stem for file in folder.glob("*.toml"))}
    for each in feeds:
        if each.url in read_by:
            yield each, f"이미 읽습니다 / already read by {read_by[each.url]}", False
            continue
        name = toml.id_for(each.url, taken)
        values = {"what": toml.one_line(each.title), "platform": "feed", "url": each.url}
        text = toml.written(values)
        try:
            own.read(text, f"{name}.toml")
            with (folder / f"{name}.toml").open("x", encoding="utf-8") as made:
                made.write(text)
        except BadDeclaration as bad:
            yield each, str(bad), False
            continue
        taken.add(name)
        read_by[each.url] = name
        yield each, f"{name}.toml", True
