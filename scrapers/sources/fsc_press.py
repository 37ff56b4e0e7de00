"""금융위원회 보도자료: Financial Services Commission, press releases (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="fsc",
    url="https://www.fsc.go.kr/about/fsc_bbs_rss/?fid=0111",
    key=r"/no010101/(\d+)",
    link="https://www.fsc.go.kr/no010101/{key}",
    # In place of pubDate, in the namespace of Dublin Core and at times in none; always 00:00:00.
    date="{*}date",
    date_only=True,
)
