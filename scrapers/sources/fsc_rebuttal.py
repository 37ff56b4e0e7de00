"""금융위원회 보도설명: Financial Services Commission, replies to the press (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="fsc",
    url="https://www.fsc.go.kr/about/fsc_bbs_rss/?fid=0112",
    key=r"/no010102/(\d+)",
    link="https://www.fsc.go.kr/no010102/{key}",
    # As in fsc_press.
    date="{*}date",
    date_only=True,
)
