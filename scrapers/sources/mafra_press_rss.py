"""농림축산식품부 보도자료: Ministry of Agriculture, Food and Rural Affairs, releases (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mafra",
    url="https://www.mafra.go.kr/bbs/home/792/rssList.do?row=50",
    key=r"/bbs/home/792/(\d+)/",
    link="https://www.mafra.go.kr/bbs/home/792/{key}/artclView.do",
    off=(
        "robots.txt가 수집기를 막고 있다고 합니다. 같은 자료가 korea_kr에 있습니다"
        " / its robots.txt is said to close it; korea_kr has the same releases"
    ),
)
