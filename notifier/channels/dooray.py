"""Dooray: a message to a room's incoming hook.

A 2xx means *sent*, unless its body says ``"isSuccessful": false``: that is a refusal, for good. A
hook that is not there ends the endpoint. An answer that broke off is tried again.

Limits: one message a second and hook is advised; no length is documented, and the text is kept to
4000 characters.

There is no documented escape for the few marks that the messenger reads (mentions are links to
``dooray:``): they are put in their full-width twins.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from notifier.fitting import cut, foot, main, tame, tamed, titled, units, written
from notifier.hooks import Service
from notifier.letter import Letter
from notifier.model import Card
from notifier.posting import Answer, code, judge, unbroken

CARD = Card(
    korean="Dooray!",
    english="Dooray!",
    address="두레이 대화방의 incoming 주소 / URL of a room's incoming hook",
    what="메시지와 첨부 글 / a message with an attachment",
    example="https://hook.dooray.com/services/1/2/xxxx",
)

_SUBJECT, _TEXT = 300, 4000
_COLOURS = {False: "blue", True: "orange"}
_GONE = frozenset({404, 410})
_REFUSED = 400


def _payload(letter: Letter) -> dict[str, Any]:
    attachment = {
        "text": written(letter, tamed, _TEXT, units, foot=foot(letter)),
        "color": _COLOURS[bool(letter.changes)],
    }
    if leads := main(letter):
        attachment |= {"title": leads[0], "titleLink": leads[1]}
    text = cut(letter.subject or titled(letter), _SUBJECT, units, tame)
    return {"botName": "파발", "text": text, "attachments": [attachment]}


def _verdict(answer: Answer) -> None:
    header = answer.said.get("header")
    header = header if isinstance(header, dict) else {}
    refused = answer.taken and header.get("isSuccessful") is False
    said = code(header.get("resultCode", ""))
    judge(replace(answer, status=_REFUSED) if refused else answer, gone=_GONE, said=said)
    unbroken(answer)


open_channel = Service(
    name="Dooray",
    hooks=re.compile(r"hook\.(gov-)?dooray\.(com|co\.kr)/services/[\w/-]+", re.ASCII),
    payload=_payload,
    verdict=_verdict,
)
