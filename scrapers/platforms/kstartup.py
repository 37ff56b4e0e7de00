"""The page of a notice of K-Startup, k-startup.go.kr, the same from its list and from its API."""

from scrapers.platforms.article import ArticleLayout

LIST = "https://www.k-startup.go.kr/web/contents/bizpbanc-ongoing.do"
LINK = f"{LIST}?schM=view&pbancSn={{key}}"
ARTICLE = ArticleLayout(
    body="div.app_notice_details-wrap",
    title="#scrTitle h3",
    # The text of the links is 다운로드.
    files='.board_file a[href*="/afile/fileDownload/"]',
    file_name="a.file_bg",
    drop="#scrTitle, .board_file",
)
