"""중소벤처기업부 사업공고: Ministry of SMEs and Startups, calls for applications."""

from scrapers.platforms import mss
from scrapers.platforms.board import Board

SOURCE = Board(
    publisher="mss",
    url=mss.list_url(mss.NOTICE),
    row='tr[onclick^="doBbsFView("]',
    key=r"doBbsFView\('310','(\d+)'",
    link=mss.post_url(mss.NOTICE),
    title="td.subject > a:not(.mo-detail)",
    date="td.attached-files + td",
    summary="div.tableInfoBox",
    pinned="td.notice",
    article=mss.NOTICE_ARTICLE,
    kind="notice",
)
