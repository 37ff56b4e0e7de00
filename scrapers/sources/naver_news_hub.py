"""네이버 뉴스 검색: what every outlet says of readers' words, Naver API HUB."""

from scrapers.platforms.search import Search

SOURCE = Search(
    publisher=None,
    url="https://naverapihub.apigw.ntruss.com/search/v1/news?query={term}&display=100&start={start}&sort=date",
    headers={
        "X-NCP-APIGW-API-KEY-ID": "{key:naver_hub_id}",
        "X-NCP-APIGW-API-KEY": "{key:naver_hub_secret}",
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
    needs=("naver_hub_id", "naver_hub_secret"),
)
