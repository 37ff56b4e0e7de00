"""What every channel that posts over HTTP shares: addresses, the way out, verdicts.

An address is checked when it is typed and again when it is posted to. What a receiver answers is
judged by its status; a service that says more in its answer is judged by its own channel too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from yarl import URL

from notifier.egress import WayOut, is_public, literal, open_way
from notifier.errors import BadAddress, EndpointGone, TryAgain, Undeliverable
from notifier.model import ChannelOptions, Receipt

_CONNECTIONS = 200
_LONGEST_ADDRESS = 2048
_IN_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f\\]")  # what a parser may drop or turn over
_NAME = re.compile(r"([a-z0-9_-]{1,63}\.)*[a-z][a-z0-9_-]{0,62}\.?")  # 1.2.3.4. is none
_REDIRECT, _SERVER_ERROR = 3, 5
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
    """What posts go through, on their ``way`` out. ``now`` gives the aware time of an attempt."""

    def __init__(self, options: ChannelOptions, way: WayOut, now: Callable[[], datetime]) -> None:
        self._options = options
        self._way = way
        self._now = now
        contact = options.contact
        self._agent = f"Pabal/1 (+{contact})" if contact else "Pabal/1"

    def now(self) -> datetime:
        """The time of an attempt, in UTC."""
        return self._now().astimezone(UTC)

    def check(self, address: str) -> URL:
        """The URL that ``address`` spells. Raises BadAddress unless it may be posted to."""
        url = _parsed(address)
        private = self._options.private_addresses
        if url.scheme != "https" and not (private and url.scheme == "http"):
            raise BadAddress("https:// 주소만 받습니다 (https only)")
        if "@" in url.raw_authority or "#" in address:
            raise BadAddress(
                "주소에 사용자 이름이나 #을 쓸 수 없습니다 (no user name, no fragment)"
            )
        host = url.raw_host or ""
        spelt = literal(host)
        if not (spelt or _NAME.fullmatch(host)) or url.port == 0:
            raise BadAddress("호스트나 포트가 올바르지 않습니다 (no such host or port)")
        if spelt and not private and not is_public(spelt):
            raise BadAddress(f"공개 주소가 아닙니다 (not a public address): {host}")
        if spelt and str(spelt) != host:
            raise BadAddress(f"IP 주소를 보통 꼴로 쓰십시오 (an odd spelling): {spelt}")
        return url

    async def post(self, address: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Post once. Raises TryAgain where nothing answers, and what ``check`` raises."""
        url = self.check(address)  # the rules may be stricter than when it was typed
        reply = await self._way.post(url, content, {"user-agent": self._agent, **headers})
        wait = _retry_after(reply.retry_after, self.now()) if reply.retry_after else None
        return Answer(reply.status, reply.took, wait, reply.body, reply.broken)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._way.aclose()


class Posting:
    """A channel that posts: all that it has open is its poster, an ordinary one unless given."""

    def __init__(self, options: ChannelOptions, poster: Poster | None = None) -> None:
        self._options = options
        self._poster = poster or open_poster(options)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._poster.aclose()


def open_poster(options: ChannelOptions) -> Poster:
    """A poster by the machine's clock, kept off private networks unless ``options`` allow them."""
    way = open_way(
        private_addresses=options.private_addresses,
        timeout=options.timeout,
        connections=_CONNECTIONS,
    )
    return Poster(options, way, now=lambda: datetime.now(UTC))


def packed(payload: object) -> bytes:
    """``payload`` as readable JSON in UTF-8; what the model declares becomes an object."""
    # Half of a surrogate pair, which scraped text may hold, has no UTF-8.
    return _JSON.encode(payload).encode("utf-8", "replace")


def _fields(declared: Any) -> dict[str, Any]:
    """What ``dataclasses.asdict`` gives, in a tenth of its time and one level deep."""
    return {name: getattr(declared, name) for name in declared.__slots__}


_JSON = json.JSONEncoder(ensure_ascii=False, default=_fields)


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
        raise EndpointGone(f"{shown}: 받는 곳이 더 받지 않습니다 (gone)")
    if status in _PASSING or status // 100 == _SERVER_ERROR:
        raise TryAgain(f"{shown}: 나중에 다시 보냅니다 (later)", answer.retry_after)
    if status // 100 == _REDIRECT:
        raise Undeliverable(f"{shown}: 다른 주소로 넘기는 답은 따르지 않습니다 (redirect)")
    raise Undeliverable(f"{shown}: 받는 곳이 거절했습니다 (refused)")


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


def _parsed(address: str) -> URL:
    if len(address) > _LONGEST_ADDRESS:
        raise BadAddress("주소가 너무 깁니다 (too long)")
    try:
        if not _IN_NO_ADDRESS.search(address):
            return URL(address)
    except ValueError:
        pass
    raise BadAddress("주소를 읽을 수 없습니다 (not a URL)")


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
