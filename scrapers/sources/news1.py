"""뉴스1 경제: News1, economy (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="newsone",
    url="https://www.news1.kr/api/feeds/google?category_id=13",
    key=r"news1\.kr/(?:[a-z-]+/)+\??(\d+)\b",
)
