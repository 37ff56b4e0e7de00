"""연합뉴스 산업: Yonhap News, industry (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="yna",
    url="https://www.yna.co.kr/rss/industry.xml",
    key=r"/view/([A-Z]{3}\d+)",
    link="https://www.yna.co.kr/view/{key}",
)
