"""한국무역협회 무역뉴스: Korea International Trade Association, trade news.

The list turns its pages by POST; the first, asked for plainly, holds the latest. An article is
known by its number alone, whatever part of the house (``siteId``) shows it.
"""

from scrapers.platforms.board import Board

SOURCE = Board(
    publisher="kita",
    url="https://www.kita.net/board/totalTradeNews/totalTradeNewsList.do",
    row="ul.board-list > li",
    key=r"goDetailPage\('(\d+)'",
    link="https://www.kita.net/board/totalTradeNews/totalTradeNewsDetail.do?no={key}",
    title='a[onclick^="goDetailPage("]',
    date="span.date",
    kind="news",
    every=900,
    pause=3.0,
    max_pages=1,
)
