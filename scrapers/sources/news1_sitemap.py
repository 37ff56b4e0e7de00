"""뉴스1 최신 기사: News1, latest articles (news sitemap)."""

from scrapers.platforms.sitemap import Sitemap

SOURCE = Sitemap(
    publisher="newsone",
    url="https://www.news1.kr/api/feeds/google-news/",
    key=r"news1\.kr/(?:[a-z-]+/)+\??(\d+)\b",
    every=300,
    pause=2.0,
)
