"""KOTRA 사업신청: export support that firms apply for, kotra.or.kr."""

import re

from bs4 import BeautifulSoup

from scrapers.model import Page
from scrapers.platforms import intake
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board

_SITE = "https://www.kotra.or.kr"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _document(page: Page) -> BeautifulSoup:
    """The cards, each period of application told from its first day.

    The list has no day of publication; once begun, the first day of applications stands for it.
    """
    root = intake.fragment(page, last="#limtTotCnt")
    for period in root.select('dt:-soup-contains("신청기간") + dd'):
        begin = _DAY.match(period.get_text().strip())
        first = root.new_tag("time")
        first.string = begin[0] if begin else ""
        period.insert_before(first)
    return root


SOURCE = Board(
    publisher="kotra",
    url=f"{_SITE}/module/subhome/bizAply/selectBmBizRcritYListNewAjax.do",
    # The site's own search form, empty: one left out is answered 500. N: not open all the year.
    form={
        "pageNo": "1",
        "pageSize": "100",
        "listCount": "100",
        "query": "",
        "collection": "business_application",
        "sch_biz_name": "",
        "sch_appl_yn": "N",
        "sch_nation_cd": "Y",
        "startCount": "0",
    },
    row="div.card:has(a.card-tit)",
    key=r"[?&]dtlBizMntNo=([A-Za-z0-9]+)",
    link=(
        f"{_SITE}/subList/20000020753/subhome/bizAply/selectBizMntInfoDetail.do?dtlBizMntNo={{key}}"
    ),
    title="a.card-tit",
    date="time",
    summary="time + dd",
    document=_document,
    article=ArticleLayout(body="div.bizForm"),
    kind="notice",
    every=1800,
    # Asked faster, it answers 500.
    pause=3,
    max_pages=1,
)
