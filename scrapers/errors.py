"""Why a scrape failed: one class for each different reaction.

::

    ScrapeError                    (url, detail)
    ├── Passing                    again soon, with back-off
    │   ├── Unreachable            DNS, connect, TLS, reset, time-out
    │   ├── ServerTrouble          5xx, or a body that stopped half way
    │   └── Throttled              429 or 503 with Retry-After; carries ``retry_after``
    ├── Broken                     tell a person; the schedule keeps trying, slower
    │   ├── LayoutError            a page arrived but it is not the page we know
    │   ├── ChallengePage          a login, captcha or "시스템안내" page in its place
    │   ├── TooLarge               over the size cap, compressed or not
    │   └── RedirectTrouble        a loop, too many hops, or a hop off the publisher's site
    └── Refused                    never again by itself
        ├── Gone                   404, 410
        └── Disallowed             robots.txt, 401, 403
"""

from __future__ import annotations


class ScrapeError(Exception):
    """Something about fetching or reading a publisher's page failed."""

    def __init__(self, url: str, detail: str) -> None:
        """Remember where (``url``) and what (``detail``, one clear clause)."""
        super().__init__(f"{type(self).__name__}: {url}: {detail}")
        self.url = url
        self.detail = detail


class Passing(ScrapeError):
    """Expected to pass by itself: try again soon, with back-off."""


class Unreachable(Passing):
    """No answer: DNS, connection, TLS, reset or time-out."""


class ServerTrouble(Passing):
    """The server answered 5xx, or its body stopped half way."""


class Throttled(Passing):
    """The server asked us to slow down."""

    def __init__(self, url: str, detail: str, retry_after: float | None = None) -> None:
        """``retry_after`` is in seconds, None where the server did not say."""
        super().__init__(url, detail)
        self.retry_after = retry_after


class Broken(ScrapeError):
    """A person has to look; meanwhile the schedule keeps trying, slower."""


class LayoutError(Broken):
    """The page that arrived is not the page this source knows."""


class ChallengePage(Broken):
    """A login, captcha or system notice came in place of the page."""


class TooLarge(Broken):
    """The body went over the size cap, as sent or after decompression."""


class RedirectTrouble(Broken):
    """A redirect loop, too many hops, or a hop that leaves the publisher's site."""


class Refused(ScrapeError):
    """Asking again changes nothing."""


class Gone(Refused):
    """404 or 410."""


class Disallowed(Refused):
    """robots.txt, 401 or 403 said no."""
