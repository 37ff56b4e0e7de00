"""The layout of a post's own page, the same whether a board or a feed led to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

from bs4 import Tag

from scrapers import dates, html
from scrapers.errors import LayoutError
from scrapers.model import Detail, File, Moment, Page, Part, Request
from scrapers.platforms import intake, posts

_PART_NUMBER = re.compile(r"(\d+)(\.html)$")
_FILE = re.compile(r"[\w)\]]\.(?:hwpx?|pdf|docx?|xlsx?|pptx?|zip)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?!javascript:|#).", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLayout:
    """Where things stand on a post's page. All are CSS selectors unless said otherwise.

    ``body``: the text; exactly one. ``title``: exactly one. ``date`` (the content of a ``meta``)
    and ``issuer``: at most one. ``files``: links, any number, none where no file is named either,
    each named by its own text or by the single ``file_name`` in the nearest element around it that
    has one. Where those links are
    scripts, ``file_key`` is a regular expression whose group, found in the link's markup, stands
    for ``{key}`` in ``file_link``, and a named group for its name. ``above``: what else there is
    to read, any number, put before the body. ``drop``: parts of the body that are not text.
    ``boilerplate``: a regular expression for whole lines that are not text. ``date_only``: a time
    of 00:00:00 is none.

    Where the text is kept in a document viewer, ``frame`` is its iframe (at most one) and
    ``part`` the address of its first page, with ``{names}`` taken from the query of the iframe.
    """

    body: str
    title: str | None = None
    date: str | None = None
    issuer: str | None = None
    files: str | None = None
    file_name: str | None = None
    file_key: str | None = None
    file_link: str = ""
    above: str | None = None
    drop: str | None = None
    boilerplate: str | None = None
    frame: str | None = None
    part: str = ""
    date_only: bool = False

    def read(self, page: Page) -> Detail:
        """What the page says. Raises LayoutError where it holds no text, frame or file."""
        root = intake.document(page)
        body = html.one(root, self.body, page.url)
        frame = html.at_most_one(root, self.frame, page.url) if self.frame else None
        detail = Detail(
            title=html.line_of(html.one(root, self.title, page.url)) if self.title else None,
            published=self._published(root, page),
            publisher=self._issuer(root, page),
            files=self._files(root, page) or self._no_files(root, body, page),
            body=self._first_part(frame, page) if frame else None,
            # Last, because what it drops may hold the title and the files.
            text="" if frame else self._whole(root, body),
        )
        if not (detail.text or detail.body or detail.files):
            raise LayoutError(page.url, "neither text nor files")
        return detail

    def read_part(self, page: Page) -> Part:
        """One page of the viewer; the next one is asked for until it is Gone."""
        body = html.one(intake.document(page), "body", page.url)
        number = _PART_NUMBER.search(page.url)
        if number is None:
            raise LayoutError(page.url, "not a page of a document viewer")
        following = f"{page.url[: number.start()]}{int(number[1]) + 1}{number[2]}"
        return Part(self._text(body), Request(following))

    def _whole(self, root: Tag, body: Tag) -> str:
        above = root.select(self.above) if self.above else ()
        return "\n".join(filter(None, [*map(html.text_of, above), self._text(body)]))

    def _text(self, body: Tag) -> str:
        for element in body.select(self.drop) if self.drop else ():
            element.decompose()
        text = html.plain_lines(html.text_of(body))
        if self.boilerplate is None:
            return text
        noise = re.compile(self.boilerplate)
        return "\n".join(line for line in text.split("\n") if not noise.fullmatch(line)).strip()

    def _published(self, root: Tag, page: Page) -> Moment | None:
        element = html.at_most_one(root, self.date, page.url) if self.date else None
        if element is None:
            return None
        written = element.get("content") if element.name == "meta" else html.line_of(element)
        moment = dates.read(str(written), date_only=self.date_only)
        return dates.past(moment, page.fetched_at)

    def _issuer(self, root: Tag, page: Page) -> str | None:
        element = html.at_most_one(root, self.issuer, page.url) if self.issuer else None
        return html.line_of(element) or None if element else None

    def _files(self, root: Tag, page: Page) -> tuple[File, ...]:
        """Each address once, under the first name it is given; a second link only downloads it."""
        names: dict[str, str] = {}
        for link in root.select(self.files) if self.files else ():
            url = self._address(link, page)
            names[url] = names.get(url) or self._name(link, page)
        nameless = [url for url, name in names.items() if not name]
        if nameless:
            raise LayoutError(page.url, f"a file without a name: {nameless[0]}")
        return tuple(File(name, url) for url, name in names.items())

    def _no_files(self, root: Tag, body: Tag, page: Page) -> tuple[File, ...]:
        """Nothing, unless a file is named all the same: then files stand elsewhere than we know.

        A text may link to files of others; what is dropped from it is no text.
        """
        dropped = body.select(self.drop) if self.drop else []
        of_text = _inside([body]) - _inside(dropped)
        named = root.select(f"a, {self.file_name}" if self.file_name else "a") if self.files else []
        for link in named:
            foreign = id(link) in of_text and _ADDRESS.match(str(link.get("href", "")))
            if not foreign and _FILE.search(html.line_of(link)):
                raise LayoutError(page.url, f"a file is named, but none found by {self.files!r}")
        return ()

    def _address(self, link: Tag, page: Page) -> str:
        if self.file_key is None:
            return posts.address(page, str(link.get("href", "")))
        said = html.markup_of(link)
        key = posts.key_in(self.file_key, said, page)
        named = next(re.finditer(self.file_key, said)).groupdict()
        return self.file_link.format_map(named | {"key": key})

    def _name(self, link: Tag, page: Page) -> str:
        if self.file_name is None:
            return html.line_of(link)
        around = next((each for each in link.parents if each.select(self.file_name)), link)
        return html.line_of(html.one(around, self.file_name, page.url))

    def _first_part(self, frame: Tag, page: Page) -> Request:
        query = parse_qs(urlsplit(str(frame.get("src"))).query)
        try:
            return Request(
                self.part.format_map({k: quote(v[0]).lstrip("/") for k, v in query.items()})
            )
        except KeyError as missing:
            raise LayoutError(page.url, f"the viewer's address has no {missing}") from missing


def _inside(elements: Iterable[Tag]) -> set[int]:
    return {id(each) for element in elements for each in element.find_all(True)}
