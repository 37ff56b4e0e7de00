"""보건복지부 보도자료: Ministry of Health and Welfare, press releases (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mohw",
    # robots.txt closes the board and opens its feed, which holds the text.
    url="https://www.mohw.go.kr/rss/board.es?mid=a10503000000&bid=0027",
    key=r"[?&]list_no=(\d+)",
    link="https://www.mohw.go.kr/board.es?mid=a10503000000&bid=0027&list_no={key}&act=view",
)
