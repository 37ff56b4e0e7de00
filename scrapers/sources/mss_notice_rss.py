"""중소벤처기업부 사업공고 RSS: the same calls as mss_notice, with the time of day."""

from scrapers.platforms import mss
from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mss",
    url="https://www.mss.go.kr/rss/smba/board/310.do",
    key=r"[?&]bcIdx=(\d+)",
    link=mss.post_url(mss.NOTICE),
    article=mss.NOTICE_ARTICLE,
    kind="notice",
    route_of="mss_notice",
)
