"""K-Startup 모집중 사업공고: support notices for start-ups, k-startup.go.kr."""

from bs4 import BeautifulSoup

from scrapers.model import Page
from scrapers.platforms import intake, kstartup
from scrapers.platforms.board import Board


def _document(page: Page) -> BeautifulSoup:
    """The page without 새로운게시글, which stands in the titles of new posts."""
    root = intake.document(page)
    for badge in root.select("#bizPbancList p.tit .new"):
        badge.decompose()
    return root


SOURCE = Board(
    publisher=None,
    # By the day of registration, open for applications.
    url=f"{kstartup.LIST}?page={{page}}&schStr=regist&pbancEndYn=N",
    # A carousel above the list repeats some of its posts.
    row="#bizPbancList li.notice",
    key=r"go_view(?:_blank)?\((\d+)\)",
    link=kstartup.LINK,
    title="p.tit",
    date='.bottom span.list:-soup-contains("등록일자")',
    issuer='.bottom span.list:has(+ span.list:-soup-contains("등록일자"))',
    summary='.bottom span.list:-soup-contains("마감일자")',
    document=_document,
    article=kstartup.ARTICLE,
    kind="notice",
    every=1800,
    pause=2,
)
