"""대한민국 정책브리핑 보도자료: press releases of all ministries, korea.kr."""

from scrapers.platforms import korea_kr
from scrapers.platforms.board import Board

SOURCE = Board(
    publisher=None,
    url=korea_kr.list_url("{page}"),
    row=korea_kr.ROW,
    key=korea_kr.KEY,
    link=korea_kr.LINK,
    title=korea_kr.TITLE,
    date=korea_kr.DATE,
    issuer=korea_kr.ISSUER,
    summary=korea_kr.SUMMARY,
    article=korea_kr.ARTICLE,
    every=300,
    pause=0.2,
    max_pages=30,
)
