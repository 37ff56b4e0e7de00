"""Three news outlets: 이투데이 and 연합뉴스 by feed, 매일경제 by Google-News sitemap."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import format_datetime

from service.demo.sites.web import NOT_FOUND, Ask, Feed, Reply, cdata, text
from service.demo.world import Release, World

_SUMMARY_LENGTH = 180
_REPORTER = "파발꾼"


def etoday_address(release: Release) -> str:
    """Where people read it."""
    return f"https://www.etoday.co.kr/news/view/{release.id}"


def yna_address(release: Release) -> str:
    """Where people read it: the number holds the day."""
    return f"https://www.yna.co.kr/view/AKR{release.published:%Y%m%d}{release.id:09d}"


def mk_address(release: Release) -> str:
    """Where people read it: eight digits."""
    return f"https://www.mk.co.kr/news/economy/{release.id % 100_000_000:08d}"


def _summary(release: Release) -> str:
    return release.text.replace("\n", " ")[:_SUMMARY_LENGTH]


def _etoday_feed(releases: list[Release]) -> bytes:
    items = "\n".join(
        f"<item><title>{cdata(release.title)}</title><link>{etoday_address(release)}</link>"
        f"<description>{cdata(_summary(release))}</description>"
        f"<author>{_REPORTER} (reporter@example.com)</author>"
        f"<pubDate>{format_datetime(release.published)}</pubDate></item>"
        for release in releases
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>이투데이</title><link>https://www.etoday.co.kr</link>
<description>전체기사</description><language>ko</language>
{items}
</channel></rss>""".encode()


def _yna_feed(releases: list[Release]) -> bytes:
    # The real feed escapes its descriptions once more than XML asks for.
    items = "\n".join(
        f"<item><title>{cdata(release.title)}</title><link>{yna_address(release)}</link>"
        f"<description>{text(text(f'(서울=연합뉴스) {_REPORTER} 기자 = {_summary(release)}'))}"
        f"</description><dc:creator>{cdata(_REPORTER)}</dc:creator>"
        f"<pubDate>{format_datetime(release.published)}</pubDate></item>"
        for release in releases
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:media="http://search.yahoo.com/mrss/"><channel><title>연합뉴스 최신기사</title>\
<link>https://www.yna.co.kr</link><description>최신기사</description><language>ko</language>
{items}
</channel></rss>""".encode()


def _mk_sitemap(releases: list[Release]) -> bytes:
    urls = "\n".join(
        f"<url><loc>{mk_address(release)}</loc><news:news><news:publication>"
        "<news:name>매일경제</news:name><news:language>ko</news:language></news:publication>"
        f"<news:publication_date>{release.published.isoformat('T', 'seconds')}"
        f"</news:publication_date><news:title>{text(release.title)}</news:title>"
        "<news:keywords>경제</news:keywords></news:news></url>"
        for release in releases
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" \
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" \
xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
{urls}
</urlset>""".encode()


def _host(path: str, feed: Feed) -> Callable[[World, Ask], Reply]:
    """Whatever a host says to one GET that has nothing but a feed."""

    def answer(world: World, ask: Ask) -> Reply:
        return feed.answer(world, ask) if ask.path == path else NOT_FOUND

    return answer


etoday = _host("/eto/etoday_news_all.xml", Feed("etoday", 200, _etoday_feed))
yna = _host("/rss/news.xml", Feed("yna", 120, _yna_feed))
mk = _host("/sitemap/latest-articles/", Feed("mk", 200, _mk_sitemap))
