"""수출바우처 공지사항: notices of the export voucher programme, exportvoucher.com."""

from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board

_BOARD = "https://www.exportvoucher.com/portal/board"

SOURCE = Board(
    # It runs the portal; the list does not say whose notice it is.
    publisher="kotra",
    url=(f"{_BOARD}/boardList?bbs_id=1&active_menu_cd=EZ005004000&pageNo={{page}}&pageUnit=10"),
    row="table tbody tr:has(td.left)",
    key=r"goDetail\((\d+)\)",
    link=f"{_BOARD}/boardView?bbs_id=1&ntt_id={{key}}",
    title="td.left > a",
    date="td.left + td",
    pinned='td img[alt="중요"]',
    article=ArticleLayout(
        body="div.bbsViewArea div.bbsCon",
        title="div.bbsViewArea div.bbsInfo h3",
        files='.bbsViewArea .file-container a[href*="FileDownload.do"]',
    ),
    kind="notice",
    # robots.txt: Crawl-delay 60.
    every=3600,
    pause=60,
    max_pages=2,
)
