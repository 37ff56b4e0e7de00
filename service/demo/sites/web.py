"""What the sites share: a request, an answer, and writing text into markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from hashlib import sha1
from html import escape

from service.demo.world import Release, World

_HTML = "text/html;charset=UTF-8"
XML = "text/xml;charset=UTF-8"

_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Ask:
    """One GET: names of ``headers`` are lower-case, of a repeated query name the last counts."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. ``shown``: ids of the releases that a list, feed or sitemap in it holds."""

    body: bytes
    type: str = _HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    shown: tuple[int, ...] = ()


NOT_FOUND = Reply(
    b"<!DOCTYPE html><html><head><title>404</title></head><body>Not Found</body></html>", status=404
)


def legible(value: str) -> str:
    """``value`` without what XML forbids."""
    return _NOT_IN_XML.sub("", value)


def text(value: str) -> str:
    """``value`` as element content or attribute: markup escaped, what XML forbids left out."""
    return escape(legible(value))


def cdata(value: str) -> str:
    """``value`` as a CDATA section."""
    return f"<![CDATA[{legible(value).replace(']]>', ']]]]><![CDATA[>')}]]>"


def number(value: str | None, default: int = 0) -> int:
    """A number out of a query, ``default`` where there is none."""
    return int(value) if value is not None and value.isascii() and value.isdecimal() else default


def ids(releases: Iterable[Release]) -> tuple[int, ...]:
    """Their numbers, for ``Reply.shown``."""
    return tuple(release.id for release in releases)


def conditional(ask: Ask, reply: Reply) -> Reply:
    """``reply`` with an ETag of its body, or 304 where the client holds it already."""
    tag = f'"{sha1(reply.body, usedforsecurity=False).hexdigest()[:20]}"'
    headers = (*reply.headers, ("etag", tag))
    if ask.headers.get("if-none-match") == tag:
        return replace(reply, body=b"", status=304, headers=headers, shown=())
    return replace(reply, headers=headers)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed or sitemap: the newest ``count`` releases of ``site`` as ``write`` spells them."""

    site: str
    count: int
    write: Callable[[list[Release]], bytes]
    type: str = XML

    def answer(self, world: World, ask: Ask) -> Reply:
        """With validators; Last-Modified is when the newest was really put up."""
        releases = world.newest(self.site, self.count)
        headers: tuple[tuple[str, str], ...] = ()
        if releases:
            when = formatdate(world.published_at_real[releases[0].id], usegmt=True)
            headers = (("last-modified", when),)
        reply = Reply(self.write(releases), self.type, headers=headers, shown=ids(releases))
        return conditional(ask, reply)
