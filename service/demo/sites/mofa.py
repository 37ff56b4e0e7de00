"""www.mofa.go.kr, the Ministry of Foreign Affairs: the feed of board 235, behind its cookie gate.

Who comes without the cookie is sent to the same address again with one, and passes then. The feed
is EUC-KR (code page 949), and its links name plain http with port 443.
"""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime

from service.demo.sites.web import NOT_FOUND, Ask, Feed, Reply, cdata, text
from service.demo.world import Release, World

_FEED_ITEMS = 30
COOKIE = "TMOSHCooKie=5f3c9a2e"


def address(release: Release) -> str:
    """Where people read it, as the feed spells it."""
    return f"http://www.mofa.go.kr:443/www/brd/m_4080/view.do?seq={release.id}"


def answer(world: World, ask: Ask) -> Reply:
    """Whatever the ministry says to one GET."""
    if ask.path != "/www/brd/rss.do" or ask.query.get("brdId") != "235":
        return NOT_FOUND
    if COOKIE not in ask.headers.get("cookie", "").split("; "):
        again, cookie = f"{ask.path}?brdId=235", f"{COOKIE}; path=/www/brd"
        headers = (("location", again), ("set-cookie", cookie))
        return Reply(b"", status=307, headers=headers)
    return Feed("mofa", _FEED_ITEMS, _feed, "text/xml;charset=EUC-KR").answer(world, ask)


def _html(value: str) -> str:
    return "<br />".join(map(text, value.split("\n")))


def _feed(releases: list[Release]) -> bytes:
    items = "\n".join(
        f"<item><title>{cdata(release.title)}</title><link>{address(release)}</link>"
        f"<description>{cdata(_html(release.text))}</description>"
        f"<pubDate>{format_datetime(release.published.astimezone(UTC), usegmt=True)}</pubDate>"
        "</item>"
        for release in releases
    )
    # What the code page cannot spell becomes a question mark, as on the real site.
    return f"""<?xml version="1.0" encoding="EUC-KR"?>
<rss version="2.0"><channel><title>외교부 보도자료</title><link>http://www.mofa.go.kr:443</link>
{items}
</channel></rss>""".encode("cp949", errors="replace")
