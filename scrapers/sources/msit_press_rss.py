"""과학기술정보통신부 보도자료 RSS: the same releases as msit_press."""

from scrapers.platforms import msit
from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="msit",
    url="https://www.msit.go.kr/user/rss/rss.do?bbsSeqNo=94",
    key=r"[?&]nttSeqNo=(\d+)",
    link=msit.post_url(parent=208, menu=307, board_id=94),
    article=msit.ARTICLE,
    route_of="msit_press",
)
