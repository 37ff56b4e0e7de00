"""Fifty readers: they follow links, search, ask the API, hold lines open, and sign in once."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import quote, urldefrag, urlsplit

import httpx

_WORDS = (
    "수출",
    "바우처",
    "전시회 & 수출",
    "관세 | FTA",
    "인도 -인도네시아",
    '"지원 사업"',
    "반도체",
)
_LINK = re.compile(r'<a\s[^>]*?href="([^"]+)"')
_ASSET = re.compile(r'<(?:link|script)\s[^>]*?(?:href|src)="(/static/[^"]+)"')
_SIGN_IN = re.compile(r"https?://[^\s\"<>]+(/sign-in/[\w.~-]+)")
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_LEAVE_ALONE = ("/sign-in/", "/sign-out", "/end/", "/dismiss/", "/confirm/", "/stream")
_KEPT = httpx.Limits(keepalive_expiry=2)  # seconds: the server hangs up after five
_LISTEN = 5  # as many lines as one address has
_THINKS = 1.0, 4.0  # seconds between two pages
_AWAY = 503
_TOO_MUCH = 429


@dataclass(frozen=True, slots=True)
class Trouble:
    """An answer that nobody should get, or none at all, at a real time."""

    at: float
    address: str
    what: str


@dataclass(slots=True)
class Crowd:
    """What the readers saw. ``pages``: answers by the first part of the address and status."""

    base: str
    mails: Sequence[bytes]
    pages: Counter[tuple[str, int]] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    events: int = 0
    signed_in: int = 0
    known: dict[str, None] = field(default_factory=lambda: {"/": None})


class Reader:
    """One of them, from an address of its own on loopback."""

    def __init__(self, number: int, crowd: Crowd, rng: random.Random) -> None:
        self._number, self._crowd, self._rng = number, crowd, rng
        self._client = httpx.AsyncClient(
            base_url=crowd.base,
            transport=httpx.AsyncHTTPTransport(local_address=f"127.0.1.{number + 1}", limits=_KEPT),
            timeout=40,
            headers={"accept-language": rng.choice(("ko", "en", "ko-KR,ko;q=0.9"))},
        )
        self._address = f"reader{number}@pabal.example"
        self._validators: dict[str, str] = {}

    async def read(self, until: float, turn: Callable[[], str]) -> None:
        """Look at page after page until then; ``turn`` says which."""
        async with self._client:
            await asyncio.sleep(self._rng.uniform(*_THINKS))
            signed = False
            while time.monotonic() < until:
                if not signed and self._rng.random() < 0.1:
                    signed = await self.sign_in()
                await self.get(turn())
                await asyncio.sleep(self._rng.uniform(*_THINKS))

    async def hold(self, until: float, address: str) -> None:
        """Hold a line open, again whenever it ends; now and then of our own will."""
        async with self._client:
            while (left := until - time.monotonic()) > 0:
                with suppress(TimeoutError, httpx.TransportError):
                    async with asyncio.timeout(min(left, self._rng.uniform(20, 120))):
                        await self._listen(address)
                await asyncio.sleep(0.5)

    async def _listen(self, address: str) -> None:
        async with self._client.stream("GET", address, timeout=None) as answer:
            self._note(address, answer.status_code)
            async for line in answer.aiter_lines():
                self._crowd.events += line.startswith("data:")

    async def sign_in(self) -> bool:
        """Ask for a link, wait for the mail, follow it."""
        if (await self.get("/sign-in")) is None:
            return False
        asked = await self._send("/sign-in", {"address": self._address})
        if asked is None or asked.status_code != 200:
            return False
        end = time.monotonic() + 60
        while time.monotonic() < end:
            for mail in reversed(self._crowd.mails):
                if self._address.encode() in mail and (found := _link(mail)):
                    done = await self._send(found, {})
                    signed = done is not None and done.status_code in {200, 303}
                    self._crowd.signed_in += signed
                    return signed
            await asyncio.sleep(0.5)
        self._note("/sign-in", 0, f"no mail came to {self._address}")
        return False

    async def get(self, address: str) -> httpx.Response | None:
        """One page, and the links on it."""
        tag = self._validators.get(address)
        headers = {"if-none-match": tag} if tag else {}
        answer = await self._ask("GET", address, headers=headers)
        if answer is not None and "etag" in answer.headers:
            self._validators[address] = answer.headers["etag"]
        if answer is not None and answer.headers.get("content-type", "").startswith("text/html"):
            self._gather(answer.text)
        return answer

    def _gather(self, page: str) -> None:
        for each in (*_LINK.findall(page), *_ASSET.findall(page)):
            parts = urlsplit(urldefrag(unescape(each)).url)
            ours = not parts.netloc or parts.netloc == urlsplit(self._crowd.base).netloc
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if ours and path.startswith("/") and not path.startswith(_LEAVE_ALONE):
                self._crowd.known.setdefault(path)
        while len(self._crowd.known) > 5_000:
            del self._crowd.known[self._rng.choice(list(self._crowd.known)[50:500])]

    async def _send(self, address: str, fields: dict[str, str]) -> httpx.Response | None:
        answer = await self.get(address)
        token = _CSRF.search(answer.text) if answer is not None else None
        whole = fields | ({"csrf": token[1]} if token else {})
        return await self._ask("POST", address, data=whole)

    async def _ask(self, method: str, address: str, **more: object) -> httpx.Response | None:
        began = time.monotonic()
        try:
            answer = await self._client.request(method, address, **more)  # type: ignore[arg-type]
        except httpx.TransportError as error:
            self._note(address, 0, repr(error))
            return None
        self._crowd.took.append(time.monotonic() - began)
        self._note(address, answer.status_code, answer.text[:200])
        return answer

    def _note(self, address: str, status: int, said: str = "") -> None:
        first = "/" + address.partition("?")[0].strip("/").partition("/")[0]
        self._crowd.pages[first, status] += 1
        if status == 0 or status >= 500:
            self._crowd.troubles.append(Trouble(time.time(), address, f"{status} {said}"))


def _link(mail: bytes) -> str | None:
    from email import policy  # noqa: PLC0415
    from email.parser import BytesParser  # noqa: PLC0415

    body = BytesParser(policy=policy.default).parsebytes(mail).get_body(("plain",))
    found = _SIGN_IN.search(str(body.get_content())) if body is not None else None
    return found[1] if found else None


async def crowd(
    base: str, mails: Sequence[bytes], count: int, seconds: float, lines: Sequence[str], seed: int
) -> Crowd:
    """Let ``count`` readers in, of whom some hold one of ``lines`` open."""
    made = Crowd(base, mails)
    rng = random.Random(seed)
    until = time.monotonic() + seconds
    programs = await _programs(base)

    def page() -> str:
        if rng.random() < 0.15:
            return "/"
        if rng.random() < 0.15:
            return f"/search?q={quote(rng.choice(_WORDS))}"
        if programs and rng.random() < 0.2:
            return rng.choice(programs)
        return rng.choice(list(made.known))

    readers = [Reader(number, made, random.Random(seed + number)) for number in range(count)]
    listeners = readers[:_LISTEN]
    await asyncio.gather(
        *(each.hold(until, lines[n % len(lines)]) for n, each in enumerate(listeners)),
        *(each.read(until, page) for each in readers[len(listeners) :]),
    )
    return made


async def _programs(base: str) -> Sequence[str]:
    """What the API lets anybody read, of that which needs no number."""
    async with httpx.AsyncClient(base_url=base) as client:
        answer = await client.get("/api/v1/openapi.json")
        if answer.status_code != 200:
            return []
        paths = answer.json()["paths"]
        server = "" if all(each.startswith("/api/") for each in paths) else "/api/v1"
        return [server + each for each, ways in paths.items() if "get" in ways and "{" not in each]
