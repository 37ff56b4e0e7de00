"""서울경제 전체 기사: Seoul Economic Daily, all articles (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="sedaily",
    url="https://www.sedaily.com/rss/newsall",
    key=r"/article/(\d+)",
    link="https://www.sedaily.com/article/{key}",
    off=(
        "RSS의 상업적 이용과 AI 학습을 금지합니다"
        " / its RSS forbids commercial use and training of AI"
    ),
)
