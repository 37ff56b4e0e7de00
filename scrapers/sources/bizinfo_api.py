"""기업마당 지원사업 공고 API: the same notices as bizinfo, to check it, bizinfo.go.kr."""

from scrapers.platforms import bizinfo
from scrapers.platforms.api import Api

SOURCE = Api(
    publisher=None,
    url="https://www.bizinfo.go.kr/uss/rss/bizinfoApi.do"
    "?crtfcKey={key:bizinfo}&dataType=json&searchCnt=200",
    # Formerly an object that held them as its item.
    rows="jsonArray",
    error="reqErr",
    key="pblancId",
    title="pblancNm",
    link=bizinfo.LINK,
    date="creatPnttm",
    issuer="jrsdInsttNm",
    # When one may apply: dates, or words such as 예산 소진시까지.
    summary="reqstBeginEndDe",
    # It has the files too, which the API joins by @.
    article=bizinfo.ARTICLE,
    every=1800,
    pause=2,
    route_of="bizinfo",
    checks=True,
    needs=("bizinfo",),
)
