"""뉴스와이어 지식재산: Korea Newswire, intellectual property (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="newswire",
    url="https://api.newswire.co.kr/rss/theme/129",
    key=r"[?&]no=(\d+)",
    link="https://www.newswire.co.kr/newsRead.php?no={key}",
)
