"""Microsoft Teams: an Adaptive Card to a workflow that waits for a webhook request.

A 2xx means *sent*: the workflow took it, and tells nothing of what it does with it. Where the 2xx
carries the older connectors' "returned HTTP error 429", that number counts. A workflow that is not
there, or that no longer takes the URL's signature, ends the endpoint; one that is only switched off
does not. An answer that broke off is tried again.

Limits: a card has at most 28 KB; about four requests a second, then 429 with Retry-After.

Text runs know no markup, so nothing needs an escape.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from notifier.fitting import Row, Run, cut, fit, foot, main, titled, units
from notifier.hooks import Service
from notifier.letter import Letter
from notifier.model import Card
from notifier.posting import Answer, code, judge, packed, unbroken

CARD = Card(
    korean="Microsoft Teams",
    english="Microsoft Teams",
    address="팀즈 워크플로의 웹훅 주소 / URL of a workflow's webhook",
    what="적응형 카드 / an Adaptive Card",
    example="https://example.logic.azure.com/workflows/0/triggers/manual/paths/invoke",
)

_CARD = 22_000  # bytes of rows: of 28 KB, with room for what stands around them
_TITLE = 300
_ERROR_INSIDE = re.compile(rb"returned HTTP error ([45][0-9]{2})")
_GONE = frozenset({401, 404, 410})


def _payload(letter: Letter) -> dict[str, Any]:
    title = _block((Run(cut(titled(letter), _TITLE, units), bold=True),))
    title["inlines"][0]["size"] = "Large"
    shown = fit(letter, _CARD, lambda row: len(packed(_block(row))), foot=foot(letter))
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": [title, *map(_block, shown)],
    }
    if leads := main(letter):
        card["actions"] = [{**_opens(leads[1]), "title": leads[0]}]
    kind = "application/vnd.microsoft.card.adaptive"
    attachment = {"contentType": kind, "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _block(row: Row) -> dict[str, Any]:
    """A row; an empty one keeps its place by a space that does not break."""
    inlines = [_run(run) for run in row if run.text] or [_run(Run("\u00a0"))]
    return {"type": "RichTextBlock", "spacing": "None", "inlines": inlines}


def _run(run: Run) -> dict[str, Any]:
    shown: dict[str, Any] = {"type": "TextRun", "text": run.text}
    if run.bold:
        shown["weight"] = "Bolder"
    if run.url:
        shown["selectAction"] = _opens(run.url)
    return shown


def _opens(url: str) -> dict[str, str]:
    return {"type": "Action.OpenUrl", "url": url}


def _verdict(answer: Answer) -> None:
    error = answer.said.get("error")
    said = code(error.get("code", "")) if isinstance(error, dict) else ""
    inside = _ERROR_INSIDE.search(answer.body) if answer.taken else None
    judge(replace(answer, status=int(inside[1])) if inside else answer, gone=_GONE, said=said)
    unbroken(answer)


open_channel = Service(
    name="Teams",
    hooks=re.compile(
        r"[\w.-]+\.(logic\.azure\.(com|us)|environment\.api\.powerplatform\.com)"
        r"/(\w+/)*workflows/\w+/triggers/\w+/paths/invoke/?",
        re.ASCII,
    ),
    payload=_payload,
    verdict=_verdict,
)
