"""What a page says of itself for machines: JSON-LD, meta elements, its own address.

Newspapers keep these right because search engines read them, while their visible layout changes
every year. The order is that of trust: JSON-LD, then meta, then the story in a script, then what a
reader sees.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup

from scrapers import dates, html
from scrapers.documents.embedded import Story, values
from scrapers.documents.letters import legible
from scrapers.documents.model import Facts
from scrapers.documents.outlets import OUTLETS, SECTIONS
from scrapers.model import Moment

_COMMENT = re.compile(r"\A\s*(?:<!--|/?/?\*?<!\[CDATA\[\*?/?)|(?:-->|/?/?\*?\]\]>\*?/?)\s*\Z")
_NEWS_TYPE = re.compile(r"\w*NewsArticle")
_GOVERNMENT = re.compile(r"//(?:[\w-]+\.)*(?:go\.kr|korea\.kr)(?:[/:?]|$)")
_SUFFIX = re.compile(r"(?P<mark>[-–|ㅣ<:>]+)\s*(?P<name>[^-–|ㅣ<:>]{1,25})$")

_ROLE = r"(?:선임|수습|인턴|객원|시민)?기자|논설위원|특파원|통신원"
_SIGNED = re.compile(rf"([가-힣]{{2,4}})\s?(?:{_ROLE})")
_BARE_NAME = re.compile(r"[가-힣]{2,4}|[A-Z][A-Za-z.'-]*(?: [A-Z][A-Za-z.'-]*){1,3}")

_PUBLISHED = ("article:published_time", "og:article:published_time", "datepublished", "pubdate")
_AUTHORS = ("author", "article:author", "dable:author", "og:article:author", "byl")
_LABELLED = re.compile(
    r"(?:기사)?(?:입력|등록|승인|송고|발행)(?:시간|일시|일)?\s?[:：]?\s?[0-9]{4}"
)
_LINES_TO_SEARCH = 200
_LONGEST = 500  # no title, name or time is longer; what is may be hostile


def facts(tree: BeautifulSoup, story: Story | None) -> Facts:
    """Title without the outlet's name, time, reporters, outlet, and whether it is an article."""
    article = _news_article(tree)
    meta = _meta(tree)
    outlet = _name_of(article.get("publisher")) or _first(meta, "og:site_name")
    title = (
        _text(article.get("headline"))
        or _without_suffix(_first(meta, "og:title"), outlet)
        or _first(meta, "headline")
        or (story.title if story else "")
        or _without_suffix(_text(html.line_of(tree.title)) if tree.title else "", outlet)
    )
    credits_ = [*_author_names(article.get("author"))] or [
        name for key in _AUTHORS for name in meta.get(key, [])
    ]
    byline = _byline(credits_, outlet) or _byline([story.byline or ""] if story else [], outlet)
    return Facts(
        title=title or None,
        published=_published(tree, article, meta, story),
        byline=byline,
        outlet=outlet or None,
        article=_is_news(article, meta, byline, story)
        and not _GOVERNMENT.search(_address(tree, meta)),
    )


def _is_news(
    article: dict[str, object],
    meta: dict[str, list[str]],
    byline: str | None,
    story: Story | None,
) -> bool:
    declared = any(_NEWS_TYPE.fullmatch(kind) for kind in _types(article))
    drawn = story is not None and (story.published or story.byline)
    return bool(declared or drawn or (byline and _first(meta, "og:type") == "article"))


def _address(tree: BeautifulSoup, meta: dict[str, list[str]]) -> str:
    link = tree.select_one('link[rel="canonical"]')
    return str(link.get("href", ""))[:_LONGEST] if link else _first(meta, "og:url")


def _news_article(tree: BeautifulSoup) -> dict[str, object]:
    """The JSON-LD object of the article, wherever it is nested; empty where there is none.

    JSON that cannot be parsed (headlines with bare quotation marks are common) is as good as none:
    the meta elements say the same.
    """
    found: list[dict[str, object]] = []
    for script in tree.select('script[type="application/ld+json"]'):
        try:
            parsed = json.loads(_COMMENT.sub("", script.get_text()), strict=False)
        except (ValueError, RecursionError):
            continue
        found += [node for node in values(parsed) if any("Article" in t for t in _types(node))]
    return max(found, key=lambda node: ("headline" in node) + ("datePublished" in node), default={})


def _types(node: dict[str, object]) -> list[str]:
    kinds = node.get("@type")
    return [
        kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)
    ]


def _meta(tree: BeautifulSoup) -> dict[str, list[str]]:
    """Contents of meta elements by lower-case name, property or itemprop, in their order."""
    contents: dict[str, list[str]] = {}
    for element in tree.find_all("meta", limit=500):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = _text(element.get("content"))
        if name and content:
            contents.setdefault(str(name).lower(), []).append(content)
    return contents


def _first(meta: dict[str, list[str]], name: str) -> str:
    return meta.get(name, [""])[0]


def _text(value: object) -> str:
    return legible(html.fold(html.plain(value[:_LONGEST]))) if isinstance(value, str) else ""


def _without_suffix(title: str, outlet: str) -> str:
    """The title without the names of outlet and section behind it, whatever stands between."""
    bare = title
    while match := _SUFFIX.search(bare):
        name = re.sub(r"\s", "", match["name"])
        known = name in OUTLETS or name == re.sub(r"\s", "", outlet)
        # A section's name may end a real headline; behind an outlet's name it does not.
        if not known and not (bare != title and name in SECTIONS):
            break
        bare = bare[: match.start()].rstrip()
    return bare or title


def _published(
    tree: BeautifulSoup,
    article: dict[str, object],
    meta: dict[str, list[str]],
    story: Story | None,
) -> Moment | None:
    stated = [_text(article.get("datePublished"))]
    stated += [_first(meta, name) for name in _PUBLISHED]
    stated += [_text(time.get("datetime")) for time in tree.find_all("time", limit=1)]
    for raw in filter(None, stated):
        if moment := dates.read(raw):
            return moment
    if story and story.published:
        return story.published
    return _labelled(tree) or dates.in_address(_address(tree, meta))


def _labelled(tree: BeautifulSoup) -> Moment | None:
    """The time that a reader sees behind 입력 or 등록."""
    lines = html.text_of(tree.body).split("\n")[:_LINES_TO_SEARCH] if tree.body else ()
    read = (dates.read(line[:_LONGEST]) for line in lines if _LABELLED.match(line[:_LONGEST]))
    return next(filter(None, read), None)


def _byline(written: list[str], outlet: str) -> str | None:
    """Names of people in credits as printed (``홍길동 기자 외 1명``), joined by commas; or None."""
    names: dict[str, None] = {}
    for credit in written:
        signed = _SIGNED.findall(credit)
        bare = [part.strip() for part in re.split(r"[,·/]", credit)]
        for name in signed or filter(_BARE_NAME.fullmatch, bare):
            if name not in OUTLETS and name not in SECTIONS and name != outlet:
                names[name] = None
    return ", ".join(names) or None


def _author_names(author: object) -> Iterator[str]:
    for one in author if isinstance(author, list) else [author]:
        name = _text(one) if isinstance(one, str) else _name_of(one)
        if name:
            yield name


def _name_of(thing: object) -> str:
    return _text(thing.get("name")) if isinstance(thing, dict) else ""
