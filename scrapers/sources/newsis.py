"""뉴시스 속보: Newsis, breaking news (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="newsis",
    url="https://www.newsis.com/RSS/sokbo.xml",
    key=r"\b(NIS[IX]\d{8}_\d{10})\b",
    link="https://www.newsis.com/view/{key}",
)
