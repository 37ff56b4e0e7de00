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
from notifier.hooks import Service
from notifier.letter import Letter
from notifier.model import Card

CARD = Card(
    korean="NAVER WORKS",
    english="NAVER WORKS",
    address="네이버웍스 Incoming Webhook 주소 / URL of its incoming webhook",
    what="글과 원문 단추 / text with a button",
    example="https://webhook.worksmobile.com/message/xxxx",
)

_TITLE, _TEXT, _LABEL = 100, 890, 20


def _payload(letter: Letter) -> dict[str, Any]:
    message: dict[str, Any] = {
        "title": cut(titled(letter), _TITLE, units),
        "body": {"text": written(letter, spelt, _TEXT, units, foot=foot(letter))},
    }
    if leads := main(letter):
        message["button"] = {"label": cut(leads[0], _LABEL, units), "url": leads[1]}
    return message


open_channel = Service(
    name="NAVER WORKS",
    hooks=re.compile(r"webhook\.worksmobile\.com/message/[\w.~-]+", re.ASCII),
    payload=_payload,
)
