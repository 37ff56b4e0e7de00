"""NAVER WORKS: a message with a button to a room's incoming webhook.

A 2xx means *sent*; a webhook that is not there ends the endpoint.

Limits: the lengths are those of the bot message that it becomes: 1000 characters of text with a
button, whose label has 20. Too many requests are answered by 429.

Texts are plain: there is no markup to escape.
"""

from __future__ import annotations

import re
from typing import Any

from notifier.fitting import cut, foot, main, spelt, titled, units, written
from notifier.hooks import Hook, Service, open_hook
from notifier.letter import Letter
from notifier.model import Card, ChannelOptions
from notifier.posting import Answer, code, judge

CARD = Card(
    korean="NAVER WORKS",
    english="NAVER WORKS",
    address="네이버웍스 Incoming Webhook 주소 / URL of its incoming webhook",
    what="글과 원문 단추 / text with a button",
    example="https://webhook.worksmobile.com/message/xxxx",
)

_TITLE, _TEXT, _LABEL = 100, 890, 20
_GONE = frozenset({404, 410})


def open_channel(options: ChannelOptions) -> Hook:
    """The incoming webhooks of NAVER WORKS, with the webhook's URL as the address."""
    return open_hook(SERVICE, options)


def _payload(letter: Letter) -> dict[str, Any]:
    message: dict[str, Any] = {
        "title": cut(titled(letter), _TITLE, units),
        "body": {"text": written(letter, spelt, _TEXT, units, foot=foot(letter))},
    }
    if leads := main(letter):
        message["button"] = {"label": cut(leads[0], _LABEL, units), "url": leads[1]}
    return message


def _verdict(answer: Answer) -> None:
    judge(answer, gone=_GONE, said=code(answer.said.get("code", "")))


SERVICE = Service(
    name="NAVER WORKS",
    hooks=re.compile(r"webhook\.worksmobile\.com/message/[\w.~-]+", re.ASCII),
    payload=_payload,
    verdict=_verdict,
)
