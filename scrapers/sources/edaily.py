"""이데일리 최신 기사: Edaily, latest articles (news sitemap).

Its RSS host speaks a TLS that is no longer safe.
"""

from scrapers.platforms.sitemap import Sitemap

SOURCE = Sitemap(
    publisher="edaily",
    url="https://www.edaily.co.kr/sitemap/latest-article.xml",
    key=r"[?&]newsId=(\d{17})\b",
    link="https://www.edaily.co.kr/News/Read?newsId={key}&mediaCodeNo=257",
    every=300,
    pause=2.0,
)
