"""A search of the news of every outlet, for one of the readers' words a turn."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from scrapers import links
from scrapers.errors import LayoutError
from scrapers.model import NOBODY_ASKS, Asking, Kind, Listing, Moment, Page, Post, Request
from scrapers.platforms import intake
from scrapers.platforms.api import Api, at, line

_EXAMPLE = "중소기업"
_SHOWN = 100  # headlines a page, the most there are
_LAST = 1000  # no headline beyond this one is given

_TRACKING = frozenset({"trc", "section", "site", "sid", "did", "oc", "input", "ref", "cds"})
"""Parameters that outlets put into the addresses of what is one article, beside utm and fbclid."""
_IDENTITY = MappingProxyType({"www.weeklytrade.co.kr": "no"})
"""The parameter that alone says which article it is, by host."""
_EDAILY = re.compile(r"https://www\.edaily\.co\.kr/news/newspath\.asp\?newsid=(\d{17})")
_EDAILY_NOW = r"https://www.edaily.co.kr/News/Read?newsId=\1&mediaCodeNo=257"
"""Its articles as the search still has them, and as they are now."""

_OUTLETS = MappingProxyType(
    {
        "asiatoday.co.kr": "아시아투데이",
        "edaily.co.kr": "이데일리",
        "etnews.com": "전자신문",
        "etoday.co.kr": "이투데이",
        "hankookilbo.com": "한국일보",
        "hankyung.com": "한국경제",
        "heraldcorp.com": "헤럴드경제",
        "mk.co.kr": "매일경제",
        "mt.co.kr": "머니투데이",
        "news1.kr": "뉴스1",
        "newsis.com": "뉴시스",
        "newswire.co.kr": "뉴스와이어",
        "sedaily.com": "서울경제",
        "weeklytrade.co.kr": "한국무역신문",
        "yna.co.kr": "연합뉴스",
    }
)
"""The search names no outlet. Whom we do not know by the host stays unnamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(Api):
    """A declared search for news, as Naver answers it: an :class:`Api` with rows of many outlets.

    ``url`` has ``{term}``, the word of the turn, and ``{start}``, the number of the first headline
    on the page. An article goes by the outlet's own address, ``key``, or where that is none by
    ``spare``; there is no other ``link``.
    """

    publisher: str | None = None
    rows: str = "items"
    total: str | None = "total"
    error: str | None = "errorMessage"
    key: str = "originallink"
    spare: str = "link"
    link: str = ""
    title: str = "title"
    summary: str | None = "description"
    date: str = "pubDate"
    kind: Kind = "news"
    # At most 14,400 of the 25,000 calls a day that all searches with the key share.
    every: float = 30
    pause: float = 0.2
    max_pages: int = 5
    searches: bool = True

    def first(self, asking: Asking = NOBODY_ASKS) -> Request:
        """The newest headlines with the word whose turn it is."""
        terms = asking.terms or (_EXAMPLE,)
        term = quote(terms[asking.turn % len(terms)], safe="")
        return self._from(1, self.url.replace("{term}", term))

    def read_list(self, page: Page) -> Listing:
        """Headlines, newest first; that nobody wrote of the word is no trouble."""
        start = _start(page)
        content = intake.data(page)
        if start > 1 and at(content, self.rows) == []:
            return Listing(())
        following = start + _SHOWN
        total = line(at(content, self.total or ""))
        if not total:
            raise LayoutError(page.url, f"nothing at {self.total!r}")
        more = total.isdecimal() and following <= min(int(total), _LAST)
        # A class with slots loses the super() without arguments.
        found = super(Search, self).read_list(page)
        return replace(found, more=self._from(following, page.url) if more else None)

    def _from(self, start: int, url: str) -> Request:
        url = re.sub(r"(?<=[?&]start=)(?:\d+|\{start\})", str(start), url)
        return Request(url, headers=self.headers)

    def _paths(self) -> tuple[str | None, ...]:
        return *super(Search, self)._paths(), self.spare

    def _post(self, row: object, page: Page) -> Post:
        return replace(super(Search, self)._post(row, page), url=self._address(row, page))

    def _key(self, row: object, page: Page) -> str:
        return _identity(self._address(row, page))

    def _address(self, row: object, page: Page) -> str:
        for path in (self.key, self.spare):
            written = at(row, path)
            try:
                found = links.absolute("https://", written if isinstance(written, str) else "")
            except ValueError:
                continue
            return _EDAILY.sub(_EDAILY_NOW, found)
        raise LayoutError(page.url, f"no address at {self.key!r} or {self.spare!r} of a row")

    def _issuer(self, row: object, key: str) -> str | None:  # noqa: ARG002 - no row says it
        labels = urlsplit(key).netloc.split(".")
        hosts = (".".join(labels[begin:]) for begin in range(len(labels)))
        return next((_OUTLETS[host] for host in hosts if host in _OUTLETS), None)

    def _published(self, row: object) -> Moment | None:
        moment = super(Search, self)._published(row)
        # Seconds are printed, and always 00.
        return moment and replace(moment, precision="minute")


def _start(page: Page) -> int:
    number = re.search(r"[?&]start=(\d{1,4})(?:&|$)", page.url)
    if number is None:
        raise LayoutError(page.url, "not a page of a search")
    return int(number[1])


def _identity(url: str) -> str:
    """The same for every address of one article that differs only in how one got there."""
    parts = urlsplit(url)
    pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
    known = _IDENTITY.get(parts.netloc)
    kept = [pair for pair in pairs if pair[0] == known]
    kept = kept or [pair for pair in pairs if pair[0].lower() not in _TRACKING]
    return urlunsplit(parts._replace(query=urlencode(kept)))
