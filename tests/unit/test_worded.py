"""A delivery in words: what everybody is told, what is one subscriber's own, and its links."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from notifier.model import Alert, Digest, Hit, Links, Notice, Question, Reminder
from service.links import Signer
from service.model import DueDelivery, Telling
from service.worded import Words

TODAY = date(2026, 11, 20)
URL = "https://pabal.example"
FACTS: dict[str, Any] = {
    "title": "해외 전시회 참가 기업 모집",
    "url": "https://a.example/1",
    "publisher": "중소벤처기업부",
    "source": "a",
    "published_at": "2026-11-20T09:00:00+09:00",
    "published_precision": "minute",
    "summary": "요약",
    "embargo": "엠바고 2026-11-21 09:00까지",
    "apply_by": "2026-11-27 18:00",
}
HITS = [{"rule": "전시회", "excerpt": "해외 전시회", "marks": [[3, 6]]}]
DUE = DueDelivery(
    id=1,
    fence=1,
    message_id="msg_1",
    channel="mail",
    address="reader@example.com",
    secret=None,
    attempt=2,
    endpoint_id=5,
    epoch=6,
    subscription_id=7,
    subscription="무역",
    feed_epoch=0,
    language="en",
    telling_id=8,
    story_id=9,
    reason="alert",
    version=0,
    facts=FACTS,
    hits=HITS,
    badge=True,
)
ALERT = Alert(
    **{**FACTS, "hits": (Hit("전시회", "해외 전시회", ((3, 6),)),)},
    subscription="무역",
    days_left=7,
)
ITEM = Telling(30, "alert", FACTS, HITS, badge=False)


@pytest.fixture
def signer() -> Signer:
    return Signer(bytes(32))


@pytest.fixture
def words(signer: Signer) -> Words:
    return Words(signer, URL)


def read(signer: Signer, purpose: Any, link: str, page: str) -> tuple[int, ...] | None:
    """The numbers in a link to a page of ours."""
    assert link.startswith(f"{URL}/{page}/")
    return signer.read(purpose, link.rsplit("/", 1)[1])


def test_a_message_goes_where_it_is_owed_with_links_for_its_reader(
    words: Words, signer: Signer
) -> None:
    made = words.message(DUE, TODAY)

    assert (made.id, made.address, made.attempt) == ("msg_1", "reader@example.com", 2)
    assert (made.language, made.thread) == ("en", "9")
    assert read(signer, "end", made.links.end, "end") == (5, 6)
    assert read(signer, "mine", made.links.mine, "mine") == (5, 6)
    assert isinstance(made.content, Alert)
    assert read(signer, "dismiss", made.content.dismiss, "dismiss") == (7, 8)
    assert replace(made.content, dismiss="") == ALERT


def test_where_there_are_no_pages_there_are_no_links(signer: Signer) -> None:
    made = Words(signer, None).message(replace(DUE, story_id=None), TODAY)

    assert made.links == Links()
    assert made.content == ALERT
    assert made.thread == ""


@pytest.mark.parametrize(
    ("apply_by", "left"),
    [(None, None), ("2026-11-20", 0), ("2026-11-19 18:00", -1), ("2027-01-01", 42)],
)
def test_days_are_counted_from_today(words: Words, apply_by: str | None, left: int | None) -> None:
    made = words.message(replace(DUE, facts={**FACTS, "apply_by": apply_by}), TODAY)

    assert isinstance(made.content, Alert)
    assert made.content.days_left == left


def test_an_embargo_that_has_lifted_shows_no_badge(words: Words) -> None:
    assert words.message(replace(DUE, badge=False), TODAY).content.embargo is None  # type: ignore[union-attr]


def test_facts_that_changed_are_told_as_they_are_now(words: Words) -> None:
    words.message(DUE, TODAY)
    newer = replace(DUE, facts={**FACTS, "title": "기간 연장"}, version=1)

    assert words.message(newer, TODAY).content.title == "기간 연장"  # type: ignore[union-attr]


def test_the_same_facts_are_told_to_each_as_his_own(words: Words) -> None:
    words.message(DUE, TODAY)
    other = replace(DUE, subscription="창업", hits=[], subscription_id=70)

    content = words.message(other, TODAY).content

    assert isinstance(content, Alert)
    assert (content.subscription, content.hits) == ("창업", ())


def test_a_reminder_says_which_deadline_was_told_before(signer: Signer) -> None:
    facts = {**FACTS, "was": "2026-11-24"}
    words = Words(signer, None)

    made = words.message(replace(DUE, reason="reminder", facts=facts), TODAY)
    again = words.message(replace(DUE, reason="reminder"), TODAY)

    assert made.content == Reminder(ALERT, "2026-11-24")
    assert again.content == Reminder(ALERT, None)


def test_a_digest_shows_what_it_was_handed_and_counts_the_rest(
    words: Words, signer: Signer
) -> None:
    facts = {"since": "2026-11-19T08:00", "until": "2026-11-20T08:00", "total": 31}
    due = replace(DUE, reason="digest", facts=facts, hits=(), items=(ITEM, ITEM), story_id=None)

    made = words.message(due, TODAY).content

    assert isinstance(made, Digest)
    assert (made.since, made.until, made.more) == (facts["since"], facts["until"], 29)
    assert [replace(each, dismiss="") for each in made.alerts] == [replace(ALERT, embargo=None)] * 2
    assert read(signer, "dismiss", made.alerts[0].dismiss, "dismiss") == (7, 30)
    assert read(signer, "rest", made.rest, "digest") == (7, 8)


def test_a_question_can_be_answered_by_its_link_or_its_code(words: Words, signer: Signer) -> None:
    facts = {"rules": ["수출 & 상담"], "asked_at": 1_795_000_000}

    made = words.message(replace(DUE, reason="confirm", facts=facts), TODAY).content

    assert isinstance(made, Question)
    assert made.rules == ("수출 & 상담",)
    assert made.link == f"{URL}/confirm/{made.code}"
    assert signer.read("confirm", made.code) == (5, 6, 1_795_000_000)


def test_a_notice_says_its_lines(words: Words) -> None:
    facts = {"title": "껐습니다", "lines": ["webhook b.example"]}

    made = words.message(replace(DUE, reason="notice", facts=facts), TODAY).content

    assert made == Notice("무역", "껐습니다", ("webhook b.example",))
