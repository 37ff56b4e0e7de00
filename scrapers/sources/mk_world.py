"""매일경제 국제: Maeil Business Newspaper, world (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mk",
    url="https://www.mk.co.kr/rss/30300018/",
    key=r"/news/[\w/-]+?/(\d+)",
    kind="news",
    every=300,
    pause=2.0,
)
