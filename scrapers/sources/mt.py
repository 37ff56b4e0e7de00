"""머니투데이 최신 기사: Money Today, latest articles (news sitemap).

A thousand articles each time, so it is asked half as often as others; its RSS has stood still.
"""

from scrapers.platforms.sitemap import Sitemap

SOURCE = Sitemap(
    publisher="mt",
    url="https://www.mt.co.kr/sitemap/latest.xml",
    key=r"/20\d\d/\d\d/\d\d/(\d{19})\b",
    every=600,
    pause=3.0,
)
