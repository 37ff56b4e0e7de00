"""전자신문 AI: Electronic Times, artificial intelligence (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="etnews",
    url="https://rss.etnews.com/04046.xml",
    key=r"etnews\.com/(\d{14})\b",
    link="https://www.etnews.com/{key}",
    kind="news",
    every=300,
    pause=2.0,
)
