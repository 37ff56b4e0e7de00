"""과학기술정보통신부 사업공고: Ministry of Science and ICT, calls for applications."""

from scrapers.platforms import msit

SOURCE = msit.board(parent=121, menu=311, board_id=100, kind="notice")
