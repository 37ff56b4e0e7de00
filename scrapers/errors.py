"""Why a scrape failed: one class for each different reaction.

::

    ScrapeError                    (url, detail), and what an operator calls it: ``trouble``
    ├── Passing                    again soon, with back-off
    │   ├── Unreachable            no answer: dns, certificate, else unreachable
    │   ├── ServerTrouble          5xx, or a body that stopped half way: server
    │   └── Throttled              429 or 503 with Retry-After; carries ``retry_after``
    ├── Broken                     tell a person; the schedule keeps trying, slower
    │   ├── LayoutError            a page, but not the page we know: cut-off, empty, else layout
    │   ├── ChallengePage          another in its place: login, system-notice, error-page, challenge
    │   ├── TooLarge               over the size cap, compressed or not
    │   └── RedirectTrouble        a loop, too many hops, or a hop off the publisher's site
    └── Refused                    never again by itself
        ├── Gone                   404, 410
        └── Disallowed             robots.txt, 401, 403
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Trouble = Literal[
    "unreachable",  # connection refused, reset or timed out
    "dns",
    "certificate",
    "server",
    "throttled",
    "layout",
    "empty",  # the page we know, without a row
    "cut-off",  # half a document
    "challenge",  # a captcha or browser check
    "login",
    "system-notice",  # 시스템안내, 점검
    "error-page",  # an error page with status 200
    "too-large",
    "redirect",
    "gone",
    "disallowed",
    "abandoned",  # our own worker ended half way
]
"""What ails a source, for programs."""

TROUBLES: Final[Mapping[str, tuple[str, str]]] = {
    "unreachable": ("연결되지 않음", "no connection"),
    "dns": ("도메인 이름을 찾지 못함", "its name is not found (DNS)"),
    "certificate": ("인증서 문제", "certificate trouble"),
    "server": ("서버 오류", "server error"),
    "throttled": ("요청 제한", "told to ask less often"),
    "layout": ("화면 구조가 바뀜", "the layout changed"),
    "empty": ("빈 목록", "an empty list"),
    "cut-off": ("잘린 문서", "half a document"),
    "challenge": ("자동 접속 차단 화면", "a challenge page"),
    "login": ("로그인 화면", "a login page"),
    "system-notice": ("시스템 안내 화면", "a system notice"),
    "error-page": ("정상 응답(200)으로 온 오류 화면", "an error page with status 200"),
    "too-large": ("너무 큰 응답", "too large an answer"),
    "redirect": ("다른 곳으로 넘김", "redirect trouble"),
    "gone": ("없어진 주소", "the address is gone"),
    "disallowed": ("접근 거부", "access refused"),
    "abandoned": ("처리가 도중에 끝남", "our own worker ended half way"),
}
"""What each trouble is called for people: Korean, English."""


def called(name: str | None) -> tuple[str, str]:
    """What a trouble is called, Korean and English, by the name that is on record."""
    name = name or "unreachable"
    return TROUBLES.get(name, (name, name))


PASSES: frozenset[Trouble] = frozenset(
    {"unreachable", "dns", "certificate", "server", "throttled", "abandoned"}
)
"""What usually passes by itself: the names of everything that is ``Passing``, and our own."""


class ScrapeError(Exception):
    """Something about fetching or reading a publisher's page failed."""

    trouble: Trouble = "unreachable"
    """What an operator calls it."""

    retry_after: float | None = None
    """Seconds that the server asked us to wait, where it said so."""

    def __init__(self, url: str, detail: str, trouble: Trouble | None = None) -> None:
        """Remember where (``url``), what (``detail``, one clear clause) and what it is called.

        ``trouble`` where it is more exact than what the class is called by itself. ``said`` says
        it to a person, who knows where.
        """
        self.trouble = trouble or self.trouble
        korean, english = called(self.trouble)
        self.said = f"{korean} ({english}): {detail}"
        super().__init__(f"{url}: {self.said}")
        self.url = url
        self.detail = detail


class Passing(ScrapeError):
    """Expected to pass by itself: try again soon, with back-off."""


class Unreachable(Passing):
    """No answer: DNS, connection, TLS, reset or time-out."""


class ServerTrouble(Passing):
    """The server answered 5xx, or its body stopped half way."""

    trouble: Trouble = "server"


class Throttled(Passing):
    """The server asked us to slow down."""

    trouble: Trouble = "throttled"

    def __init__(self, url: str, detail: str, retry_after: float | None = None) -> None:
        """``retry_after`` is in seconds, None where the server did not say."""
        super().__init__(url, detail)
        self.retry_after = retry_after


class Broken(ScrapeError):
    """A person has to look; meanwhile the schedule keeps trying, slower."""

    trouble: Trouble = "layout"


class LayoutError(Broken):
    """The page that arrived is not the page this source knows."""


class ChallengePage(Broken):
    """A login, captcha, system notice or error page came in place of the page."""

    trouble: Trouble = "challenge"


class TooLarge(Broken):
    """The body went over the size cap, as sent or after decompression."""

    trouble: Trouble = "too-large"


class RedirectTrouble(Broken):
    """A redirect loop, too many hops, or a hop that leaves the publisher's site."""

    trouble: Trouble = "redirect"


class Refused(ScrapeError):
    """Asking again changes nothing."""

    trouble: Trouble = "disallowed"


class Gone(Refused):
    """404 or 410."""

    trouble: Trouble = "gone"


class Disallowed(Refused):
    """robots.txt, 401 or 403 said no."""
