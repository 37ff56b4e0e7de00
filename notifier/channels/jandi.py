"""JANDI: a message to a room's incoming webhook.

A 2xx means *sent*; a webhook that is not there ends the endpoint.

Limits: JANDI documents none. The texts are kept to lengths that a chat is read in.

Its Markdown (``**``, ``*``, ``~~``, links) has no documented escape: what would be read as markup
is put in its full-width twin.
"""

from __future__ import annotations

import re
from typing import Any

from notifier.fitting import cut, links, main, tame, tamed, titled, units, written
from notifier.hooks import Service
from notifier.letter import Letter
from notifier.model import Card

CARD = Card(
    korean="JANDI",
    english="JANDI",
    address="잔디 토픽의 수신 웹훅 주소 / URL of a topic's incoming webhook",
    what="메시지와 설명 / a message with its description",
    example="https://wh.jandi.com/connect-api/webhook/1/0a1b",
)

_TITLE, _DESCRIPTION = 300, 3000
_COLOURS = {False: "#1D4ED8", True: "#B45309"}


def _payload(letter: Letter) -> dict[str, Any]:
    title = cut(titled(letter), _TITLE, units, tame)
    onward = [(), *links(letter)] if letter.links else []
    text = written(letter, tamed, _DESCRIPTION, units, foot=onward)
    leads = main(letter)
    return {
        "body": f"[{title}]({leads[1]})" if leads else title,
        "connectColor": _COLOURS[bool(letter.changes)],
        "connectInfo": [{"title": tame(letter.footer), "description": text}],
    }


open_channel = Service(
    name="JANDI",
    hooks=re.compile(r"wh\.jandi\.com/connect-api/webhook/[0-9]+/[0-9a-f]+"),
    payload=_payload,
    headers={"accept": "application/vnd.tosslab.jandi-v2+json"},
)
