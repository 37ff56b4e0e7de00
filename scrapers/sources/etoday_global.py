"""이투데이 글로벌경제: Etoday, world economy (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="etoday",
    url="https://rss.etoday.co.kr/eto/global_news.xml",
    key=r"/news/view/(\d+)",
    link="https://www.etoday.co.kr/news/view/{key}",
)
