"""The boards of 산업통상부: one engine, one address a board."""

from __future__ import annotations

from scrapers.model import Kind
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board

PRESS = "ATCL3f49a5a8c"
"""보도자료."""
BUSINESS = "ATCL2826a2625"
"""사업공고."""
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
        link=f"{_SITE}/kor/article/{name}/{{key}}/view",
        title="div.board-link a > i",
        date="td:nth-of-type(4)",
        pinned='td:nth-of-type(1):-soup-contains("공지")',
        article=_ARTICLE,
        kind=kind,
    )
