"""연합뉴스 경제: Yonhap News, economy (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="yna",
    url="https://www.yna.co.kr/rss/economy.xml",
    key=r"/view/([A-Z]{3}\d+)",
    link="https://www.yna.co.kr/view/{key}",
)
