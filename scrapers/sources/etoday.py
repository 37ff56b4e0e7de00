"""이투데이 전체 기사: Etoday, all articles (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="etoday",
    url="https://rss.etoday.co.kr/eto/etoday_news_all.xml",
    key=r"/news/view/(\d+)",
    link="https://www.etoday.co.kr/news/view/{key}",
)
