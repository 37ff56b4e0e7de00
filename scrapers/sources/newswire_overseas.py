"""뉴스와이어 해외: Korea Newswire, releases from abroad (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="newswire",
    url="https://api.newswire.co.kr/rss/region/11",
    key=r"[?&]no=(\d+)",
    link="https://www.newswire.co.kr/newsRead.php?no={key}",
)
