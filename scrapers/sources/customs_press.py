"""관세청 보도자료: Korea Customs Service, press releases (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="kcs",
    url="https://www.customs.go.kr/kcs/selectBoardRss.do?mi=15265&bbsId=1362",
    key=r"[?&]nttSn=(\d+)",
    link="https://www.customs.go.kr/kcs/na/ntt/selectNttInfo.do?mi=2891&bbsId=1362&nttSn={key}",
)
