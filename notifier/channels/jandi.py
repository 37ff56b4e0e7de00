"""JANDI: a message to a room's incoming webhook.

A 2xx means *sent*; a webhook that is not there ends the endpoint.

Limits: JANDI documents none. The texts are kept to lengths that a chat is read in.

Its Markdown (``**``, ``*``, ``~~``, links) has no documented escape: what would be read as markup
is put in its full-width twin.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from notifier.fitting import Run, cut, links, main, spelt, tame, titled, units, written
from notifier.hooks import Hook, Service, open_hook
from notifier.letter import Letter
from notifier.model import Card, ChannelOptions
from notifier.posting import Answer, code, judge

CARD = Card(
    korean="JANDI",
    english="JANDI",
    address="잔디 토픽의 수신 웹훅 주소 / URL of a topic's incoming webhook",
    what="메시지와 설명 / a message with its description",
    example="https://wh.jandi.com/connect-api/webhook/1/0a1b",
)

_TITLE, _DESCRIPTION = 300, 3000
_COLOURS = {False: "#1D4ED8", True: "#B45309"}
_GONE = frozenset({404, 410})


def open_channel(options: ChannelOptions) -> Hook:
    """JANDI's incoming webhooks, with the webhook's URL as the address."""
    return open_hook(SERVICE, options)


def _payload(letter: Letter) -> dict[str, Any]:
    title = cut(titled(letter), _TITLE, units, tame)
    onward = [(), *links(letter)] if letter.links else []
    text = written(letter, _write, _DESCRIPTION, units, foot=onward)
    leads = main(letter)
    return {
        "body": f"[{title}]({leads[1]})" if leads else title,
        "connectColor": _COLOURS[bool(letter.changes)],
        "connectInfo": [{"title": tame(letter.footer), "description": text}],
    }


def _write(run: Run) -> str:
    return spelt(replace(run, text=tame(run.text)))


def _verdict(answer: Answer) -> None:
    judge(answer, gone=_GONE, said=code(answer.said.get("code", "")))


SERVICE = Service(
    name="JANDI",
    hooks=re.compile(r"wh\.jandi\.com/connect-api/webhook/[0-9]+/[0-9a-f]+"),
    payload=_payload,
    verdict=_verdict,
    headers={"accept": "application/vnd.tosslab.jandi-v2+json"},
)
