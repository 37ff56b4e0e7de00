"""문화체육관광부 보도자료: Ministry of Culture, Sports and Tourism, press releases (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mcst",
    url="https://www.mcst.go.kr/common/rss/press.jsp",
    key=r"[?&]pSeq=(\d+)",
    # The feed still links to the site's former paths.
    link="https://www.mcst.go.kr/site/s_notice/press/pressView.jsp?pSeq={key}",
)
