"""기업마당 지원사업 공고: support notices of ministries and provinces, bizinfo.go.kr."""

from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board

_SITE = "https://www.bizinfo.go.kr/sii/siia"

SOURCE = Board(
    publisher=None,
    # Open for applications, newest first. The site gives 15 a page whatever is asked for.
    url=f"{_SITE}/selectSIIA200View.do?schEndAt=N&rows=15&cpage={{page}}",
    row='div.table_Type_1 table tbody tr:has(a[href*="pblancId="])',
    key=r"pblancId=(PBLN_\d+)",
    link=f"{_SITE}/selectSIIA200Detail.do?pblancId={{key}}",
    title='a[href*="pblancId="]',
    date="td:nth-of-type(7)",
    issuer="td:nth-of-type(5)",
    # When one may apply: dates, or words such as 예산 소진시까지.
    summary="td:nth-of-type(4)",
    article=ArticleLayout(
        body="div.view_cont",
        # The text of the links is 다운로드.
        files='a[href*="/cmm/fms/fileDown.do?"]',
        file_name=".file_name",
    ),
    kind="notice",
    every=1800,
    pause=2,
)
