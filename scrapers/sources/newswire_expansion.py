"""뉴스와이어 사업확장: Korea Newswire, business expansion (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="newswire",
    url="https://api.newswire.co.kr/rss/theme/116",
    key=r"[?&]no=(\d+)",
    link="https://www.newswire.co.kr/newsRead.php?no={key}",
)
