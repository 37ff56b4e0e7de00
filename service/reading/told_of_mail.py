"""What mail providers say of our mail by webhook: SES (by SNS), Mailgun, Postmark and SendGrid.

As with mail that comes back, only what names a mail of ours is believed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from service.model import Fate, Returned
from service.reading.returned import says_full

_MESSAGE_ID = re.compile(
    r"(?:msg_|\+)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b", re.IGNORECASE
)
_MOST = 1000  # events in one body
_COMPLAINED = {"complaint", "complained", "spamcomplaint", "spamreport"}
_ENDED = {"unsubscribed", "unsubscribe", "groupunsubscribe", "subscriptionchange"}
_HARD = {"permanent", "hardbounce", "bademailaddress", "bounce"}
# What Mailgun calls permanent all the same: it held the mail back, or the receiver disliked it.
_HELD_BACK = {"suppressbounce", "espblock"}
# What Postmark calls a bounce of mail that arrived.
_ALIVE = {"autoresponder", "addresschange", "challengeverification", "subscribe"}
_FULL_CODE = re.compile(r'"code": "?[45]52\b')


def read_event(body: bytes) -> list[Returned]:
    """What a provider's message says of mails of ours; nothing where it is something else."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return list(islice(_events(read), _MOST))


def _events(read: Any) -> Iterator[Returned]:
    for event in read if isinstance(read, list) else [read]:
        if not isinstance(event, dict):
            continue
        if isinstance(event.get("Message"), str):  # what SNS carries is JSON in JSON
            yield from read_event(event["Message"].encode("utf-8", "replace"))
        elif (fate := _fate(event)) and (named := _MESSAGE_ID.search(_shown(event))):
            yield Returned(UUID(named[1]), *fate)


def _fate(event: Mapping[str, Any]) -> tuple[Fate, str] | None:
    inner = event.get("event-data")
    data = inner if isinstance(inner, dict) else event
    kind = _word(
        event.get("notificationType") or event.get("eventType") or event.get("RecordType")
        or data.get("event")
    )  # fmt: skip
    bounce = event.get("bounce")
    told = bounce.get("bounceType") if isinstance(bounce, dict) else data.get("severity")
    how = _word(told or event.get("Type") or data.get("type"))
    if {kind, how} & _COMPLAINED:
        return None if '"not-spam"' in json.dumps(event.get("complaint")) else ("complaint", kind)
    if {kind, how} & _ENDED:
        return None if event.get("SuppressSending") is False else ("end", kind)
    if kind not in {"bounce", "failed", "bounced", "dropped"}:
        return None
    reason = _word(data.get("reason"))
    if reason == "old":  # Mailgun gave up, which it calls permanent
        how = "old"
    # Mailgun tries again, and tells what comes of it; of the others somebody is merely away.
    if how in {"temporary", *_ALIVE} or _is_answer(bounce):
        return None
    if how in _HARD:
        shown = _shown(event)
        full = "full" if says_full(shown) or _FULL_CODE.search(shown) else None
        why = full or (reason if reason in _HELD_BACK else None)
        return ("refused", why) if why else ("gone", how)
    return "refused", kind if how == "none" else how


def _is_answer(bounce: object) -> bool:
    """Whether SES speaks of an absence note: it calls one passing, and no server reports it."""
    shown = json.dumps(bounce)
    return '"Transient"' in shown and '"General"' in shown and '"action"' not in shown


def _word(value: object) -> str:
    return re.sub(r"[^a-z]", "", str(value).lower())[:40]


def _shown(event: Mapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False)[:100_000]
