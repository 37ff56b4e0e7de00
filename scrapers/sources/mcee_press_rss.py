"""기후에너지환경부 보도자료: Ministry of Climate, Energy and Environment, press releases (RSS)."""

from scrapers.platforms.feed import Feed

SOURCE = Feed(
    publisher="mcee",
    # Not the feed of 환경부 at me.go.kr: it still answers, and has stood still since March 2026.
    url="https://www.mcee.go.kr/home/web/board/rss.do?menuId=10598&boardMasterId=939",
    key=r"[?&]boardId=(\d+)",
    link=(
        "https://www.mcee.go.kr/home/web/board/read.do?menuId=10598&boardMasterId=939&boardId={key}"
    ),
)
