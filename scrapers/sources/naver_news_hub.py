"""네이버 뉴스 검색: what every outlet says of readers' words, Naver API HUB."""

from scrapers.platforms.search import Search

SOURCE = Search(
    url="https://naverapihub.apigw.ntruss.com/search/v1/news?query={term}&display=100&start={start}&sort=date",
    headers={
        "X-NCP-APIGW-API-KEY-ID": "{key:naver_hub_id}",
        "X-NCP-APIGW-API-KEY": "{key:naver_hub_secret}",
    },
    needs=("naver_hub_id", "naver_hub_secret"),
)
