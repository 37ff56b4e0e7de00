"""연합뉴스 정치: Yonhap News, politics (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="yna",
    url="https://www.yna.co.kr/rss/politics.xml",
    key=r"/view/([A-Z]{3}\d+)",
    link="https://www.yna.co.kr/view/{key}",
)
