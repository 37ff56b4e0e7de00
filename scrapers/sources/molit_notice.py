"""국토교통부 공지사항: Ministry of Land, Infrastructure and Transport, public notices."""

from scrapers.platforms import molit
from scrapers.platforms.board import Board

SOURCE = Board(
    publisher="molit",
    url=(
        "https://www.molit.go.kr/USR/BORD0201/m_69/LST.jsp?id=N01_B"
        "&search_regdate_s=1900-01-01&search_regdate_e=2099-12-31&lcmspage={page}"
    ),
    row="table.bd_tbl tbody tr",
    key=r"DTL\.jsp[^\"]{0,200}?\bidx=(\d+)",
    link="https://www.molit.go.kr/USR/BORD0201/m_69/DTL.jsp?id=N01_B&mode=view&idx={key}",
    title="td.bd_title a",
    date="td.bd_date",
    article=molit.ARTICLE,
    kind="notice",
)
