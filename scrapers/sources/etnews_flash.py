"""전자신문 속보: Electronic Times, breaking news (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="etnews",
    url="https://rss.etnews.com/Section902.xml",
    key=r"etnews\.com/(\d{14})\b",
    link="https://www.etnews.com/{key}",
)
