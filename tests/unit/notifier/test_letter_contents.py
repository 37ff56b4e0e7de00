"""A letter says more than alerts: digests, reminders, questions, notices."""

from __future__ import annotations

import random
import sys
from dataclasses import replace

import pytest

from notifier.letter import Letter, Piece, letter
from notifier.model import (
    Alert,
    Content,
    Digest,
    Hit,
    Language,
    Links,
    Message,
    Notice,
    Question,
    Reminder,
)
from notifier.plain import plain

CALL = Alert(
    subscription="수출 소식",
    title="수출 바우처 2차 참여 기업 모집",
    url="https://news.example.go.kr/2",
    publisher="중소벤처기업부",
    source="mss",
    published_at="2026-11-21T10:00:00+09:00",
    published_precision="minute",
    summary="",
    hits=(Hit("바우처", "…수출 바우처를…", ((4, 7),)), Hit("기관:중소벤처기업부", "")),
    kind="notice",
    apply_by="2026-12-11 18:00",
    days_left=5,
    dismiss="https://pabal.example/dismiss/a",
)
HELD = Alert(
    "수출 소식",
    "수출입 동향",
    "",
    None,
    "motir",
    None,
    None,
    "",
    (),
    embargo="엠바고 11.23 06:00까지",
)
DIGEST = Digest(
    "수출 소식",
    "2026-11-20T23:00:00+00:00",
    "2026-11-22T08:00:00+09:00",
    (HELD, CALL),
    more=5,
    rest="https://pabal.example/digest/b",
)
QUESTION = Question("수출 소식", ("수출 & 바우처", " "), "https://pabal.example/confirm/c", "K7XQ")
LINKS = Links(end="https://pabal.example/end/e", mine="https://pabal.example/mine/m")


def write(content: Content, language: Language = "ko", links: Links = LINKS) -> Letter:
    return letter(Message("msg_1", "-", None, content, 1, language, links))


@pytest.mark.parametrize(
    ("days", "korean", "english"),
    [
        (5, "5일 남음 (D-5)", "5 days left (D-5)"),
        (1, "1일 남음 (D-1)", "1 day left (D-1)"),
        (0, "오늘 마감", "closes today"),
        (-3, "마감됨", "closed"),
    ],
)
def test_a_deadline_says_how_many_days_are_left(days: int, korean: str, english: str) -> None:
    alert = replace(CALL, days_left=days)

    assert write(alert).deadline == f"2026-12-11 18:00 · {korean}"
    assert ("Apply by", f"2026-12-11 18:00 · {english}") in write(alert, "en").facts


def test_a_deadline_whose_days_nobody_counted_is_only_a_day() -> None:
    assert write(replace(CALL, days_left=None)).deadline == "2026-12-11 18:00"
    assert write(replace(CALL, apply_by=None)).deadline == ""
    assert write(replace(CALL, apply_by="\u202e ")).facts == ()


def test_coverage_names_what_it_covers() -> None:
    said = write(replace(CALL, kind="news", coverage="수출 대책 발표"))

    assert said.subject == f"[보도] {CALL.title}"
    assert said.badges == ("보도", "기사")
    assert said.facts[0] == ("보도된 발표", "수출 대책 발표")


def test_a_reader_gets_on_by_the_links_that_there_are() -> None:
    assert write(CALL).links == (
        ("이 소식은 필요 없음", "https://pabal.example/dismiss/a"),
        ("구독 관리", "https://pabal.example/mine/m"),
        ("그만 받기", "https://pabal.example/end/e"),
    )
    assert write(HELD, "en", Links(end=LINKS.end)).links == (("Unsubscribe", LINKS.end),)
    assert write(HELD, links=Links(end="javascript:alert(1)")).links == ()


def test_a_digest_is_counted_dated_and_warns_of_an_embargo() -> None:
    said, english = write(DIGEST), write(DIGEST, "en")

    assert said.subject == "[엠바고] 수출 소식 7건 · 11월 22일 08시 · 수출입 동향"
    assert english.subject == "[Embargo] 수출 소식: 7 items · 22 Nov 08:00 · 수출입 동향"
    assert (said.title, said.badges) == ("수출 소식 7건 · 11월 22일 08시", ("엠바고",))
    assert said.byline == "2026-11-21 08:00 – 2026-11-22 08:00 KST"
    assert said.more == ("외 5건", "https://pabal.example/digest/b")
    assert said.urgent


def test_a_digest_at_half_past_says_so_and_without_an_embargo_is_quiet() -> None:
    said = write(replace(DIGEST, until="2026-11-22T08:30:00+09:00", alerts=(CALL,), more=0))

    assert said.subject == f"수출 소식 1건 · 11월 22일 08:30 · {CALL.title}"
    assert (said.badges, said.more, said.urgent) == ((), None, False)


def test_an_entry_is_an_alert_in_few_words() -> None:
    held, call = write(DIGEST).entries

    assert (held.title, held.byline, held.url) == ("수출입 동향", "motir · 시각 미상", "")
    assert (held.badges, held.deadline, held.why) == (("엠바고 11.23 06:00까지",), "", ())
    assert call.badges == ("모집·공고",)
    assert call.deadline == "신청 마감: 2026-12-11 18:00 · 5일 남음 (D-5)"
    assert call.why == (
        Piece("바우처: "),
        Piece("…수출 "),
        Piece("바우처", marked=True),
        Piece("를…"),
    )
    assert call.dismiss == "https://pabal.example/dismiss/a"


