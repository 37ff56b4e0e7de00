"""The door of every platform: a page becomes a tree only if it is whole and not something else.

Publishers answer 200 with a login, a captcha, a system notice or half a document; without this
check those would look like a changed layout, or like an empty list.
"""

from __future__ import annotations

import json
import re

from bs4 import BeautifulSoup
from lxml import etree

from scrapers import decode, html, instead, wellformed
from scrapers.errors import ChallengePage, LayoutError
from scrapers.model import Page

_MOST_TAGS = 100_000
_MOST_XML_TAGS = 500_000  # lighter each, and those within a CDATA section are no tags
_END = re.compile(r"</html\s*>", re.IGNORECASE)
_CLOSING = {"{": "}", "[": "]"}

_ROOT = re.compile(r"<([A-Za-z_][\w:.-]*)")


def document(page: Page) -> BeautifulSoup:
    """The tree of an HTML page.

    Raises ChallengePage for a page in the place of the one asked for, LayoutError for half a one.
    """
    markup = _content(page)
    if not _END.search(markup):
        raise _half(page, "no </html>", begun=not markup or "<html" in markup.lower())
    return _parsed(markup, page)


def fragment(page: Page, *, last: str) -> BeautifulSoup:
    """The tree of a piece of HTML that a site's own page asks for; ``last`` (CSS) ends it.

    Raises like :func:`document`.
    """
    markup = _content(page)
    root = _parsed(markup, page)
    if not root.select(last):
        raise _half(page, f"no {last!r}", begun=not _END.search(markup))
    return root


def tree(page: Page) -> etree._Element:
    """The root of an XML page. Raises like :func:`document`."""
    markup = _content(page).strip()
    root = _ROOT.search(markup)
    if root is None:
        raise LayoutError(page.url, "no XML document", None if markup else "cut-off")
    if not re.search(rf"</{re.escape(root[1])}\s*>$", _without_last_comments(markup)):
        raise _half(page, f"no </{root[1]}>")
    _count(markup, _MOST_XML_TAGS, page)
    # lxml alone, not a feed parser: those read dates for us, and a zone-less Korean time as UTC.
    # Strict, so that trouble is heard of; only the mends that Korean feeds need every day.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False, recover=False
    )
    try:
        return etree.fromstring(wellformed.mended(markup.encode()), parser)
    except etree.XMLSyntaxError as trouble:
        raise LayoutError(page.url, f"not well-formed XML: {trouble.msg}") from trouble


def data(page: Page) -> object:
    """The value that a JSON page writes down. Raises like :func:`document`."""
    written = _content(page).strip()
    try:
        # Not strict: letters that no value should have raw, a tab above all, lose nobody's list.
        value: object = json.loads(written, strict=False)
    except (ValueError, RecursionError) as trouble:
        at_its_end = getattr(trouble, "pos", 0) >= len(written)
        half = at_its_end or _CLOSING.get(written[0], written[-1]) != written[-1]
        why = f"not JSON, or half of it: {trouble}"
        raise LayoutError(page.url, why, "cut-off" if half else None) from trouble
    return value


def _half(page: Page, what: str, *, begun: bool = True) -> LayoutError:
    """Half a page, where one like it had ``begun``; else something else came in its place."""
    why = f"the document stopped half way: {what}"
    return LayoutError(page.url, why, "cut-off" if begun else None)


def _parsed(markup: str, page: Page) -> BeautifulSoup:
    _count(markup, _MOST_TAGS, page)
    return html.parse(markup)


def _count(markup: str, most: int, page: Page) -> None:
    """Refuse what has more tags than that: a real page has a few thousand, each costs memory."""
    if markup.count("<") > most:
        raise LayoutError(page.url, f"more than {most} tags")


def _content(page: Page) -> str:
    markup = decode.text(page)
    if said := instead.came(_title(markup), markup):
        trouble, what = said
        raise ChallengePage(page.url, f"in place of the page came {what}", trouble)
    return markup


# Hostile markup must cost no more than its length, so these look for one place after the other;
# a regular expression would look for each end from each beginning.


def _title(markup: str) -> str:
    """What stands in the first title element, as written; empty where there is none."""
    lower = markup.lower()
    begin = lower.find(">", lower.find("<title")) if "<title" in lower else -1
    end = lower.find("</title", begin)
    return markup[begin + 1 : end] if 0 <= begin < end else ""


def _without_last_comments(markup: str) -> str:
    while (markup := markup.rstrip()).endswith("-->") and "<!--" in markup:
        markup = markup[: markup.rindex("<!--")]
    return markup
