"""전자신문 오늘의 뉴스: Electronic Times, today's news (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="etnews",
    url="https://rss.etnews.com/Section901.xml",
    key=r"etnews\.com/(\d{14})\b",
    link="https://www.etnews.com/{key}",
)
