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

from typing import Literal

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
"""What ails a source, as operators are told."""

PASSES: frozenset[Trouble] = frozenset(
    {"unreachable", "dns", "certificate", "server", "throttled", "abandoned"}
)
"""What usually passes by itself: the names of everything that is ``Passing``, and our own."""


class ScrapeError(Exception):
    """Something about fetching or reading a publisher's page failed."""

    trouble: Trouble = "unreachable"
    """What an operator calls it."""

    def __init__(self, url: str, detail: str, trouble: Trouble | None = None) -> None:
        """Remember where (``url``), what (``detail``, one clear clause) and what it is called.

        ``trouble`` where it is more exact than what the class is called by itself.
        """
        super().__init__(f"{type(self).__name__}: {url}: {detail}")
        self.url = url
        self.detail = detail
        if trouble is not None:
            self.trouble = trouble


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
