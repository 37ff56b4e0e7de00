"""A signed POST to the receiver's URL, by the Standard Webhooks specification.

The body is ``{"type": "alert.created", "timestamp": …, "data": {the alert}}``, of a correction
``alert.corrected``. A status in 200-299 means *sent*; what other answers mean stands in ``_judge``.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import perf_counter
from weakref import WeakValueDictionary

import httpx
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from notifier.egress import is_public, literal, open_transport
from notifier.errors import BadAddress, EndpointGone, TryAgain, Undeliverable
from notifier.model import ChannelOptions, Message, Receipt

_CONNECTIONS = 200
_AT_ONE_SERVER = 10  # so that a receiver who never answers holds few of them
_LONGEST_ADDRESS = 2048
_MOST_BODY = 4096
_BODY_SECONDS = 1.0
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]+")
_LAST_PORT = 65_535
_PASSING = frozenset({408, 425, 429})


def new_secret() -> str:
    """A fresh signing secret, ``whsec_`` and 32 random bytes in base64."""
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


class Webhooks:
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

    async def send(self, message: Message) -> Receipt:
        """Post one message. ``message.secret`` may hold several, separated by spaces: a rotation.

        Raises TryAgain, Undeliverable or EndpointGone.
        """
        at = self._now().astimezone(UTC)
        request = self._request(message, at)
        started = perf_counter()
        try:
            response = await self._post(request)
        except TimeoutError:
            raise TryAgain(f"{self._options.timeout:g}초 안에 답이 없습니다 (no answer)") from None
        except httpx.TransportError as error:
            raise TryAgain(
                f"연결하지 못했습니다 (no connection): {type(error).__name__}"
            ) from error
        took = (perf_counter() - started) * 1000
        await _let_go(response)
        _judge(response, at)
        return Receipt(f"{response.status_code} in {took:.0f} ms")

    def _turn(self, url: httpx.URL) -> asyncio.Semaphore:
        """Leave to post to the server of ``url``; kept while somebody has it or waits for it."""
        return self._turns.setdefault(url.netloc, asyncio.Semaphore(_AT_ONE_SERVER))

    async def _post(self, request: httpx.Request) -> httpx.Response:
        """Post in its turn; that may take as long as an answer may, and none of its time."""
        turn = self._turn(request.url)
        await asyncio.wait_for(turn.acquire(), self._options.timeout)
        try:
            async with asyncio.timeout(self._options.timeout):
                return await self._transport.handle_async_request(request)
        finally:
            turn.release()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    def check_address(self, address: str) -> None:
        """Raise BadAddress unless ``address`` is a URL that a message may be posted to."""
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

    def _request(self, message: Message, at: datetime) -> httpx.Request:
        try:
            self.check_address(message.address)
        except BadAddress as error:  # the rules may be stricter than when it was typed
            raise Undeliverable(str(error)) from error
        body = _body(message, at)
        contact = self._options.contact
        headers = {
            "user-agent": f"Pabal/1 (+{contact})" if contact else "Pabal/1",
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": _signatures(message, at, body),
        }
        return httpx.Request("POST", message.address, content=body, headers=headers)


def open_channel(options: ChannelOptions) -> Webhooks:
    """Webhooks by the machine's clock, kept off private networks unless ``options`` allow them."""
    transport = open_transport(
        private_addresses=options.private_addresses, connections=_CONNECTIONS
    )
    return Webhooks(options, transport, now=lambda: datetime.now(UTC))


def _parsed(address: str) -> httpx.URL:
    if len(address) > _LONGEST_ADDRESS:
        raise BadAddress("주소가 너무 깁니다 (too long)")
    try:
        url = httpx.URL(address)
        _ = url.host  # raises for an xn-- label that stands for no name
    except (httpx.InvalidURL, UnicodeError):
        raise BadAddress("주소를 읽을 수 없습니다 (not a URL)") from None
    return url


def _body(message: Message, at: datetime) -> bytes:
    payload = {
        "type": "alert.corrected" if message.alert.changes else "alert.created",
        "timestamp": at.isoformat(timespec="seconds"),
        "data": asdict(message.alert),
    }
    # Half of a surrogate pair, which scraped text may hold, has no UTF-8.
    return json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")


def _signatures(message: Message, at: datetime, body: bytes) -> str:
    """One signature for each secret. ``at`` is in UTC, which the package takes for granted."""
    try:
        signers = [Webhook(secret) for secret in (message.secret or "").split()]
    except (ValueError, EmptyWebhookSecretError):
        signers = []
    if not signers:
        raise Undeliverable("서명할 비밀 값이 없거나 틀렸습니다 (no usable secret)")
    return " ".join(signer.sign(message.id, at, body.decode()) for signer in signers)


async def _let_go(response: httpx.Response) -> None:
    """Read the little a receiver may say, so that the connection can serve again; show none of it.

    The status has answered already: nothing that goes wrong here matters.
    """
    seen = 0
    try:
        with suppress(TimeoutError, httpx.TransportError):
            async with asyncio.timeout(_BODY_SECONDS):
                async for chunk in response.aiter_raw():
                    seen += len(chunk)
                    if seen > _MOST_BODY:
                        break
    finally:
        await response.aclose()


def _judge(response: httpx.Response, now: datetime) -> None:
    """Return where the receiver took the message; else raise what its status asks for."""
    status = response.status_code
    if response.is_success:
        return
    if status == httpx.codes.GONE:
        raise EndpointGone("410: 수신처가 더 받지 않습니다 (gone)")
    if status in _PASSING or response.is_server_error:
        wait = _retry_after(response.headers.get("retry-after", ""), now)
        raise TryAgain(f"{status}: 나중에 다시 보냅니다 (later)", wait)
    if response.is_redirect:
        raise Undeliverable(f"{status}: 다른 주소로 넘기는 답은 따르지 않습니다 (redirect)")
    raise Undeliverable(f"{status}: 수신처가 거절했습니다 (refused)")


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
