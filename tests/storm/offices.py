"""Invented offices with a feed each, rules about what they announce, and whom that concerns.

A release says some of ``TERMS`` and by intention no others; a rule asks for one of several, and
perhaps that another is not there. So who is owed what is known from sets of words alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from itertools import combinations
from pathlib import Path
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from starlette.types import Receive, Scope, Send

TERMS = ("수출", "전시회", "바우처", "통상", "관세", "물류", "특허", "융자", "창업", "입찰")
RARE = TERMS[-1]
_OFTEN, _SELDOM = 0.85, 0.1
_FRUIT = "사과", "배추", "감자", "고구마", "당근", "오이", "호박", "수박", "참외", "포도", "앵두"
_COUNTED = 24  # things that are no terms, each with a number: no release is like another
_SHOWN = 30  # items of a feed, the newest
_OFFICES = 10
_OPENED = frozenset({3, 7})
"""Offices whose feed has no more than a teaser, so that the page of each post is opened."""
_SOURCE = """platform = "feed"
url = "http://office{n}.example/rss"
kind = "release"
key = '/(\\d+)$'
link = "http://office{n}.example/{{key}}"
every = 60
pause = 0.2
"""
_PAGE = '\n[article]\nbody = "div.text"\n'


@dataclass(frozen=True, slots=True)
class Rule:
    """Any of these terms, without that one."""

    any_of: tuple[str, ...]
    without: str | None = None

    @property
    def text(self) -> str:
        """As a reader types it."""
        some = " | ".join(self.any_of)
        return f"({some}) -{self.without}" if self.without else some

    def wants(self, said: frozenset[str]) -> bool:
        """Whether a release that says these terms, and no others, is what is asked for."""
        return not said.isdisjoint(self.any_of) and self.without not in said


def rules(count: int) -> list[Rule]:
    """So many, no two the same; every sixth does not want what says the rare term."""
    pairs = list(combinations(TERMS[:-1], 2)) + list(combinations(TERMS[:-1], 3))
    made = (Rule(each, RARE if n % 6 == 0 else None) for n, each in enumerate(pairs))
    return [next(made) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class Release:
    """One announcement, by its number, of an office."""

    number: int
    office: int
    title: str
    text: str
    said: frozenset[str]


def releases(seed: int, count: int) -> list[Release]:
    """``count`` of them, office by turn."""
    rng = random.Random(seed)
    return [_release(rng, number) for number in range(1, count + 1)]


def _release(rng: random.Random, number: int) -> Release:
    said = [each for each in TERMS if rng.random() < (_SELDOM if each == RARE else _OFTEN)]
    things = [f"{rng.choice(_FRUIT)} {rng.randrange(10**5)}개" for _ in range(_COUNTED)]
    words = said + things
    rng.shuffle(words)
    lines = (f"{', '.join(words[at : at + 7])}." for at in range(0, len(words), 7))
    title, text = f"{', '.join(things[:3])} 제{number}호", "\n".join(lines)
    return Release(number, number % _OFFICES, title, text, frozenset(said))


class Offices:
    """What they have published so far, as an ASGI application that tells them apart by host."""

    def __init__(self) -> None:
        """Offices with an old release each, which nobody is to hear of."""
        self.shelves = [[_release(random.Random(0), 10**8 + n)] for n in range(_OFFICES)]
        self.out: list[int] = [0] * _OFFICES
        self._at: dict[int, str] = {}

    def declare(self, folder: Path) -> str:
        """Write the offices down as sources; their ids, by commas."""
        folder.mkdir()
        for n in range(_OFFICES):
            page = _PAGE if n in _OPENED else ""
            (folder / f"office{n}.toml").write_text(_SOURCE.format(n=n) + page, "utf-8")
        return ",".join(f"office{n}" for n in range(_OFFICES))

    def publish(self, release: Release) -> None:
        """Put a release on top of its office's feed."""
        self._at[release.number] = format_datetime(datetime.now(ZoneInfo("Asia/Seoul")))
        self.shelves[release.office].append(release)
        self.out[release.office] += 1

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer with a feed or a post's page."""
        host = dict(scope["headers"]).get(b"host", b"").decode().partition(".")[0]
        shelf = self.shelves[int(host.removeprefix("office"))]
        path = scope["path"].removeprefix("/")
        status, body = HTTPStatus.OK, ""
        if path == "rss":
            body = self._feed(shelf[-_SHOWN:])
        elif found := [each for each in shelf if str(each.number) == path]:
            body = _page(found[0])
        else:
            status = HTTPStatus.NOT_FOUND
        kind = b"text/xml" if path == "rss" else b"text/html"
        headers = [(b"content-type", kind + b"; charset=utf-8")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})

    def _feed(self, shown: Sequence[Release]) -> str:
        items = "".join(map(self._item, reversed(shown)))
        return f'<rss version="2.0"><channel><title>office</title>{items}</channel></rss>'

    def _item(self, each: Release) -> str:
        text = each.title if each.office in _OPENED else each.text
        at = self._at.get(each.number, "Mon, 05 Jan 2026 09:00:00 +0900")
        return (
            f"<item><title>{escape(each.title)}</title><link>/{each.number}</link>"
            f"<pubDate>{at}</pubDate><description>{escape(text)}</description></item>"
        )


def _page(release: Release) -> str:
    return (
        f"<!doctype html><html><head><title>{escape(release.title)}</title></head>"
        f'<body><div class="text"><p>{escape(release.text)}</p></div></body></html>'
    )
