"""중소기업기술정보진흥원 R&D 사업공고: research support for SMEs, smtech.go.kr."""

from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board

_SITE = "https://www.smtech.go.kr/front"

SOURCE = Board(
    publisher="tipa",
    # Without sysGubun the list has posts of IRIS too, whose links lead to its home page only.
    url=f"{_SITE}/ifg/no/notice02_list.do?sysGubun=smtech&pageIndex={{page}}",
    # Every page hides a table of the same classes, for logging in.
    row='div.right table.tbl_base.tbl_type01 tbody tr:has(a.board[href*="notice02_detail.do"])',
    # From a visitor without a cookie the address hides a session before its query.
    key=r"[?&](ancmId=\w+&buclCd=\w+&dtlAncmSn=\d+&schdSe=\w+&aplySn=\d+)",
    link=f"{_SITE}/ifg/no/notice02_detail.do?{{key}}",
    title="a.board",
    date="td:nth-of-type(6)",
    # When one may apply.
    summary="td:nth-of-type(5)",
    article=ArticleLayout(
        body='table:has(> caption:-soup-contains("사업공고 목록보기 내용"))',
        files='a[href*="cfn_AtchFileDownload("], a[onclick*="cfn_AtchFileDownload("]',
        file_key=r"cfn_AtchFileDownload\( *['\"](\w+)['\"]",
        file_link=f"{_SITE}/comn/AtchFileDownload.do?atchFileId={{key}}",
        drop="caption",
    ),
    kind="notice",
    every=1800,
    pause=2,
)
