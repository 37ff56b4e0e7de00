"""The portal of all ministries, korea.kr: what the ways to its press releases have in common."""

from __future__ import annotations

from scrapers.platforms.article import ArticleLayout

ROW = "div.list_type > ul > li"
"""The page carries other newsId links in side boxes."""
KEY = r"pressReleaseView\.do\?newsId=(\d+)"
LINK = "https://www.korea.kr/briefing/pressReleaseView.do?newsId={key}"
TITLE = "span.text > strong"
DATE = "span.source > span:nth-of-type(1)"
ISSUER = "span.source > span:nth-of-type(2)"
SUMMARY = "span.lead"

ARTICLE = ArticleLayout(
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
)


def list_url(page: str, bodies: str = "") -> str:
    """A page of the list, by the names of the site's own search form: the last year.

    ``bodies`` are repCodes with commas between them, empty: every ministry.
    """
    return (
        f"https://www.korea.kr/briefing/pressReleaseList.do?pageIndex={page}"
        f"&repCodeType=&repCode={bodies}&startDate=&endDate=&srchWord=&period="
    )
