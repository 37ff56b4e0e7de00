"""A signed POST to the receiver's URL, by the Standard Webhooks specification.

The body is ``{"type": "alert.created", "timestamp": …, "data": {the alert}}``, of a correction
``alert.corrected``. A status in 200-299 means *sent*; what other answers mean stands in ``judge``.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from dataclasses import asdict
from datetime import datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from notifier.errors import Undeliverable
from notifier.model import ChannelOptions, Message, Receipt
from notifier.posting import Poster, judge, open_poster, packed


def new_secret() -> str:
    """A fresh signing secret, ``whsec_`` and 32 random bytes in base64."""
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


class Webhooks:
    """Signs what it posts; of an answer it looks at the status only."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster

    async def send(self, message: Message) -> Receipt:
        """Post one message. ``message.secret`` may hold several, separated by spaces: a rotation.

        Raises TryAgain, Undeliverable or EndpointGone.
        """
        at = self._poster.now()
        body = _body(message, at)
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": _signatures(message, at, body),
        }
        answer = await self._poster.post(message.address, body, headers)
        judge(answer)
        return answer.receipt

    async def aclose(self) -> None:
        """Close all connections."""
        await self._poster.aclose()

    def check_address(self, address: str) -> None:
        """Raise BadAddress unless ``address`` is a URL that a message may be posted to."""
        self._poster.check(address)


def open_channel(options: ChannelOptions) -> Webhooks:
    """Webhooks by the machine's clock, kept off private networks unless ``options`` allow them."""
    return Webhooks(open_poster(options))


def _body(message: Message, at: datetime) -> bytes:
    payload = {
        "type": "alert.corrected" if message.alert.changes else "alert.created",
        "timestamp": at.isoformat(timespec="seconds"),
        "data": asdict(message.alert),
    }
    return packed(payload)


def _signatures(message: Message, at: datetime, body: bytes) -> str:
    """One signature for each secret. ``at`` is in UTC, which the package takes for granted."""
    try:
        signers = [Webhook(secret) for secret in (message.secret or "").split()]
    except (ValueError, EmptyWebhookSecretError):
        signers = []
    if not signers:
        raise Undeliverable("서명할 비밀 값이 없거나 틀렸습니다 (no usable secret)")
    return " ".join(signer.sign(message.id, at, body.decode()) for signer in signers)