def test_a_digest_in_plain_text_is_a_numbered_list() -> None:
    assert plain(write(DIGEST, links=Links())).split("\n") == [
        "[엠바고]",
        "수출 소식 7건 · 11월 22일 08시",
        "2026-11-21 08:00 – 2026-11-22 08:00 KST",
        "",
        "1. [엠바고 11.23 06:00까지] 수출입 동향",
        "   motir · 시각 미상",
        "",
        "2. [모집·공고] 수출 바우처 2차 참여 기업 모집",
        "   중소벤처기업부 · 2026-11-21 10:00 KST",
        "   신청 마감: 2026-12-11 18:00 · 5일 남음 (D-5)",
        "   바우처: …수출 바우처를…",
        "   https://news.example.go.kr/2",
        "   이 소식은 필요 없음: https://pabal.example/dismiss/a",
        "",
        "외 5건: https://pabal.example/digest/b",
        "",
        "파발 · 구독 ‘수출 소식’",
    ]


def test_what_is_left_out_is_counted_where_a_channel_shows_fewer() -> None:
    said = replace(write(DIGEST), entries=write(DIGEST).entries[:1])

    assert said.more == ("외 6건", "https://pabal.example/digest/b")
    assert plain(write(replace(DIGEST, rest=""))).count("외 5건\n") == 1


@pytest.mark.parametrize(
    ("days", "badge", "urgent"),
    [(7, "D-7", False), (1, "D-1", True), (0, "오늘 마감", True), (None, "마감 알림", False)],
)
def test_a_reminder_says_first_how_near_it_is(days: int | None, badge: str, urgent: bool) -> None:
    said = write(Reminder(replace(CALL, days_left=days)))

    assert said.subject == f"[{badge}] {CALL.title}"
    assert said.badges == (badge, "모집·공고")
    assert said.urgent is urgent


def test_a_reminder_says_what_moved_and_no_old_correction() -> None:
    corrected = replace(CALL, changes=("한도 1억 → 2억 (figure)",))

    assert write(Reminder(corrected)).changes == ()
    moved = write(Reminder(corrected, was="2026-12-04"))
    assert moved.changes == ("신청 마감: 2026-12-04 → 2026-12-11 18:00",)
    assert moved.subject == f"[D-5] {CALL.title}"


def test_a_question_says_what_was_asked_for_and_that_nothing_comes_without_a_yes() -> None:
    assert plain(write(QUESTION, "en", Links())).split("\n") == [
        "Do you want the alerts “수출 소식” at this address?",
        "",
        "Somebody asked that government releases and news of the kind below be sent here.",
        "Nothing more is sent unless you say yes.",
        "If you did not ask for this, leave it as it is.",
        "",
        "Rule: 수출 & 바우처",
        "",
        "Yes, send them: https://pabal.example/confirm/c",
        "",
        "Pabal · subscription “수출 소식”",
    ]
    assert write(QUESTION).lines[1] == "받겠다고 답하시기 전에는 아무것도 더 보내지 않습니다."


def test_a_question_tells_the_command_only_where_there_is_no_page() -> None:
    without = write(replace(QUESTION, link=""))

    assert without.lines[-1].endswith("pabal confirm K7XQ")
    assert without.action is None
    assert "K7XQ" not in plain(write(QUESTION))
    assert "confirm" not in plain(write(replace(QUESTION, link="", code=""), links=Links()))


def test_a_question_to_a_stranger_has_no_room_for_a_letter() -> None:
    said = write(Question("가" * 500, ("나" * 500,) * 30, "", "다"))

    assert len(said.title) < 120
    assert len(said.facts) == 10
    assert max(len(value) for _, value in said.facts) == 120


def test_a_notice_is_its_title_its_lines_and_where_to_look() -> None:
    said = write(Notice("수출 소식", "구독을\n멈췄습니다", ("한 줄", " "), LINKS.mine))

    assert (said.subject, said.lines) == ("구독을 멈췄습니다", ("한 줄",))
    assert said.action == ("구독 보기", LINKS.mine)
    assert write(Notice("수출 소식", "제목", ())).action is None


def test_every_text_of_every_content_is_one_clean_line() -> None:
    dice = random.Random(7)
    hostile = ["".join(chr(dice.randrange(sys.maxunicode)) for _ in range(400)) for _ in range(20)]
    for text in [*hostile, "\r\nBcc: x", "\x1b[2J", "a" * 99_999]:
        alert = Alert(
            text, text, text, text, text, None, None, text, (Hit(text, text, ((0, 5),)),) * 3,
            embargo=text, apply_by=text, days_left=3, changes=(text,), coverage=text, dismiss=text,
        )  # fmt: skip
        contents = (
            Digest(text, DIGEST.since, DIGEST.until, (alert,) * 3, 4, text),
            Reminder(alert, text),
            Question(text, (text,), text, text),
            Notice(text, text, (text,), text),
        )
        for content in contents:
            said = plain(write(content, links=Links(text, text)))
            assert all(line.isprintable() for line in said.split("\n"))
