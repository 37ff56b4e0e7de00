"""매일경제 경제: Maeil Business Newspaper, economy (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="mk",
    url="https://www.mk.co.kr/rss/30100041/",
    key=r"/news/[\w/-]+?/(\d+)",
)
