"""An RSS feed."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from scrapers import dates, html, links
from scrapers.errors import LayoutError
from scrapers.model import Kind, Listing, Page, Post
from scrapers.platforms import intake, posts
from scrapers.platforms.declared import Declared

_ROOTS = frozenset({"rss", "RDF", "feed", "urlset"})
_HEADS = frozenset({"channel", "feed", "image", "textInput", "textinput"})
"""What has a title in a feed and is no item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed(Declared):
    """A declared feed.

    ``key`` is a regular expression whose group is found in the item's address, under https, all of
    which it is by itself. ``link`` (with ``{key}``) is the post's address for people; without it
    the item's own is used. ``item`` (at least one), ``title`` and ``loc`` (exactly one), ``date``
    and ``summary`` (at most one) are lxml paths, or several with `` | `` between: the first that
    leads somewhere.
    ``issuer``, exactly one where declared, is the path of the name of who wrote the item, which its
    title ends with after a hyphen.

    Of news only the teaser is kept. Of anything else the description is all there is to read,
    unless ``article`` says how to read the post's own page.
    """

    key: str = "(.+)"
    link: str | None = None
    item: str = "channel/item"
    title: str = "title"
    loc: str = "link"
    date: str | None = "pubDate"
    summary: str | None = "description"
    issuer: str | None = None

    def __post_init__(self) -> None:
        """Refuse to open addresses that a feed made up."""
        if self.article and not self.link:
            raise ValueError("a feed whose posts are opened declares their link")

    def read_list(self, page: Page) -> Listing:
        """Posts in the order of the feed; a feed has one page."""
        root = intake.tree(page)
        items = at(root, self.item)
        if not items:
            why = f"expected at least one {self.item!r}, found none"
            raise LayoutError(page.url, why, "empty" if _is_empty(root) else None)
        found = (self._post(item, page) for item in items)
        return Listing(posts.listed(found, page, dated=bool(self.date)))

    def _post(self, item: etree._Element, page: Page) -> Post:
        issuer = _line(item, self.issuer, page) if self.issuer else ""
        title = _line(item, self.title, page)
        if issuer:
            title = title.removesuffix(f"- {issuer}").rstrip()
        if not title:
            raise LayoutError(page.url, f"an empty {self.title!r}")
        address = posts.address(page, _link(item, self.loc, page))
        key = posts.key_in(self.key, links.identity(address), page)
        text = html.plain(_text(item, self.summary, page) or "") if self.summary else ""
        written = (_text(item, self.date, page) if self.date else None) or ""
        whole = self.kind != "news" and self.article is None
        return Post(
            key=key,
            url=self.link.replace("{key}", key) if self.link else address,
            title=title,
            published=dates.read(written, date_only=self.date_only),
            publisher=issuer or None,
            summary=posts.teaser(text) or None,
            text=text or None if whole else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsFeed(Feed):
    """The :class:`Feed` of an outlet, which brings something new every few minutes."""

    kind: Kind = "news"
    every: float = 300
    pause: float = 2.0


def _is_empty(root: etree._Element) -> bool:
    """Whether it is a feed or a sitemap that lists nothing, under whatever name."""
    titled = (each.getparent() for each in root.iter("{*}title", "{*}loc"))
    names = {etree.QName(each).localname for each in titled if each is not None}
    return etree.QName(root).localname in _ROOTS and names <= _HEADS


def at(node: etree._Element, path: str) -> list[etree._Element]:
    """The elements at the first of the paths that leads somewhere."""
    return next(filter(None, map(node.findall, path.split(" | "))), [])


def _text(item: etree._Element, path: str, page: Page) -> str | None:
    """Text of the element at ``path``, None where there is none. Raises LayoutError for several."""
    found = at(item, path)
    if len(found) > 1:
        raise LayoutError(page.url, f"expected at most one {path!r} in an item, found {len(found)}")
    return "".join(map(str, found[0].itertext())) if found else None


def _only(item: etree._Element, path: str, page: Page) -> str:
    text = _text(item, path, page)
    if text is None:
        raise LayoutError(page.url, f"expected one {path!r} in an item, found none")
    return text


def _link(item: etree._Element, path: str, page: Page) -> str:
    """The address at ``path`` as written: text, or of Atom's links the one of the page itself."""
    for link in at(item, path):
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            return str(link.get("href"))
    written = _only(item, path, page)
    if not written.strip():  # joined to the feed's address it would be that
        raise LayoutError(page.url, f"an empty {path!r}")
    return written


def _line(item: etree._Element, path: str, page: Page) -> str:
    return html.line(_only(item, path, page))
