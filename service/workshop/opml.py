"""Feeds out to other readers, as OPML 2.0, and in from them, as files of declarations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from scrapers import own
from scrapers.model import Source
from scrapers.own import BadDeclaration
from scrapers.platforms.feed import Feed
from scrapers.platforms.sitemap import Sitemap
from service.workshop import toml

LARGEST = 5 * 2**20
"""Bytes of a file that is read."""
_MOST = 5_000
"""Feeds that are taken from one file."""


class NotOpml(Exception):
    """A file that holds no outlines, or none that is safe to read; says why."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed: the address as written, what it is called, the folder it stands in."""

    url: str
    title: str
    folder: str = ""


def written(outlines: Iterable[Outline]) -> str:
    """An OPML document with an outline for each folder."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "파발 / Pabal"
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for each in outlines:
        if each.folder not in folders:
            name = each.folder
            folders[name] = etree.SubElement(body, "outline", text=name, title=name)
        etree.SubElement(
            folders[each.folder],
            "outline",
            type="rss",
            text=each.title,
            title=each.title,
            xmlUrl=each.url,
        )
    etree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="unicode")


def read(content: bytes) -> tuple[Outline, ...]:
    """Every outline with an address. Raises NotOpml.

    A document type is refused whole: entities and files from elsewhere come by no other door.
    """
    if len(content) > LARGEST:
        raise NotOpml(f"{LARGEST // 2**20} MiB가 넘습니다 / over {LARGEST // 2**20} MiB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as trouble:
        raise NotOpml(f"XML이 아닙니다 / not XML: {trouble}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotOpml("DOCTYPE이 있는 파일은 읽지 않습니다 / has a DOCTYPE, which is not read")
    if root.tag != "opml":
        raise NotOpml(f"OPML이 아니라 {root.tag}입니다 / not OPML but {root.tag}")
    found = tuple(_outlines(root))
    if len(found) > _MOST:
        raise NotOpml(f"피드가 {_MOST}개를 넘습니다 / over {_MOST} feeds")
    return found


def _outlines(root: etree._Element) -> Iterator[Outline]:
    for each in root.iter("outline"):
        named = {name.lower(): str(value) for name, value in each.attrib.items()}
        if address := named.get("xmlurl", "").strip():
            title = toml.one_line(named.get("title") or named.get("text") or address)
            yield Outline(address, title)


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
