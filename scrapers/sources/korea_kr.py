"""대한민국 정책브리핑 보도자료: press releases of all ministries, korea.kr."""

from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board

SOURCE = Board(
    publisher=None,
    # The names of the site's own search form, empty: every ministry, the last year.
    url=(
        "https://www.korea.kr/briefing/pressReleaseList.do?pageIndex={page}"
        "&repCodeType=&repCode=&startDate=&endDate=&srchWord=&period="
    ),
    # The page carries other newsId links in side boxes.
    row="div.list_type > ul > li",
    key=r"pressReleaseView\.do\?newsId=(\d+)",
    link="https://www.korea.kr/briefing/pressReleaseView.do?newsId={key}",
    title="span.text > strong",
    date="span.source > span:nth-of-type(1)",
    issuer="span.source > span:nth-of-type(2)",
    summary="span.lead",
    article=ArticleLayout(
        body="div.view_cont",
        title=".view_title h1",
        date='meta[property="article:published_time"]',
        issuer=".article_head a.gotosite",
        files=':is(.filedown, .file_down) a[href^="/common/download.do"]',
        drop=".article_footer, .view_opt, .livereContainer, .lv-container",
        boilerplate=r"[“\"]?이 자료는 .{1,40}의 보도자료를 전재하여 제공함을 알려드립니다\.[”\"]?",
        frame="iframe#content_press",
        part="https://www.korea.kr/{rs}/{fn}.files/1.html",
        # Of ministries that give a date alone the portal says 00:00:00.
        date_only=True,
    ),
    every=300,
    pause=0.2,
    max_pages=30,
)
