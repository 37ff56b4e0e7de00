"""The script of mishaps: what goes wrong, when, and how it should be called."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import httpx

from tests.rhythm.site import Served

Effect = Callable[[Served], Served]
Instead = Callable[[httpx.Request], Served]


@dataclass(frozen=True, slots=True)
class Mishap:
    """One thing that goes wrong, from ``begin`` to ``end`` (aware).

    ``ails``: ids of sources, empty: all. ``instead`` answers in place of the publisher (or raises
    an httpx error), ``effect`` bends its lists, ``frozen``: its lists stand still. ``kind``,
    ``subject`` and ``trouble`` are its name (no trouble: any).
    """

    name: str
    ails: tuple[str, ...]
    begin: datetime
    end: datetime
    kind: str
    subject: str
    trouble: str | None = None
    instead: Instead | None = None
    effect: Effect | None = None
    frozen: bool = False

    def is_on(self, now: datetime) -> bool:
        """Whether it goes on at ``now``."""
        return self.begin <= now < self.end

    def concerns(self, source_id: str | None) -> bool:
        """Whether a source suffers from it; None: a host of several."""
        return not self.ails or source_id in self.ails


@dataclass(slots=True)
class Script:
    """What ails publishers at the moment, by the simulated clock."""

    mishaps: Sequence[Mishap]
    now: Callable[[], datetime]

    def before(self, source_id: str | None, request: httpx.Request) -> Served | None:
        """An answer in place of the real one. Raises httpx errors where nobody answers."""
        for each in self._on(source_id):
            if each.instead is not None:
                return each.instead(request)
        return None

    def seen(self, source_id: str, now: datetime) -> datetime:
        """Up to when posts stand on the list."""
        return min([now, *(each.begin for each in self._on(source_id) if each.frozen)])

    def after(self, source_id: str, served: Served) -> Served:
        """What is made of the answer."""
        for each in self._on(source_id):
            if each.effect is not None:
                served = each.effect(served)
        return served

    def mood(self, source_id: str) -> str:
        """Changes whenever what ails the source changes."""
        return "+".join(re.sub(r"\W+", "", each.name) for each in self._on(source_id)) or "well"

    def _on(self, source_id: str | None) -> list[Mishap]:
        now = self.now()
        return [each for each in self.mishaps if each.is_on(now) and each.concerns(source_id)]


def dark(request: httpx.Request) -> Served:
    """Half of the hosts refuse the connection, half reset it."""
    if len(request.url.host) % 2:
        raise httpx.ConnectError("[Errno 111] Connection refused", request=request)
    raise httpx.ReadError("[Errno 104] Connection reset by peer", request=request)


def bad_certificate(request: httpx.Request) -> Served:
    """Its certificate ran out."""
    said = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired"
    raise httpx.ConnectError(said, request=request) from ssl.SSLCertVerificationError(1, said)


def gate(request: httpx.Request) -> Served:
    """A gate that sends everybody to where they are, and sets a cookie that it does not know."""
    if request.url.path == "/robots.txt":
        return Served("", {}, 404)
    return Served("", {"location": str(request.url), "set-cookie": "gate=1; path=/nowhere"}, 302)


def login(_: httpx.Request) -> Served:
    """A login page in place of everything."""
    page = "<html><head><title>로그인 | 누리집</title></head><body>로그인</body></html>"
    return Served(page, {"content-type": "text/html; charset=utf-8"})


def notice(_: httpx.Request) -> Served:
    """A page that says that the system is being worked on."""
    page = "<html><head><title>시스템안내</title></head><body>점검 중입니다</body></html>"
    return Served(page, {"content-type": "text/html; charset=utf-8"})


def renamed(old: str, new: str) -> Effect:
    """A redesign: what the selectors hang upon is called otherwise."""
    return lambda served: replace(served, body=served.body.replace(old, new))


def cut(served: Served) -> Served:
    """Half a document."""
    return replace(served, body=served.body[: len(served.body) // 2])


def undated(pattern: str, *, keep: int) -> Effect:
    """Dates vanish from all rows but every ``keep``-th."""

    def effect(served: Served) -> Served:
        seen = 0

        def blank(match: re.Match[str]) -> str:
            nonlocal seen
            seen += 1
            return match[0] if seen % keep == 0 else match[0].replace(match[1], "방금")

        return replace(served, body=re.sub(pattern, blank, served.body))

    return effect
