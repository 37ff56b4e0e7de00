"""이투데이 산업: Etoday, industry (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="etoday",
    url="https://rss.etoday.co.kr/eto/industry_news.xml",
    key=r"/news/view/(\d+)",
    link="https://www.etoday.co.kr/news/view/{key}",
)
