"""해양수산부 보도자료: Ministry of Oceans and Fisheries, press releases (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mof",
    url="https://www.mof.go.kr/doc/ko/rssFeed.do?bbsSeq=10",
    key=r"[?&]docSeq=(\d+)",
    link="https://www.mof.go.kr/doc/ko/selectDoc.do?docSeq={key}&menuSeq=971&bbsSeq=10",
)
