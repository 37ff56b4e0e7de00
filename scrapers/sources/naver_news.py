"""네이버 뉴스 검색: what every outlet says of readers' words, Naver's open API (to 2027-06-30)."""

from scrapers.platforms.search import Search

SOURCE = Search(
    url="https://openapi.naver.com/v1/search/news.json?query={term}&display=100&start={start}&sort=date",
    headers={
        "X-Naver-Client-Id": "{key:naver_id}",
        "X-Naver-Client-Secret": "{key:naver_secret}",
    },
    needs=("naver_id", "naver_secret"),
)
