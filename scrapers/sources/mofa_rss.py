"""외교부 보도자료: Ministry of Foreign Affairs, press releases (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mofa",
    url="https://www.mofa.go.kr/www/brd/rss.do?brdId=235",
    key=r"[?&]seq=(\d+)",
    link="https://www.mofa.go.kr/www/brd/m_4080/view.do?seq={key}",
    route_of="mofa_press",
)
