"""기업마당 지원사업 공고: support notices of ministries and provinces, bizinfo.go.kr."""

from scrapers.platforms import bizinfo
from scrapers.platforms.board import Board

SOURCE = Board(
    publisher=None,
    # Open for applications, newest first. The site gives 15 a page whatever is asked for.
    url="https://www.bizinfo.go.kr/sii/siia/selectSIIA200View.do?schEndAt=N&rows=15&cpage={page}",
    row='div.table_Type_1 table tbody tr:has(a[href*="pblancId="])',
    key=r"pblancId=(PBLN_\d+)",
    link=bizinfo.LINK,
    title='a[href*="pblancId="]',
    date="td:nth-of-type(7)",
    issuer="td:nth-of-type(5)",
    # When one may apply: dates, or words such as 예산 소진시까지.
    summary="td:nth-of-type(4)",
    article=bizinfo.ARTICLE,
    kind="notice",
    every=1800,
    pause=2,
)
