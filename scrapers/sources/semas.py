"""소상공인시장진흥공단 공지사항: Small Enterprise and Market Service, notices."""

from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board

_BOARD = "https://www.semas.or.kr/web/board"

SOURCE = Board(
    publisher="semas",
    url=f"{_BOARD}/webBoardList.kmdc?bCd=1&pNm=BOA0101&page={{page}}",
    row='table tbody tr:has(a[href*="fncGoDetail("], a[onclick*="fncGoDetail("])',
    key=r"fncGoDetail\( *'(\d+)'",
    link=f"{_BOARD}/webBoardView.kmdc?bCd=1&b_idx={{key}}&pNm=BOA0101",
    title="td.title > a",
    date="td:nth-of-type(4)",
    pinned='td:nth-of-type(1):-soup-contains("공지")',
    article=ArticleLayout(
        body="td.cont",
        files='a[href*="/common/download.kmdc"]',
    ),
    kind="notice",
    every=1800,
    pause=2,
)
