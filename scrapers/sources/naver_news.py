"""네이버 뉴스 검색: what every outlet says of readers' words, Naver's open API (to 2027-06-30)."""

from scrapers.platforms.search import Search

SOURCE = Search(
    publisher=None,
    url="https://openapi.naver.com/v1/search/news.json?query={term}&display=100&start={start}&sort=date",
    headers={
        "X-Naver-Client-Id": "{key:naver_id}",
        "X-Naver-Client-Secret": "{key:naver_secret}",
    },
    rows="items",
    total="total",
    error="errorMessage",
    key="originallink",
    spare="link",
    title="title",
    summary="description",
    date="pubDate",
    # At most 14,400 of the 25,000 calls a day that all searches with the key share.
    every=30,
    pause=0.2,
    max_pages=5,
    needs=("naver_id", "naver_secret"),
)
