"""한국일보 최신 기사: Hankook Ilbo, latest articles (news sitemap)."""

from scrapers.platforms.sitemap import Sitemap

SOURCE = Sitemap(
    publisher="hankookilbo",
    url="https://www.hankookilbo.com/sitemap/latest-articles",
    key=r"/(A20\d{17})\b",
    link="https://www.hankookilbo.com/news/article/{key}",
    every=300,
    pause=2.0,
)
