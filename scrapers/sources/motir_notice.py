"""산업통상부 공고: Ministry of Trade, Industry and Resources, public notices."""

from scrapers.platforms import motir

SOURCE = motir.board(motir.NOTICE, "notice")
