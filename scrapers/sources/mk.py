"""매일경제 최신 기사: Maeil Business Newspaper, latest articles (news sitemap)."""

from scrapers.platforms.sitemap import Sitemap

SOURCE = Sitemap(
    publisher="mk",
    url="https://www.mk.co.kr/sitemap/latest-articles/",
    key=r"/news/[\w/-]+?/(\d+)",
    every=300,
    pause=2.0,
)
