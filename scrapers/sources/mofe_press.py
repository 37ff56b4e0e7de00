"""재정경제부 보도자료: Ministry of Finance and Economy, press releases (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mofe",
    url="https://www.mofe.go.kr/com/detailRssTagService.do?bbsId=MOSFBBS_000000000028",
    key=r"\b(MOSF_\d+)",
    # The feed links to http, where the site answers with its list in place of the post.
    link=(
        "https://www.mofe.go.kr/nw/nes/detailNesDtaView.do"
        "?menuNo=4010100&searchBbsId1=MOSFBBS_000000000028&searchNttId1={key}"
    ),
)
