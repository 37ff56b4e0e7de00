"""이투데이 경제: Etoday, economy (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="etoday",
    url="https://rss.etoday.co.kr/eto/economy_news.xml",
    key=r"/news/view/(\d+)",
    link="https://www.etoday.co.kr/news/view/{key}",
)
