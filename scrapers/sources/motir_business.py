"""산업통상부 사업공고: Ministry of Trade, Industry and Resources, calls for applications."""

from scrapers.platforms import motir

SOURCE = motir.board("ATCL2826a2625", "notice")
