"""The boards of 산업통상부: one engine, one address a board."""

from __future__ import annotations

from scrapers.model import Kind
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed

PRESS = "ATCL3f49a5a8c"
"""보도자료."""
NOTICE = "ATCLc01b2801b"
"""공고."""

# The old host, motie.go.kr, sends every address on to this one.
_SITE = "https://www.motir.go.kr"

_ARTICLE = ArticleLayout(
    body="div.detail-cont",
    files='div.detail-info li.info-down a[href^="javascript:location.href=\'/attach/down/"]',
    file_key=r"location\.href='(/attach/down/[\w/.%-]+)'",
    file_link=_SITE + "{key}",
)
"""The site sends a plain request for a file to its error page: names and addresses are kept."""


def board(name: str, kind: Kind = "release") -> Board:
    """The board at ``/kor/article/{name}``."""
    return Board(
        publisher="motir",
        url=f"{_SITE}/kor/article/{name}?pageIndex={{page}}",
        row="div.board-list table tbody tr",
        # In the address of the link or in its onclick: both are in use.
        key=r"article\.view\('(\d+)'",
        link=_post_url(name),
        title="div.board-link a > i",
        date="td:nth-of-type(4)",
        pinned='td:nth-of-type(1):-soup-contains("공지")',
        article=_ARTICLE,
        kind=kind,
    )


def feed(name: str, route_of: str) -> Feed:
    """The feed of the same board, which answers a POST with an empty body and nothing else.

    What it holds beside title, link and date nobody wrote down; the post's page is opened.
    """
    return Feed(
        publisher="motir",
        url=f"{_SITE}/kor/article/{name}/rss",
        form={},
        key=rf"/{name}/(\d+)\b",
        link=_post_url(name),
        summary=None,
        article=_ARTICLE,
        route_of=route_of,
    )


def _post_url(name: str) -> str:
    """A post's page, with ``{key}``: the same from the list and from the feed."""
    return f"{_SITE}/kor/article/{name}/{{key}}/view"
