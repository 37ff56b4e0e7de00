"""중소벤처기업부 보도자료: Ministry of SMEs and Startups, press releases."""

from scrapers.platforms import mss
from scrapers.platforms.board import Board

SOURCE = Board(
    publisher="mss",
    url=mss.list_url(mss.PRESS),
    row='tr[onclick^="doBbsFView("]',
    key=r"doBbsFView\('86','(\d+)'",
    link=mss.post_url(mss.PRESS),
    # Not the row's title attribute: the site does not escape quotation marks in it.
    title="td.subject > a:not(.mo-detail)",
    date="td.attached-files + td",
    pinned="td.notice",
    article=mss.ARTICLE,
)
