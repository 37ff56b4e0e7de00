"""과학기술정보통신부 보도자료: Ministry of Science and ICT, press releases."""

from scrapers.platforms import msit

SOURCE = msit.board(parent=208, menu=307, board_id=94)
