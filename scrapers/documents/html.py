"""A saved HTML page → its text and what it says of itself.

An article is read by trafilatura, which knows furniture from body. Everything else (a ministry's
release page, the pages of its document viewer) is read whole: trafilatura would lose contact
tables there, and what a ministry prints beside its text is little.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from scrapers import decode, html, instead
from scrapers.documents import embedded, stated
from scrapers.documents.embedded import Story
from scrapers.documents.letters import legible
from scrapers.documents.model import Document, DocumentError
from scrapers.errors import LayoutError
from scrapers.model import Page

_MOST_BYTES = 10_000_000
_MOST_TAGS = 100_000  # a real page has a few thousand; each costs microseconds
_MOST_IN_ARTICLE = 30_000  # tags; trafilatura takes time quadratic in those side by side
_MOST_DEPTH = 250  # from here on libxml2, and with it trafilatura, drops text without a word
_LEAST_TEXT = 20
_MAIN_SHARE = 0.8

_FURNITURE = 'nav, footer, aside, [hidden], [style*="display:none"], [style*="display: none"]'
_SILENT = ("script", "style", "template", "noscript", "head", "select", "button")

_ERROR_TEXT = re.compile(
    r"페이지를 찾을 수 없|(?:존재하지|유효하지) 않는 (?:페이지|게시물|글|기사)|삭제되었거나"
    r"|시스템\s?안내|서비스 이용에 불편을|잘못된 (?:접근|요청|경로)|접근(?:이|을) (?:제한|차단)"
    r"|(?:404|Page) Not Found|Access Denied|Checking your browser|자바스크립트를 활성화",
    re.IGNORECASE,
)
_BY_HAND = "beautifulsoup4"
_LONGEST_ERROR = 800


def read_html(content: bytes) -> Document:
    """The text of a page, a table row a line with tabs, and its facts.

    Raises DocumentError: ``too-large`` (over 10 MB, 100,000 tags or 250 levels), ``broken`` (no
    Korean encoding), ``unsupported`` (no markup), ``no-text`` (an error page, a login, an image).
    """
    tree, markup = _parsed(content)
    story = embedded.story(tree)
    facts = stated.facts(tree, story)
    whole = html.plain_lines(html.text_of(_main(tree)))
    _refuse_substitute(facts.title or "", whole, markup)
    article = _article(markup, story) if facts.article else ()
    drawn = html.plain(story.markup) if story else ""
    for parser, said in chain(article, [(_BY_HAND, whole), (_BY_HAND, drawn)]):
        text = legible(said).strip()
        if len(text) >= _LEAST_TEXT:
            return Document("html", text, parser, tables=_tables(text), facts=facts)
    raise DocumentError("no-text", "a page without text")


def _parsed(content: bytes) -> tuple[BeautifulSoup, str]:
    if len(content) > _MOST_BYTES:
        raise DocumentError("too-large", f"a page of {len(content)} bytes")
    markup = _decoded(content)
    if "<" not in markup:
        raise DocumentError("unsupported", "called HTML, and without any markup")
    if markup.count("<") > _MOST_TAGS:
        raise DocumentError("too-large", f"more than {_MOST_TAGS} tags")
    tree = html.parse(markup)
    if _depth(tree) > _MOST_DEPTH:
        raise DocumentError("too-large", f"elements nested more than {_MOST_DEPTH} deep")
    return tree, markup


def _decoded(content: bytes) -> str:
    page = Page("", "", 200, {}, content, datetime.fromtimestamp(0, UTC))
    try:
        return decode.text(page)
    except LayoutError as trouble:
        raise DocumentError("broken", trouble.detail) from trouble


def _depth(tree: BeautifulSoup) -> int:
    deepest, level = 0, {id(tree): 0}
    for tag in tree.find_all(name=True):
        level[id(tag)] = level[id(tag.parent)] + 1
        deepest = max(deepest, level[id(tag)])
    return deepest


def _refuse_substitute(title: str, text: str, markup: str) -> None:
    """Raise where an error, a login or a browser check came in place of the document."""
    if came := instead.came(title, markup):
        raise DocumentError("no-text", f"in place of a document, {came[1]}")
    said = _ERROR_TEXT.search(text) if len(text) < _LONGEST_ERROR else None
    if said:
        raise DocumentError("no-text", f"in place of a document, a page saying {said[0]!r}")


def _article(markup: str, story: Story | None) -> Iterator[tuple[str, str]]:
    """Texts of an article, the best first, by the name of what read them."""
    extracted = _extracted(markup)
    # A page drawn in the browser may still print a teaser.
    if story and len(extracted) < len(html.plain(story.markup)) / 2:
        within = f"<html><body><article>{story.markup}</article></body></html>"
        yield "trafilatura", _extracted(within)
        yield _BY_HAND, html.plain(story.markup)
    yield "trafilatura", extracted


def _extracted(markup: str) -> str:
    if markup.count("<") > _MOST_IN_ARTICLE:
        return ""
    # Imported here: it costs a quarter of a second and 40 MB, and most documents are no articles.
    import trafilatura  # noqa: PLC0415

    # It reports every page without an article as an error.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)
    # fast: without its two fallback extractors, which find nothing more on Korean pages.
    markup = html.numbered(markup)
    body = trafilatura.extract(markup, output_format="html", include_comments=False, fast=True)
    return html.text_of(html.parse(body)) if body else ""


def _main(tree: BeautifulSoup) -> Tag:
    """The smallest element that holds nearly all text that is not links, without furniture."""
    root = tree.body or tree
    for element in root.select(_FURNITURE):
        element.extract()
    weight = _weights(root)
    main = root
    while True:
        heaviest = max(
            main.find_all(name=True, recursive=False), key=lambda tag: weight[id(tag)], default=None
        )
        if (
            heaviest is None
            or heaviest.name in {"p", "table"}
            or weight[id(heaviest)] < _MAIN_SHARE * weight[id(main)]
        ):
            return main
        main = heaviest


def _weights(root: Tag) -> dict[int, int]:
    """Characters of text within each element, links and scripts not counted."""
    weight: dict[int, int] = {id(root): 0}
    nodes = [root, *root.descendants]
    for node in reversed(nodes):  # children stand behind their parents
        if isinstance(node, Tag):
            own = 0 if node.name == "a" or node.name in _SILENT else weight.get(id(node), 0)
            weight[id(node)] = own
        else:
            own = len(node.strip()) if type(node) is NavigableString else 0
        if node is not root and node.parent is not None:
            weight[id(node.parent)] = weight.get(id(node.parent), 0) + own
    return weight


def _tables(text: str) -> int:
    rows = ["\t" in line for line in text.split("\n")]
    return sum(row and not before for row, before in zip(rows, [False, *rows], strict=False))
