"""구글 뉴스 검색: Google News, what every outlet says of small businesses today (RSS).

Google keeps the publisher's address to itself: its own leads there.
"""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher=None,
    # 중소기업 when:1d, in percent code: Google refuses bare Hangul.
    url="https://news.google.com/rss/search"
    "?q=%EC%A4%91%EC%86%8C%EA%B8%B0%EC%97%85%20when%3A1d&hl=ko&gl=KR&ceid=KR:ko",
    key=r"/rss/articles/([\w-]+)",
    link="https://news.google.com/rss/articles/{key}",
    issuer="source",
    summary=None,  # the headline once more
    off=(
        "개인이 비상업적으로 쓰는 구독기에만 허락합니다"
        " / Google allows this feed in personal, non-commercial readers only"
    ),
    kind="news",
    every=900,
    pause=3.0,
)
