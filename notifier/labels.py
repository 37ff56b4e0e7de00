"""Every word that a letter says of its own, in Korean and in English: none of them advertises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from notifier.model import Language

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands over the parts of a letter, in its language.

    ``dismiss`` is said of an entry, ``rest`` of the page that has all of them.
    """

    changes: str
    why: str
    files: str
    source: str
    dismiss: str
    rest: str


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that is said in one language.

    ``left`` says how many days are left, ``moment`` a Korean day and hour, ``counted`` a
    subscription's name with how many there are. ``asks`` are the lines of a question; with a
    ``code`` there is no page to answer it on. ``signs_in`` are the lines about a link to sign in
    with, which counts for so many minutes.
    """

    labels: Labels
    kinds: Mapping[str, str]
    corrected: str
    embargoed: str
    covered: str
    covers: str
    undated: str
    apply_by: str
    near: str
    topics: str
    contact: str
    footer: str
    more: Callable[[int], str]
    left: Callable[[int], str]
    moment: Callable[[datetime], str]
    counted: Callable[[str, int], str]
    question: str
    asks: tuple[str, ...]
    code: str
    rule: str
    agree: str
    look: str
    mine: str
    end: str
    brand: str
    sign_in: str
    signs_in: tuple[str, ...]
    enter: str


def _left_ko(days: int) -> str:
    if days < 0:
        return "마감됨"
    return f"{days}일 남음 (D-{days})" if days else "오늘 마감"


def _left_en(days: int) -> str:
    if days < 0:
        return "closed"
    return f"{days} day{'s' * (days > 1)} left (D-{days})" if days else "closes today"


def _moment_ko(at: datetime) -> str:
    clock = f"{at:%H:%M}" if at.minute else f"{at:%H}시"
    return f"{at.month}월 {at.day}일 {clock}"


def _moment_en(at: datetime) -> str:
    return f"{at.day} {_MONTHS[at.month - 1]} {at:%H:%M}"


def _counted_en(name: str, count: int) -> str:
    return f"{name}: {count} item{'s' * (count != 1)}"


_KO = Words(
    labels=Labels(
        changes="바뀐 내용",
        why="알려 드리는 까닭",
        files="첨부 파일",
        source="원문",
        dismiss="이 소식은 필요 없음",
        rest="모두 보기",
    ),
    kinds={
        "release": "보도자료",
        "reference": "참고자료",
        "rebuttal": "설명자료",
        "personnel": "인사",
        "schedule": "동정·일정",
        "notice": "모집·공고",
        "news": "기사",
    },
    corrected="정정",
    embargoed="엠바고",
    covered="보도",
    covers="보도된 발표",
    undated="시각 미상",
    apply_by="신청 마감",
    near="마감 알림",
    topics="분야",
    contact="문의",
    footer="파발 · 구독 ‘{}’",
    more="외 {}건".format,
    left=_left_ko,
    moment=_moment_ko,
    counted="{} {}건".format,
    question="‘{}’ 알림을 이 주소로 받으시겠습니까?",
    asks=(
        "누군가 아래 규칙에 맞는 정부 발표와 기사를 이 주소로 알려 달라고 신청했습니다.",
        "받겠다고 답하시기 전에는 아무것도 더 보내지 않습니다.",
        "신청하신 일이 없으면 그냥 두시면 됩니다.",
    ),
    code="받으시려면 신청하신 분이나 운영자에게 이 명령을 알려 주십시오: pabal confirm {}",
    rule="규칙",
    agree="받겠습니다",
    look="구독 보기",
    mine="구독 관리",
    end="그만 받기",
    brand="파발",
    sign_in="파발 로그인",
    signs_in=(
        "아래 단추를 누르고 열리는 화면에서 한 번 더 누르면 로그인합니다.",
        "{}분 안에 한 번만 쓸 수 있는 주소입니다. 다른 사람에게 보내지 마십시오.",
        "로그인하려던 것이 아니면 그냥 두시면 됩니다. 아무 일도 일어나지 않습니다.",
    ),
    enter="로그인하기",
)

_EN = Words(
    labels=Labels(
        changes="What changed",
        why="Why you get this",
        files="Attachments",
        source="Source",
        dismiss="Not for me",
        rest="See all",
    ),
    kinds={
        "release": "Press release",
        "reference": "Reference",
        "rebuttal": "Clarification",
        "personnel": "Personnel",
        "schedule": "Schedule",
        "notice": "Call or notice",
        "news": "News",
    },
    corrected="Correction",
    embargoed="Embargo",
    covered="Coverage",
    covers="Covers",
    undated="time unknown",
    apply_by="Apply by",
    near="Deadline",
    topics="Topics",
    contact="Contact",
    footer="Pabal · subscription “{}”",
    more="{} more".format,
    left=_left_en,
    moment=_moment_en,
    counted=_counted_en,
    question="Do you want the alerts “{}” at this address?",
    asks=(
        "Somebody asked that government releases and news of the kind below be sent here.",
        "Nothing more is sent unless you say yes.",
        "If you did not ask for this, leave it as it is.",
    ),
    code="To agree, give this command to who asked or to the operator: pabal confirm {}",
    rule="Rule",
    agree="Yes, send them",
    look="See the subscription",
    mine="My subscriptions",
    end="Unsubscribe",
    brand="Pabal",
    sign_in="Sign in to Pabal",
    signs_in=(
        "Follow the button, and press once more on the page that opens.",
        "The link counts once, within {} minutes. Give it to nobody.",
        "If you did not mean to sign in, leave it as it is: nothing happens.",
    ),
    enter="Sign in",
)

WORDS: Mapping[Language, Words] = {"ko": _KO, "en": _EN}


def letters_in(language: str) -> Language:
    """What a reader of ``language`` is written to in: English where letters are not in it."""
    return next((each for each in WORDS if each == language), "en")
