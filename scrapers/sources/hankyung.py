"""한국경제 최신 기사: The Korea Economic Daily, latest articles (news sitemap).

A few quick requests bring a browser check there, so the host rests longer than others.
"""

from scrapers.platforms.sitemap import Sitemap

SOURCE = Sitemap(
    publisher="hankyung",
    url="https://www.hankyung.com/sitemap/latest-article.xml",
    key=r"/article/(20\d{6}\w{5})\b",
    every=300,
    pause=3.0,
)
