"""연합뉴스 최신 기사: Yonhap News, latest articles (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="yna",
    url="https://www.yna.co.kr/rss/news.xml",
    key=r"/view/([A-Z]{3}\d+)",
    link="https://www.yna.co.kr/view/{key}",
)
