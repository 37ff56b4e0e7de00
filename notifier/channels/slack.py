"""Slack: Block Kit to an incoming webhook.

A 2xx means *sent*. Refusals are one word: that the hook or its room is gone ends the endpoint.

Limits: a header has at most 150 characters, a message 50 blocks, and in all about 13,000 characters
of them are taken; one message a second and hook, more in bursts, then 429 with Retry-After.

Header and rich text know no markup. The line that stands in notifications is mrkdwn: there ``&``,
``<`` and ``>`` are escaped, so that nothing calls a room or hides where a link leads.
"""

from __future__ import annotations

import json
import re
from typing import Any

from notifier.fitting import Row, Run, cut, fit, links, titled, units
from notifier.hooks import GONE, Service
from notifier.letter import Letter
from notifier.model import Card
from notifier.posting import Answer, code, judge

CARD = Card(
    korean="Slack",
    english="Slack",
    address="슬랙 Incoming Webhook 주소 / URL of an incoming webhook",
    what="Block Kit 메시지 / a Block Kit message",
    example="https://hooks.slack.com/services/T000/B000/xxxx",
)

_HEADER = 150
_BODY = 9_000  # characters of JSON
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
_REFUSED = range(400, 500)
_ENDED = frozenset(
    {
        "channel_is_archived",
        "channel_not_found",
        "invalid_token",
        "no_active_hooks",
        "no_service",
        "no_service_id",
        "no_team",
        "team_disabled",
    }
)


def _payload(letter: Letter) -> dict[str, Any]:
    source: list[Row] = [(Run(letter.labels.source, url=letter.url),)] if letter.url else []
    onward = [(), *links(letter)] if letter.links else []
    shown = fit(letter, _BODY, _size, head=source, foot=onward)
    elements = [element for row in shown for element in _elements(row)]
    return {
        "text": cut(letter.subject, _HEADER, escape=escape),
        "blocks": [
            {"type": "header", "text": _plain(cut(titled(letter), _HEADER, units))},
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": elements}],
            },
            {"type": "context", "elements": [_plain(letter.footer)]},
        ],
    }


def escape(text: str) -> str:
    """``text`` in mrkdwn, calling nobody and linking nowhere."""
    return text.translate(_ESCAPES)


def _size(row: Row) -> int:
    return len(json.dumps(_elements(row)))


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _elements(row: Row) -> list[dict[str, Any]]:
    return [*(_element(run) for run in row if run.text), {"type": "text", "text": "\n"}]


def _element(run: Run) -> dict[str, Any]:
    style = {"style": {"bold": True}} if run.bold else {}
    if run.url:
        return {"type": "link", "url": run.url, "text": run.text, **style}
    return {"type": "text", "text": run.text, **style}


def _verdict(answer: Answer) -> None:
    word = code(answer.body.decode("ascii", "replace").strip())
    ended = word in _ENDED and answer.status in _REFUSED
    judge(answer, gone={answer.status} if ended else GONE, said=word)


open_channel = Service(
    name="Slack",
    hooks=re.compile(r"hooks\.slack(-gov)?\.com/services/[^/]+/[^/]+/[^/]+"),
    payload=_payload,
    verdict=_verdict,
)
