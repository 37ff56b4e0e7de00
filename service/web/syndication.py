"""What a subscription was told as a feed: Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lxml import etree

from notifier.clean import line, lines
from notifier.posting import packed
from service.store.items import Item
from service.store.told import Reader
from service.web.entries import html_of, letter_of, published_at, text_of
from service.worded import Words

_ATOM = "http://www.w3.org/2005/Atom"
_NAME = "파발 Pabal"


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is made of. ``url`` is its own address, ``base`` that of the pages."""

    reader: Reader
    items: Sequence[Item]
    words: Words
    url: str
    base: str

    @property
    def title(self) -> str:
        """The name of the feed, free of what a reader must not see."""
        return f"파발 · {line(self.reader.name)}"

    @property
    def updated_at(self) -> datetime:
        """When the latest of it last said something else."""
        return max((each.updated_at for each in self.items), default=self.reader.created_at)

    def entry_id(self, item: Item) -> str:
        """The id of an entry: the same in whatever feed and however its words change."""
        return _tag(self.base, f"telling/{item.telling_id}")


def _tag(base: str, what: str) -> str:
    """A name of something of this installation (RFC 4151)."""
    return f"tag:{urlsplit(base).hostname},2026:{what}"


def atom(feed: Feed) -> bytes:
    """The feed as an Atom document."""
    root = etree.Element(
        f"{{{_ATOM}}}feed",
        nsmap={None: _ATOM},  # type: ignore[dict-item] # the stubs know no default one
    )
    _text(root, "id", _tag(feed.base, f"subscription/{feed.reader.id}"))
    _text(root, "title", feed.title)
    _text(root, "updated", _stamp(feed.updated_at))
    _text(_child(root, "author"), "name", _NAME)
    _child(root, "link", rel="self", type="application/atom+xml", href=feed.url)
    _text(root, "generator", _NAME)
    for each in feed.items:
        _entry(root, feed, each)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(root: etree._Element, feed: Feed, item: Item) -> None:
    said = letter_of(item, feed.reader, feed.words)
    entry = _child(root, "entry")
    _text(entry, "id", feed.entry_id(item))
    _text(entry, "title", said.subject)
    _text(entry, "updated", _stamp(item.updated_at))
    _text(entry, "published", _stamp(published_at(item)))
    _text(_child(entry, "author"), "name", _who(item))
    if said.url:
        _child(entry, "link", rel="alternate", type="text/html", href=said.url)
    for each in said.files:
        if each.url:
            _child(entry, "link", rel="related", title=each.name, href=each.url)
    for term in _categories(item):
        _child(entry, "category", term=term)
    _text(entry, "summary", text_of(said))
    _text(entry, "content", html_of(said), type="html")


def json_feed(feed: Feed) -> bytes:
    """The feed as a JSON Feed."""
    said = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "feed_url": feed.url,
        "language": "ko",
        "authors": [{"name": _NAME}],
        "items": [_json_item(feed, each) for each in feed.items],
    }
    return packed(said)


def _json_item(feed: Feed, item: Item) -> dict[str, object]:
    said = letter_of(item, feed.reader, feed.words)
    shown = {
        "id": feed.entry_id(item),
        "url": said.url,
        "title": said.subject,
        "summary": text_of(said),
        "content_html": html_of(said),
        "date_published": _stamp(published_at(item)),
        "date_modified": _stamp(item.updated_at),
        "authors": [{"name": _who(item)}],
        "tags": _categories(item),
    }
    return {name: value for name, value in shown.items() if value}


def _who(item: Item) -> str:
    return line(item.facts.get("publisher") or item.facts["source"]) or _NAME


def _categories(item: Item) -> tuple[str, ...]:
    return lines([*item.facts.get("topics", ()), item.facts.get("kind") or ""])


def _child(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)


def _text(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    _child(parent, name, **attributes).text = text


def _stamp(moment: datetime) -> str:
    """RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
