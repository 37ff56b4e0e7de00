"""중소벤처기업부 보도자료 RSS: the same releases as mss_press, with the time of day."""

from scrapers.platforms import mss
from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mss",
    url="https://www.mss.go.kr/rss/smba/board/86.do",
    key=r"[?&]bcIdx=(\d+)",
    link=mss.post_url(mss.PRESS),
    article=mss.ARTICLE,
    route_of="mss_press",
)
