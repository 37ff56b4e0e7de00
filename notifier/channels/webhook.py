"""A signed POST to the receiver's URL, by the Standard Webhooks specification.

The body is ``{"type": …, "timestamp": …, "data": {…}}``, with what is told as data: an alert is
``alert.created``, as a correction ``alert.corrected``, as coverage ``alert.covered``; the others
are ``digest.created``, ``reminder.due`` and ``notice.created``. A status in 200-299 means *sent*;
what other answers mean stands in ``judge``.

Whether a URL wants any of it is asked by ``endpoint.verify`` with ``{"challenge": "…"}``. Yes is a
2xx whose body has the challenge, as the same JSON or alone.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import datetime

from notifier.errors import Undeliverable
from notifier.model import (
    Alert,
    Card,
    Content,
    Digest,
    Message,
    Notice,
    Question,
    Receipt,
    Reminder,
    Traits,
)
from notifier.posting import Answer, Posting, judge, packed, unbroken

CARD = Card(
    korean="웹훅",
    english="Webhook",
    address="https 주소 / URL",
    what="서명한 POST. 실패하면 이틀 동안 다시 보냅니다 / signed POST, tried again for two days",
    example="https://example.org/pabal",
)

_PREFIX = "whsec_"
TRAITS = Traits(people=False, signs=True, at_once=100)
_TYPES = {Digest: "digest.created", Reminder: "reminder.due", Notice: "notice.created"}


def new_secret() -> str:
    """A fresh signing secret, ``whsec_`` and 32 random bytes in base64."""
    return f"{_PREFIX}{b64encode(secrets.token_bytes(32)).decode()}"


def sign(secret: str, identity: str, at: datetime, body: bytes) -> str:
    """A signature by each of the secrets, which spaces separate: two while one is replaced.

    Raises Undeliverable where there is none, or one is no secret.
    """
    try:
        keys = [b64decode(each.removeprefix(_PREFIX)) for each in secret.split()]
    except ValueError:
        keys = []
    if not keys or not all(keys):
        raise Undeliverable("서명할 비밀 값이 없거나 틀렸습니다 (no usable secret)")
    signed = f"{identity}.{int(at.timestamp())}.".encode() + body
    macs = (hmac.digest(key, signed, "sha256") for key in keys)
    return " ".join(f"v1,{b64encode(mac).decode()}" for mac in macs)


class Webhooks(Posting):
    """Signs what it posts; of an answer it looks at the status only, but of one to a question."""

    async def send(self, message: Message) -> Receipt:
        """Post one message. Raises TryAgain, Undeliverable or EndpointGone."""
        at = self._poster.now()
        body = _body(message.content, at)
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": sign(message.secret or "", message.id, at, body),
        }
        answer = await self._poster.post(message.address, body, headers)
        judge(answer)
        if isinstance(message.content, Question):
            return _proof(message.content, answer)
        return answer.receipt

    def check_address(self, address: str) -> None:
        """Raise BadAddress unless ``address`` is a URL that a message may be posted to."""
        self._poster.check(address)


open_channel = Webhooks


def _body(content: Content, at: datetime) -> bytes:
    kind, data = _told(content)
    return packed({"type": kind, "timestamp": at.isoformat(timespec="seconds"), "data": data})


def _told(content: Content) -> tuple[str, object]:
    if isinstance(content, Question):
        return "endpoint.verify", {"challenge": content.code}
    if not isinstance(content, Alert):
        return _TYPES[type(content)], content
    if content.changes:
        return "alert.corrected", content
    return "alert.created" if content.coverage is None else "alert.covered", content


def _proof(question: Question, answer: Answer) -> Receipt:
    """Raises TryAgain where the answer broke off, Undeliverable where it has no challenge."""
    alone = answer.body.decode("utf-8", "replace").strip().strip('"')
    if question.code and question.code in (alone, answer.said.get("challenge")):
        return replace(answer.receipt, proven=True)
    unbroken(answer)
    raise Undeliverable(
        f"{answer.status}: 확인 물음에 답하지 않았습니다 (did not answer the challenge)"
    )
