"""Lists and pages of invented publishers, as short as they can be."""

from datetime import UTC, datetime

from scrapers.model import Page
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.feed import Feed

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LAYOUT = ArticleLayout(body="div.body")
FEED = Feed(publisher="a", url="https://www.a.kr/rss", key=r"id=(\d+)")


def page(markup: str, url: str = "https://www.a.kr/list?page=1&size=10") -> Page:
    return Page(url, url, 200, {}, markup.encode(), NOW)


def item(
    key: int = 1, title: str = "제목", date: str = "2026-11-20 10:00:00", rest: str = ""
) -> str:
    link = f"<link>https://www.a.kr/view?id={key}</link>"
    return f"<title>{title}</title>{link}<pubDate>{date}</pubDate>{rest}"


def post(html: str) -> Page:
    return page(f"<html><body>{html}</body></html>", "https://www.a.kr/view?id=1")
