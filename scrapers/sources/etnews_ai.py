"""전자신문 AI: Electronic Times, artificial intelligence (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="etnews",
    url="https://rss.etnews.com/04046.xml",
    key=r"etnews\.com/(\d{14})\b",
    link="https://www.etnews.com/{key}",
)
