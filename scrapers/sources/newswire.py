"""뉴스와이어 전체 보도자료: Korea Newswire, releases of companies (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="newswire",
    url="https://api.newswire.co.kr/rss/all",
    key=r"[?&]no=(\d+)",
    link="https://www.newswire.co.kr/newsRead.php?no={key}",
)
