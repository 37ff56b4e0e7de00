"""Web Push: a notification in a browser, by RFC 8030, encrypted by RFC 8291.

The address is the browser's subscription as JSON: ``{"endpoint": "https://…", "keys": {"p256dh":
"…", "auth": "…"}}``. A 2xx (201) means *sent*: the push service took it over. 404 and 410 end the
endpoint, the browser has unsubscribed. 413 and a key that the browser did not subscribe by (403)
are refusals, 429 waits.

What is encrypted is ``{"title", "body", "url", "tag"}``, for a service worker to show. Push
services take 4096 bytes of it, encrypted, and keep it for a week for a browser that is closed, a
reminder for the days that are left. A later message about the same event takes the place of
an earlier one: by ``Topic`` where that has not arrived yet, by ``tag`` where it is still shown.

Requests are signed by RFC 8292 (VAPID) with the operator's key, ``PABAL_VAPID_KEY``.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from notifier.errors import BadAddress, TryAgain
from notifier.fitting import cut, main
from notifier.letter import Letter, Line, letter
from notifier.model import Card, Content, Message, Receipt, Reminder
from notifier.posting import Posting, judge, packed

CARD = Card(
    korean="웹 푸시",
    english="Web Push",
    address="브라우저가 준 구독 JSON / the subscription that a browser gave, as JSON",
    what="브라우저 알림. `PABAL_VAPID_KEY`가 있어야 합니다 / a browser's notification, needs a key",
)

if TYPE_CHECKING:
    from py_vapid import Vapid02

_LONGEST_ADDRESS = 4096
_TITLE, _BODY = 300, 1200  # bytes of what is shown: a notification has a few lines
_LIFE = timedelta(weeks=1)  # for a browser that is closed over a holiday
_SIGNED = timedelta(hours=12)  # RFC 8292 allows a day
_POINT, _AUTH = 65, 16
_GONE = frozenset({404, 410})


class WebPush(Posting):
    """Signs with the key in the options, waits for one, and encrypts for each browser."""

    async def send(self, message: Message) -> Receipt:
        """Push one message. Raises TryAgain, Undeliverable or EndpointGone."""
        browser, service = self._browser(message.address)
        if not self._options.vapid_key:
            raise TryAgain("웹 푸시의 키가 없습니다 (no key): PABAL_VAPID_KEY", ours=True)
        said = letter(message)
        topic = _topic(message)
        headers = {
            "authorization": self._signed(service, self._poster.now()),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": f"{_life(message.content).total_seconds():.0f}",
            "topic": topic,
            "urgency": "high" if said.urgent else "normal",
        }
        body = _encrypted(packed(_payload(said, topic)), browser)
        answer = await self._poster.post(browser["endpoint"], body, headers)
        judge(answer, gone=_GONE)
        return answer.receipt

    def check_address(self, address: str) -> None:
        """Raise BadAddress unless ``address`` is a browser's subscription and there is a key."""
        self._browser(address)
        if not self._options.vapid_key:
            raise BadAddress("웹 푸시에는 PABAL_VAPID_KEY가 있어야 합니다 (needs a key)")

    def _browser(self, address: str) -> tuple[dict[str, Any], str]:
        """The subscription of a browser, and its push service."""
        known = _read(address)
        url = self._poster.check(known["endpoint"])
        if ":" in (url.raw_host or ""):  # which VAPID's audience cannot name
            raise BadAddress("푸시 서비스는 이름이 있어야 합니다 (a push service has a name)")
        return known, str(url.origin())

    def _signed(self, origin: str, now: datetime) -> str:
        contact = self._options.contact
        subject = contact if "@" not in contact or ":" in contact else f"mailto:{contact}"
        claims = {"aud": origin, "sub": subject, "exp": int((now + _SIGNED).timestamp())}
        try:
            signer = _signer(self._options.vapid_key)
        except ValueError:
            why = "웹 푸시의 키가 틀립니다 (no such key): PABAL_VAPID_KEY"
            raise TryAgain(why, ours=True) from None
        return str(signer.sign(claims)["Authorization"])


open_channel = WebPush


def new_key() -> str:
    """A fresh private key, 32 bytes in base64url."""
    from py_vapid import Vapid02  # noqa: PLC0415 - loads much, and only this channel needs it

    signer = Vapid02()
    signer.generate_keys()
    return _spelt(signer.private_key.private_numbers().private_value.to_bytes(32, "big"))


def public_key(key: str) -> str:
    """What a browser subscribes by (``applicationServerKey``), for the private ``key``.

    Raises ValueError where that is no key.
    """
    numbers = _signer(key).public_key.public_numbers()
    return _spelt(b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))


def _signer(key: str) -> Vapid02:
    from py_vapid import Vapid02  # noqa: PLC0415 - as above

    signer = Vapid02.from_raw(key.encode())
    signer.conf["no-strict"] = True  # a contact with a path is an address too
    return signer


def _read(address: str) -> dict[str, Any]:
    """The endpoint and the keys of a subscription. Raises BadAddress where it is none."""
    try:
        said = json.loads(address if len(address) <= _LONGEST_ADDRESS else "")
        endpoint, keys = said["endpoint"], said["keys"]
        point, auth = (urlsafe_b64decode(f"{keys[each]}===") for each in ("p256dh", "auth"))
    except (ValueError, LookupError, TypeError, RecursionError, binascii.Error):
        point, auth, endpoint = b"", b"", None
    if not isinstance(endpoint, str) or len(auth) != _AUTH or not _on_curve(point):
        raise BadAddress(
            "주소는 브라우저가 준 구독 JSON입니다 (the subscription that a browser gave, as JSON)"
        )
    return {"endpoint": endpoint, "keys": {"p256dh": _spelt(point), "auth": _spelt(auth)}}


def _on_curve(point: bytes) -> bool:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == _POINT


def _encrypted(body: bytes, browser: dict[str, Any]) -> bytes:
    from pywebpush import WebPusher  # noqa: PLC0415 - as above

    return bytes(WebPusher(browser).encode(body)["body"])


def _topic(message: Message) -> str:
    """At most 32 characters of base64url, the same for all about one event."""
    return _spelt(sha256((message.thread or message.id).encode()).digest()[:18])


def _life(content: Content) -> timedelta:
    """How long a message waits for its browser; a reminder no longer than there are days left."""
    days = content.alert.days_left if isinstance(content, Reminder) else None
    return _LIFE if days is None else min(_LIFE, timedelta(days=max(days, 1)))


def _payload(letter: Letter, tag: str) -> dict[str, str]:
    leads = main(letter)
    facts = [f"{label}: {value}" for label, value in letter.facts if _weighty(letter, value)]
    entries = [f"· {each.title}" for each in letter.entries]
    more = [letter.more[0]] if letter.more else []
    why = [f"{letter.labels.why}: {_words(each)}" for each in letter.why[:1]]
    shown = [letter.byline, *letter.lines, *letter.changes, *facts, letter.extract, *why]
    body = "\n".join(each for each in [*shown, *entries, *more] if each)
    return {
        "title": cut(letter.subject, _TITLE, _size),
        "body": cut(body, _BODY, _size),
        "url": leads[1] if leads else "",
        "tag": tag,
    }


def _words(why: Line) -> str:
    return "".join(piece.text for piece in why)


def _weighty(letter: Letter, value: str) -> bool:
    """Until when to apply, of an announcement; of a question all that was asked for."""
    return bool(letter.lines) or value == letter.deadline


def _size(text: str) -> int:
    """Bytes of JSON without its quotes."""
    return len(packed(text)) - 2


def _spelt(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
