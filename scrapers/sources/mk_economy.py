"""매일경제 경제: Maeil Business Newspaper, economy (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mk",
    url="https://www.mk.co.kr/rss/30100041/",
    key=r"/news/[\w/-]+?/(\d+)",
    kind="news",
    every=300,
    pause=2.0,
)
