"""Discord: an embed to a channel's webhook.

The message is asked to be confirmed (``wait=true``): a 2xx means *sent*. A webhook that is unknown
or whose token is not its own any more ends the endpoint.

Limits: a title has at most 256 characters, a description 4096, a footer 2048, all of an embed 6000.
A webhook takes five messages in two seconds, an address on the net 50 requests a second; 429 says
how long to wait in ``retry_after``, in seconds with a fraction, and in Retry-After.

Markdown is escaped by backslashes, and nobody is ever called (``allowed_mentions``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from notifier.fitting import Run, cut, links, main, titled, units, written
from notifier.hooks import Service
from notifier.letter import Letter
from notifier.model import Card, Traits
from notifier.posting import Answer, code, judge, seconds

CARD = Card(
    korean="Discord",
    english="Discord",
    address="디스코드 채널의 웹훅 주소 / URL of a channel's webhook",
    what="임베드 하나. 아무도 호출하지 않습니다 / one embed, mentions nobody",
    example="https://discord.com/api/webhooks/1/xxxx",
)

TRAITS = Traits(per_second=40)  # of 50: https://discord.com/developers/docs/topics/rate-limits
_TITLE, _DESCRIPTION = 256, 4096
_COLOURS = {False: 0x1D4ED8, True: 0xB45309}
_ESCAPES = {ord(char): f"\\{char}" for char in "\\*_~`|<>#-+[]()@:!"}
_GONE = frozenset({401, 404, 410})


def escape(text: str) -> str:
    """``text`` in Discord's Markdown, formatting nothing, calling nobody and linking nowhere."""
    return text.translate(_ESCAPES)


def _payload(letter: Letter) -> dict[str, Any]:
    onward = [(), *links(letter)] if letter.links else []
    embed = {
        "title": cut(titled(letter), _TITLE, units, escape),
        "description": written(letter, _write, _DESCRIPTION, units, foot=onward),
        "color": _COLOURS[bool(letter.changes)],
        "footer": {"text": letter.footer},
    }
    if leads := main(letter):
        embed["url"] = leads[1]
    return {"embeds": [embed], "allowed_mentions": {"parse": []}}


def _write(run: Run) -> str:
    text = escape(run.text)
    if run.url:
        return f"[{text}]({run.url})"
    return f"**{text}**" if run.bold and text.strip() else text


def _verdict(answer: Answer) -> None:
    said = answer.said
    wait = seconds(said.get("retry_after"))
    told = answer if wait is None else replace(answer, retry_after=wait)
    judge(told, gone=_GONE, said=code(said.get("code", "")))


open_channel = Service(
    name="Discord",
    hooks=re.compile(
        r"((ptb|canary)\.)?discord(app)?\.com/api/(v[0-9]{1,2}/)?webhooks/[0-9]+/[\w-]+", re.ASCII
    ),
    payload=_payload,
    verdict=_verdict,
    query={"wait": "true"},
)
