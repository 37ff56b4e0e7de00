"""매일경제 기업·경영: Maeil Business Newspaper, companies (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="mk",
    url="https://www.mk.co.kr/rss/50100032/",
    key=r"/news/[\w/-]+?/(\d+)",
)
