"""An address that a person typed → declarations for what can be read there.

What a site says of its feeds first, then its sitemaps, then where feeds usually are; last a guess
at the rows of the page itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from scrapers import html, own
from scrapers.errors import ScrapeError
from scrapers.fetch import Fetcher
from scrapers.model import Page, Post, Request
from scrapers.platforms import feed, intake
from service.workshop import guess, near, toml

_PAUSE = 1.0
_MOST = 12  # addresses that are asked of one site
_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_USUAL = (
    *("/rss", "/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml"),
    "/rss/allArticle.xml",
)
_TITLE = "channel/title | {*}channel/{*}title | {*}title"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A declaration ready to be saved as ``<id>.toml``, with what it read.

    ``note`` is what is still to be done by hand.
    """

    id: str
    text: str
    posts: tuple[Post, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Proposals, and each address that was asked in vain with the reason."""

    proposals: tuple[Proposal, ...]
    failed: tuple[tuple[str, str], ...] = ()


async def discover(fetcher: Fetcher, url: str) -> Found:
    """What can be read at ``url``. Raises ScrapeError where the page itself cannot be had."""
    page = await _get(fetcher, url)
    if not _is_html(page):
        return await asyncio.to_thread(_direct, page)
    root = intake.fragment(page, last="html")  # a front page need not be whole
    proposals: list[Proposal] = []
    failed: list[tuple[str, str]] = []
    said = [*_announced(root, page), *await _sitemaps(fetcher, page)]
    usual = [urljoin(page.final_url, path) for path in _USUAL]
    for address in _each_once([*said, *usual], page.url):
        if proposals and address not in said:
            break  # the site says where its feeds are
        try:
            found = await asyncio.to_thread(_direct, await _get(fetcher, address))
        except ScrapeError as error:
            failed.append((address, error.detail))
            continue
        proposals += found.proposals
        failed += found.failed
    if not proposals:
        proposals += await asyncio.to_thread(_board, page)
    return Found(tuple(proposals), tuple(failed))


def _direct(page: Page) -> Found:
    """What a page is read as by itself: a feed or a news sitemap."""
    if page.body.lstrip()[:1] in {b"{", b"["}:
        return Found((), ((page.url, _of_json(page)),))
    failed = []
    for platform in ("feed", "sitemap"):
        values = {"platform": platform, "url": page.url}
        source = own.read(toml.written(values), page.url)
        try:
            posts = source.read_list(page).posts
        except ScrapeError as error:
            failed.append((page.url, error.detail))
            continue
        text = toml.written({"what": _called(page), **values, "kind": "news"})
        return Found((Proposal(toml.id_for(page.url, ()), text, posts),))
    return Found((), tuple(failed[:1]))


def _board(page: Page) -> Iterator[Proposal]:
    """A skeleton for the list that the page itself seems to be, where it reads the page."""
    guessed = guess.board(page)
    if guessed is None:
        return
    values, note = guessed
    text = toml.written(values)
    try:
        posts = own.read(text, page.url).read_list(page).posts
    except (ScrapeError, own.BadDeclaration):
        return
    yield Proposal(toml.id_for(page.url, ()), text, posts, note)


def _announced(root: BeautifulSoup, page: Page) -> Iterator[str]:
    """Addresses of feeds that a page names: in its head, then in its links."""
    for link in root.select('link[rel~="alternate"][href]'):
        if str(link.get("type", "")).strip().lower() in _FEEDS:
            yield near.joined(page.final_url, str(link["href"]))
    for link in root.select("a[href]"):
        target = near.joined(page.final_url, str(link["href"]))
        path = target.lower().partition("?")[0]
        if path.endswith((".rss", ".atom", "/rss", "/feed", "/atom")) or (
            path.endswith(".xml") and ("rss" in path or "feed" in path)
        ):
            yield target


async def _sitemaps(fetcher: Fetcher, page: Page) -> list[str]:
    """The news sitemaps that the site's robots.txt names."""
    try:
        robots = await _get(fetcher, urljoin(page.final_url, "/robots.txt"))
    except ScrapeError:
        return []
    lines = robots.body.decode("utf-8", "replace").splitlines()
    named = [line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("sitemap:")]
    return [each for each in named if "news" in each.lower()]


def _each_once(addresses: Iterable[str], without: str) -> list[str]:
    """At most a dozen addresses of the web, ``without`` one."""
    asked = dict.fromkeys(each for each in addresses if each != without)
    return [each for each in asked if each.startswith(("http://", "https://"))][:_MOST]


async def _get(fetcher: Fetcher, url: str) -> Page:
    page = (await fetcher.get(Request(url), pause=_PAUSE)).page
    assert page is not None  # no validators were sent, so 304 cannot come
    return page


def _is_html(page: Page) -> bool:
    head = page.body[:1024].lstrip().lower()
    return b"<html" in head or b"<!doctype html" in head


def _of_json(page: Page) -> str:
    """What is to be done about a page in JSON, for which nothing is proposed."""
    try:
        rows = ", ".join(near.lists(intake.data(page))) or "—"
    except ScrapeError as error:
        return error.detail
    return f'JSON: platform = "api"로 쓰십시오 / declare it as "api"; rows: {rows}'


def _called(page: Page) -> str:
    """What a feed calls itself; a sitemap is called by its address."""
    titles = feed.at(intake.tree(page), _TITLE)
    said = html.plain("".join(map(str, titles[0].itertext()))) if titles else ""
    return toml.one_line(said) or toml.one_line(page.url)
