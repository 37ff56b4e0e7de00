"""The page of a notice of 기업마당, bizinfo.go.kr, the same from its list and from its API."""

from scrapers.platforms.article import ArticleLayout

LINK = "https://www.bizinfo.go.kr/sii/siia/selectSIIA200Detail.do?pblancId={key}"
ARTICLE = ArticleLayout(
    body="div.view_cont",
    # The text of the links is 다운로드.
    files='a[href*="/cmm/fms/fileDown.do?"]',
    file_name=".file_name",
)
