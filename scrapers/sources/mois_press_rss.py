"""행정안전부 보도자료: Ministry of the Interior and Safety, press releases (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mois",
    url="https://www.mois.go.kr/gpms/view/jsp/rss/rss.jsp?ctxCd=1012",
    key=r"[?&]nttId=(\d+)",
    link=(
        "https://www.mois.go.kr/frt/bbs/type010/commonSelectBoardArticle.do"
        "?bbsId=BBSMSTR_000000000008&nttId={key}"
    ),
)
