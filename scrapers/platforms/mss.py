"""The board engine of 중소벤처기업부: what its lists and its feeds have in common."""

from __future__ import annotations

from dataclasses import replace

from scrapers.platforms.article import ArticleLayout

PRESS = 86
"""cbIdx of 보도자료."""
NOTICE = 310
"""cbIdx of 사업공고."""

ARTICLE = ArticleLayout(
    body="div.view_contents > div.txt-area",
    date='div.board_view th:-soup-contains("등록일") + td',
    files='a[href*="/common/board/Download.do"]',
    file_name=".name",
)
NOTICE_ARTICLE = replace(ARTICLE, above='div.board_view tr:has(th:-soup-contains("신청기간"))')
"""Until when one may apply stands in the table above the text, and often nowhere else."""


def list_url(board: int) -> str:
    """Pages of a list, with ``{page}``."""
    return f"https://www.mss.go.kr/site/smba/ex/bbs/List.do?cbIdx={board}&pageIndex={{page}}"


def post_url(board: int) -> str:
    """A post's page, with ``{key}``: the same from the list and from the feed."""
    return f"https://www.mss.go.kr/site/smba/ex/bbs/View.do?cbIdx={board}&bcIdx={{key}}"
