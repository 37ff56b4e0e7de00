"""국토교통부 보도자료: Ministry of Land, Infrastructure and Transport, press releases."""

from scrapers.platforms import molit
from scrapers.platforms.board import Board

SOURCE = Board(
    publisher="molit",
    url="https://www.molit.go.kr/USR/NEWS/m_71/lst.jsp?psize=10&lcmspage={page}",
    row="table.bd_tbl tbody tr",
    key=r"dtl\.jsp\?[^\"]{0,200}?\bid=(\d+)",
    link="https://www.molit.go.kr/USR/NEWS/m_71/dtl.jsp?lcmspage=1&id={key}",
    title="td.bd_title a",
    date="td.bd_date",
    article=molit.ARTICLE,
)
