"""산업통상부 보도자료: Ministry of Trade, Industry and Resources, press releases."""

from scrapers.platforms import motir

SOURCE = motir.board(motir.PRESS)
