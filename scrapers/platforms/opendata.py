"""A list that data.go.kr answers in XML, all of a few days at once."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from lxml import etree

from scrapers import dates, html
from scrapers.errors import Disallowed, LayoutError, ScrapeError, ServerTrouble, Throttled
from scrapers.model import NOBODY_ASKS, Asking, Listing, Page, Post, Request
from scrapers.platforms import intake, posts
from scrapers.platforms.declared import Declared

_KEY = re.compile(r"\d{1,20}", re.ASCII)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)
_PAGED = re.compile(r"(?<=[?&]pageNo=)(\d{1,9})(&numOfRows=(\d{1,9}))(?=&)", re.ASCII)
_NOTHING = "3"
# Codes as the gateway's guide lists them; services of ministries use the same.
_PASSING = frozenset({"1", "2", "4", "5"})  # application, database, HTTP, time-out
_TOO_OFTEN = frozenset({"21", "22", "23"})
_NO_LEAVE = frozenset({"20", "30", "31", "32", "33"})
_WITHDRAWN = "D"
_OLDEST = dt.date(1999, 2, 18)  # before the first release that the portal has, nobody asks


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenData(Declared):
    """A declared list of data.go.kr.

    ``url`` has ``{since}`` and ``{until}``, the first and the last of ``days`` days up to today,
    YYYYMMDD or with ``dashed`` YYYY-MM-DD; as many before them are the next page of the list, once
    all of these are read: it may have ``pageNo=1&numOfRows=`` before them.
    ``item`` is the path of its items, at least one unless the service says "no data". Within an
    item ``key`` (a number) and ``title`` are not empty; ``date``, ``issuer`` (the publisher's name)
    and ``text`` may be, and be missing in some. ``total`` is where the answer says how many there
    are, 0 being no trouble.

    ``link`` (with ``{key}``) is the post's address for people, and ``article`` says how to read the
    page there; without it the item holds all of the text. Files are those of the page, though some
    services name them here too.

    Of an answer that stopped half way the items before the cut are read, and it is said so.
    """

    item: str
    key: str
    title: str
    link: str
    date: str
    issuer: str | None = None
    text: str | None = None
    total: str | None = None
    days: int = 3
    dashed: bool = False
    every: float = 900
    pause: float = 1.0
    max_pages: int = 3
    needs: tuple[str, ...] = ("data_go_kr",)

    def first(self, asking: Asking = NOBODY_ASKS) -> Request:
        """Everything of the last days."""
        return self._until(max(asking.today, _OLDEST))

    def read_list(self, page: Page) -> Listing:
        """Posts in the order of the answer; ``more`` is the days before, which may hold none.

        Raises Throttled, Disallowed or ServerTrouble where the gateway or the service says so.
        """
        root, cut = self._root(page)
        code = _code(root)
        total = (root.findtext(self.total) or "").strip() if self.total else ""
        more = self._more(page, int(total) if _COUNT.fullmatch(total) else 0)
        if code == _NOTHING or total == "0":
            return Listing((), more)
        if code != "0":
            raise _refusal(root, code, page)
        items = root.findall(self.item)
        self._expect_elements(root, items, page, cut=cut)
        valid = [item for item in items if item.findtext("ContentsStatus") != _WITHDRAWN]
        found = (self._post(item, page) for item in valid)
        listed = posts.listed(found, page, dated=True) if valid else ()
        return Listing(listed, more, "cut-off" if cut else None)

    def _expect_elements(
        self, root: etree._Element, items: list[etree._Element], page: Page, *, cut: bool
    ) -> None:
        if not items:
            why = f"expected at least one {self.item!r}, found none"
            raise LayoutError(page.url, why, "empty")
        if self.total and root.find(self.total) is None and not cut:
            raise LayoutError(page.url, f"no {self.total!r}")
        for path in filter(None, (self.key, self.title, self.date, self.issuer, self.text)):
            if all(item.find(path) is None for item in items):
                raise LayoutError(page.url, f"no item has {path!r}")

    def _until(self, until: dt.date) -> Request:
        since = until - dt.timedelta(days=self.days - 1)
        url = self.url.replace("{since}", self._day(since)).replace("{until}", self._day(until))
        return Request(url)

    def _more(self, page: Page, total: int) -> Request:
        """What is left of these days, and then the days before them."""
        paged = _PAGED.search(page.url)
        if paged and int(paged[1]) * int(paged[3]) < total:
            return Request(_PAGED.sub(rf"{int(paged[1]) + 1}\2", page.url))
        before = self.url.partition("{since}")[0]
        try:
            first = _PAGED.sub(r"1\2", page.url)
            since = dt.date.fromisoformat(first.removeprefix(before).partition("&")[0])
            return self._until(since - dt.timedelta(days=1))
        except (ValueError, OverflowError) as trouble:
            raise LayoutError(page.url, f"not an answer to {self.url}") from trouble

    def _day(self, day: dt.date) -> str:
        return day.isoformat() if self.dashed else day.isoformat().replace("-", "")

    def _root(self, page: Page) -> tuple[etree._Element, bool]:
        """The tree, and whether it is only that of the items before a cut."""
        try:
            return intake.tree(page), False
        except LayoutError as trouble:
            *around, last = self.item.split("/")
            end = f"</{last}>".encode()
            whole, found, _ = page.body.rpartition(end)
            if trouble.trouble != "cut-off" or not found:
                raise
            closed = "".join(f"</{name}>" for name in (*reversed(around), "response"))
            return intake.tree(replace(page, body=whole + end + closed.encode())), True

    def _post(self, item: etree._Element, page: Page) -> Post:
        key = _line(item, self.key)
        if not _KEY.fullmatch(key):
            raise LayoutError(page.url, f"no key at {self.key!r} of an item: {key[:100]!r}")
        title = _line(item, self.title)
        if not title:
            raise LayoutError(page.url, f"{self.title!r} of item {key} is empty")
        text = _text(item, self.text) if self.text else ""
        return Post(
            key=key,
            url=self.link.replace("{key}", key),
            title=title,
            published=dates.read(_line(item, self.date), date_only=self.date_only),
            publisher=(_line(item, self.issuer) or None) if self.issuer else None,
            # Where its page cannot be had, this is what there is to read.
            summary=text or None,
            text=None if self.article else text or None,
        )


def _code(root: etree._Element) -> str | None:
    """The result code without leading zeros; None where the answer has none."""
    code = root.findtext("header/resultCode") or root.findtext("cmmMsgHeader/returnReasonCode")
    return (code.strip().lstrip("0") or "0") if code else None


def _refusal(root: etree._Element, code: str | None, page: Page) -> ScrapeError:
    """What an answer without items means. Its names of errors are fixed words in English."""
    said = root.findtext("header/resultMsg") or root.findtext("cmmMsgHeader/returnAuthMsg")
    if code is None:
        return LayoutError(page.url, "an answer without a result code")
    detail = f"the service says {code}: {html.fold(said or '')[:100]}"
    if code in _TOO_OFTEN:
        return Throttled(page.url, detail)
    if code in _NO_LEAVE:
        return Disallowed(page.url, detail)
    if code in _PASSING:
        return ServerTrouble(page.url, detail)
    return LayoutError(page.url, detail, "error-page")


def _line(item: etree._Element, path: str) -> str:
    return html.line(item.findtext(path) or "")


def _text(item: etree._Element, path: str) -> str:
    """HTML, or lines of plain text."""
    written = item.findtext(path) or ""
    return html.plain(written if "<" in written else written.replace("\n", "<br>"))
