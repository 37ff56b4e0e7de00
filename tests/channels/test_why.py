"""Every message says why it was sent, and where to say that it was in vain, in every channel.

As it is delivered: what is owed is worded by the service, and posted by the channel.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from notifier.letter import letter
from notifier.mail.sheet import html
from notifier.model import Message
from notifier.plain import plain
from notifier.registry import names
from service.links import Signer
from service.model import Telling
from service.worded import Words
from tests.unit.test_worded import DUE as IN_ENGLISH

Said = Callable[..., Awaitable[dict[str, Any]]]

TODAY = date(2026, 11, 20)
RULE, SENTENCE = "물류비", "지원 한도를 두 배로 올린다"
HITS = [{"rule": RULE, "excerpt": SENTENCE, "marks": []}]
FACTS: dict[str, Any] = {
    "title": "수출 기업 지원 공고",
    "url": "https://news.example.go.kr/1",
    "publisher": "중소벤처기업부",
    "source": "mss",
    "published_at": "2026-11-20T09:00:00+09:00",
    "published_precision": "minute",
    "summary": "",
    "apply_by": "2026-11-27 18:00",
}
DUE = replace(
    IN_ENGLISH, channel="", address="", language="ko", facts=FACTS, hits=HITS, badge=False
)
DIGEST = {"since": "2026-11-19T08:00:00+09:00", "until": "2026-11-20T08:00:00+09:00", "total": 2}
OWED = {
    "alert": DUE,
    "correction": replace(DUE, reason="correction", facts=FACTS | {"changes": ["3 → 4"]}),
    "coverage": replace(DUE, reason="coverage", facts=FACTS | {"coverage": "수출 지원"}),
    "reminder": replace(DUE, reason="reminder", facts=FACTS),
    "digest": replace(
        DUE,
        reason="digest",
        facts=DIGEST,
        items=(Telling(8, "alert", FACTS, HITS, badge=False),),
    ),
}
SHORT = {"kakao", "web_push"}  # they show what fits: templates say more, a click leads further
# These ask it of each entry of a digest; the others show where all of it is, with the links.
OF_EACH = {"console", "discord", "slack", "teams", "telegram", "webhook"}
SILENT = {"feed"}  # sends nothing; tests/web/feeds looks at what is read there


def message(reason: str) -> Message:
    return Words(Signer(bytes(32)), "https://pabal.example").message(OWED[reason], TODAY)


@pytest.mark.parametrize("reason", OWED)
@pytest.mark.parametrize("name", sorted(set(names()) - SHORT - SILENT - {"mail"}))
async def test_a_message_says_why_and_how_to_say_no(name: str, reason: str, said: Said) -> None:
    sent = json.dumps(await said(name, message(reason).content), ensure_ascii=False)

    assert RULE in sent
    assert SENTENCE in sent.replace("\\\\", "")
    page = "digest" if reason == "digest" and name not in OF_EACH else "dismiss"
    assert f"https://pabal.example/{page}/" in sent


@pytest.mark.parametrize("reason", sorted(set(OWED) - {"digest"}))
async def test_a_push_says_why(reason: str, said: Said) -> None:
    sent = json.dumps(await said("web_push", message(reason).content), ensure_ascii=False)

    assert RULE in sent
    assert SENTENCE in sent


@pytest.mark.parametrize("reason", OWED)
def test_a_mail_says_why_and_how_to_say_no_in_both_its_parts(reason: str) -> None:
    for part in (html(letter(message(reason))), plain(letter(message(reason)))):
        for each in (RULE, SENTENCE, "https://pabal.example/dismiss/"):
            assert each in part
