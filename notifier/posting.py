"""What every channel that posts over HTTP shares: addresses, the way out, time limits, verdicts.

An address is checked when it is typed and again when it is posted to. What a receiver answers is
judged by its status; a service that says more in its answer is judged by its own channel too.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import perf_counter
from typing import Any
from weakref import WeakValueDictionary

import httpx

from notifier.egress import is_public, literal, open_transport
from notifier.errors import BadAddress, EndpointGone, TryAgain, Undeliverable
from notifier.model import ChannelOptions, Receipt

_CONNECTIONS = 200
_AT_ONE_SERVER = 10  # so that a receiver who never answers holds few of them
_LONGEST_ADDRESS = 2048
_MOST_BODY = 4096
_BODY_SECONDS = 1.0
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]+")
_LAST_PORT = 65_535
_PASSING = frozenset({408, 425, 429})
_GONE = frozenset({410})
_CODE = re.compile(r"-?[A-Za-z0-9_]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said.

    ``took`` and ``retry_after`` are in seconds, the latter None where the receiver did not say.
    ``body`` is its beginning, at most 4096 bytes; ``broken``: it broke off before that or its end.
    """

    status: int
    took: float = 0.0
    retry_after: float | None = None
    body: bytes = b""
    broken: bool = False

    @property
    def taken(self) -> bool:
        """Whether the status says that the receiver took the message."""
        return 200 <= self.status < 300  # noqa: PLR2004 - 2xx

    @property
    def said(self) -> Mapping[str, Any]:
        """The object that the body is in JSON; empty where it is none."""
        try:
            read = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return read if isinstance(read, dict) else {}

    @property
    def receipt(self) -> Receipt:
        """For a message that was taken."""
        return Receipt(f"{self.status} in {self.took * 1000:.0f} ms")


