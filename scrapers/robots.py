"""What each host's robots.txt lets us do (RFC 9309), asked once a day."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from protego import Protego

from scrapers.errors import Broken, Disallowed, Passing, RedirectTrouble, ScrapeError, Throttled
from scrapers.wire import Errand, Reply, expect_ok

_AGENT = "pabal"
_KEEP = timedelta(hours=24)
_RETRY = timedelta(minutes=5)
_LONGEST_DELAY = 600.0  # seconds; one line of a file must not stop a source for good
_READ = 500 * 1024  # bytes of a robots.txt that count, as RFC 9309 has it
_LONGEST_LINE = 2_000
_EVERYTHING = Protego.parse("")
_OTHER_AGENT = re.compile(r"\s*user[- ]?agent[\s:]+(?!.*(?:\*|pabal))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a host said, or why it did not say it; either way good until ``until``."""

    until: datetime
    rules: Protego = _EVERYTHING
    trouble: ScrapeError | None = None


class Robots:
    """The rules of every host met in the last day, in memory."""

    def __init__(
        self,
        ask: Callable[[httpx.URL, Errand], Awaitable[Reply]],
        now: Callable[[], datetime],
    ) -> None:
        """``ask`` gets an address without asking robots.txt, on the time of the errand."""
        self._ask = ask
        self._now = now
        self._kept: dict[bytes, _Kept] = {}
        self._locks: defaultdict[bytes, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def delay(self, url: httpx.URL, errand: Errand) -> float:
        """The Crawl-delay of the host of ``url`` in seconds, 0 where it has none.

        Raises:
            Disallowed: ``url`` is closed to us.
            Passing: the rules could not be had (the same for five minutes).
            Broken: likewise, and waiting will hardly help.
        """
        kept = await self._kept_rules(url, errand)
        if kept.trouble is not None:
            raise _restated(kept.trouble, errand.url)
        if not kept.rules.can_fetch(str(url), _AGENT):
            raise Disallowed(errand.url, f"closed by the robots.txt of {url.host}")
        return min(kept.rules.crawl_delay(_AGENT) or 0.0, _LONGEST_DELAY)

    async def _kept_rules(self, url: httpx.URL, errand: Errand) -> _Kept:
        host = url.netloc
        if (kept := self._fresh(host)) is not None:
            return kept
        async with self._locks[host]:
            if (kept := self._fresh(host)) is None:
                kept = await self._load(url.copy_with(raw_path=b"/robots.txt"), errand)
                self._forget()
                self._kept[host] = kept
        return kept

    def _fresh(self, host: bytes) -> _Kept | None:
        kept = self._kept.get(host)
        return kept if kept is not None and kept.until > self._now() else None

    def _forget(self) -> None:
        """Pages lead to ever more hosts: what is out of date goes."""
        for host in [each for each in self._kept if self._fresh(each) is None]:
            del self._kept[host]
            if not self._locks[host].locked():
                del self._locks[host]

    async def _load(self, url: httpx.URL, errand: Errand) -> _Kept:
        try:
            reply = await self._ask(url, errand)
            rules = _rules(reply, errand.url, self._now())
        except RedirectTrouble:
            rules = _EVERYTHING  # a robots.txt that leads nowhere counts as none
        except (Passing, Broken) as trouble:
            return _Kept(self._now() + _RETRY, trouble=trouble)
        return _Kept(self._now() + _KEEP, rules)


def _rules(reply: Reply, url: str, now: datetime) -> Protego:
    if httpx.codes.is_client_error(reply.status) and reply.status != httpx.codes.TOO_MANY_REQUESTS:
        return _EVERYTHING
    expect_ok(reply, url, now)
    text = reply.body[:_READ].decode("utf-8-sig", errors="replace")
    lines = [line[:_LONGEST_LINE] for line in text.splitlines()]
    # Protego multiplies the agents of a group by its rules: all that are not us become one.
    return Protego.parse(
        "\n".join("User-agent: other" if _OTHER_AGENT.match(line) else line for line in lines)
    )


def _restated(trouble: ScrapeError, url: str) -> ScrapeError:
    """``trouble`` as it concerns ``url``."""
    detail = f"robots.txt: {trouble.detail}"
    if isinstance(trouble, Throttled):
        return Throttled(url, detail, trouble.retry_after)
    return type(trouble)(url, detail, trouble.trouble)
