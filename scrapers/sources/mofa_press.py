"""외교부 보도자료: Ministry of Foreign Affairs, press releases (list)."""

from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board

SOURCE = Board(
    publisher="mofa",
    url="https://www.mofa.go.kr/www/brd/m_4080/list.do?page={page}",
    row="""tbody tr:has(a[onclick^="f_view('"])""",
    key=r"f_view\('(\d+)'",
    link="https://www.mofa.go.kr/www/brd/m_4080/view.do?seq={key}",
    title="""a[onclick^="f_view('"]""",
    date="td:nth-of-type(4)",
    pinned='td:nth-of-type(1):-soup-contains("공지")',
    article=ArticleLayout(
        body="div.board_detail > div.bo_con",
        title="div.board_detail > div.bo_head > h2",
        date="div.board_detail > div.bo_head > dl > dd:nth-of-type(2)",
        files='div.board_detail a[href*="down.do?brd_id="]',
    ),
)