class Poster:
    """One pool of connections for all endpoints. ``now`` gives the aware time of an attempt.

    There is no httpx client over the transport: what it adds (cookies, proxies of the environment,
    reading where a redirect leads) is what a receiver must not be able to use.
    """

    def __init__(
        self,
        options: ChannelOptions,
        transport: httpx.AsyncBaseTransport,
        now: Callable[[], datetime],
    ) -> None:
        self._options = options
        self._transport = transport
        self._now = now
        self._turns: WeakValueDictionary[bytes, asyncio.Semaphore] = WeakValueDictionary()

    def now(self) -> datetime:
        """The time of an attempt, in UTC."""
        return self._now().astimezone(UTC)

    def check(self, address: str) -> httpx.URL:
        """The URL that ``address`` spells. Raises BadAddress unless it may be posted to."""
        url = _parsed(address)
        private = self._options.private_addresses
        if url.scheme != "https" and not (private and url.scheme == "http"):
            raise BadAddress("https:// 주소만 받습니다 (https only)")
        if url.userinfo or "#" in address:
            raise BadAddress(
                "주소에 사용자 이름이나 #을 쓸 수 없습니다 (no user name, no fragment)"
            )
        host = url.raw_host.decode("ascii")
        if not _HOST.fullmatch(host) or not (url.port is None or 0 < url.port <= _LAST_PORT):
            raise BadAddress("호스트나 포트가 올바르지 않습니다 (no such host or port)")
        spelt = literal(host)
        if spelt and not private and not is_public(spelt):
            raise BadAddress(f"공개 주소가 아닙니다 (not a public address): {host}")
        return url

    async def post(self, address: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Post once. Raises TryAgain where nothing answers, Undeliverable for a bad address."""
        try:
            url = self.check(address)
        except BadAddress as error:  # the rules may be stricter than when it was typed
            raise Undeliverable(str(error)) from error
        contact = self._options.contact
        named = {"user-agent": f"Pabal/1 (+{contact})" if contact else "Pabal/1", **headers}
        request = httpx.Request("POST", url, content=content, headers=named)
        started = perf_counter()
        try:
            response = await self._sent(request)
        except TimeoutError:
            raise TryAgain(f"{self._options.timeout:g}초 안에 답이 없습니다 (no answer)") from None
        except httpx.TransportError as error:
            raise TryAgain(
                f"연결하지 못했습니다 (no connection): {type(error).__name__}"
            ) from error
        took = perf_counter() - started
        wait = _retry_after(response.headers.get("retry-after", ""), self.now())
        body, broken = await _read(response)
        return Answer(response.status_code, took, wait, body, broken)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    def _turn(self, url: httpx.URL) -> asyncio.Semaphore:
        """Leave to post to the server of ``url``; kept while somebody has it or waits for it."""
        return self._turns.setdefault(url.netloc, asyncio.Semaphore(_AT_ONE_SERVER))

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        """Post in its turn; that may take as long as an answer may, and none of its time."""
        turn = self._turn(request.url)
        await asyncio.wait_for(turn.acquire(), self._options.timeout)
        try:
            async with asyncio.timeout(self._options.timeout):
                return await self._transport.handle_async_request(request)
        finally:
            turn.release()


def open_poster(options: ChannelOptions) -> Poster:
    """A poster by the machine's clock, kept off private networks unless ``options`` allow them."""
    transport = open_transport(
        private_addresses=options.private_addresses, connections=_CONNECTIONS
    )
    return Poster(options, transport, now=lambda: datetime.now(UTC))


def packed(payload: object) -> bytes:
    """``payload`` as readable JSON in UTF-8."""
    # Half of a surrogate pair, which scraped text may hold, has no UTF-8.
    return json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")


def judge(answer: Answer, gone: Container[int] = _GONE, said: str = "") -> None:
    """Return where the receiver took the message; else raise what its status asks for.

    Statuses in ``gone`` mean that nothing more is wanted. ``said`` is the receiver's reason, for
    the operator: a channel hands on no more of it than a ``code``.
    """
    if answer.taken:
        return
    status = answer.status
    shown = f"{status} {said}" if said else str(status)
    if status in gone:
        raise EndpointGone(f"{shown}: 수신처가 더 받지 않습니다 (gone)")
    if status in _PASSING or httpx.codes.is_server_error(status):
        raise TryAgain(f"{shown}: 나중에 다시 보냅니다 (later)", answer.retry_after)
    if httpx.codes.is_redirect(status):
        raise Undeliverable(f"{shown}: 다른 주소로 넘기는 답은 따르지 않습니다 (redirect)")
    raise Undeliverable(f"{shown}: 수신처가 거절했습니다 (refused)")


def unbroken(answer: Answer) -> None:
    """Raise TryAgain where an answer that says more than its status broke off.

    What is not known to be sent is sent again.
    """
    if answer.broken:
        raise TryAgain(f"{answer.status}: 답이 끊겼습니다 (the answer broke off)")


def seconds(value: object) -> float | None:
    """A wait that a body names, in seconds; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 10**9 else None


def code(value: object) -> str:
    """A receiver's name or number for what went wrong, for the operator; else empty."""
    return str(value) if _CODE.fullmatch(str(value)) else ""


def _parsed(address: str) -> httpx.URL:
    if len(address) > _LONGEST_ADDRESS:
        raise BadAddress("주소가 너무 깁니다 (too long)")
    try:
        url = httpx.URL(address)
        _ = url.host  # raises for an xn-- label that stands for no name
    except (httpx.InvalidURL, UnicodeError):
        raise BadAddress("주소를 읽을 수 없습니다 (not a URL)") from None
    return url


async def _read(response: httpx.Response) -> tuple[bytes, bool]:
    """The little a receiver may say, and whether it broke off.

    It is read so that the connection can serve again.
    """
    seen = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in response.aiter_raw():
                seen += chunk
                if len(seen) > _MOST_BODY:
                    break
    except (TimeoutError, httpx.TransportError):
        return bytes(seen[:_MOST_BODY]), True
    finally:
        await response.aclose()
    return bytes(seen[:_MOST_BODY]), False


def _retry_after(value: str, now: datetime) -> float | None:
    """Seconds from now, from either form of the header; None where it is absent or unreadable."""
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:  # "-0000": in UTC, from an unknown place
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())
