"""매일경제 국제: Maeil Business Newspaper, world (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="mk",
    url="https://www.mk.co.kr/rss/30300018/",
    key=r"/news/[\w/-]+?/(\d+)",
)
