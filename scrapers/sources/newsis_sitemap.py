"""뉴시스 최신 기사: Newsis, latest articles (news sitemap)."""

from scrapers.platforms.sitemap import Sitemap

SOURCE = Sitemap(
    publisher="newsis",
    url="https://www.newsis.com/newsis_news_google.xml",
    key=r"\b(NIS[IX]\d{8}_\d{10})\b",
    link="https://www.newsis.com/view/{key}",
    every=300,
    pause=2.0,
    route_of="newsis",
)
