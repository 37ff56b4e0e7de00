"""What the service believes: frozen records, one per stage of a release's way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

Precision = Literal["second", "minute", "day"]
Kind = Literal["release", "reference", "rebuttal", "personnel", "schedule", "notice", "news"]
Edition = Literal["조간", "석간"]
JoinedAs = Literal["copy", "joint", "correction", "coverage"]
Language = Literal["ko", "en"]
"""What letters are written in. The pages speak more: one file each in ``service/web/words/``."""
SEOUL = ZoneInfo("Asia/Seoul")
"""The zone of every time that a publisher prints without one."""

Span = tuple[int, int]
"""Half-open character offsets ``[start, end)`` into a text."""


def day_of(moment: datetime | None) -> date | None:
    """The day of an aware moment in Asia/Seoul."""
    return moment.astimezone(SEOUL).date() if moment else None


@dataclass(frozen=True, slots=True)
class Found:
    """A post as discovered on a list, ready to be stored. ``text`` None: its own page is owed.

    ``publisher`` is the name as printed. ``published_at`` is aware; its clock part means something
    only where ``precision`` is finer than a day.
    """

    key: str
    url: str
    title: str
    publisher: str | None
    published_at: datetime | None
    precision: Precision | None
    summary: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Shape:
    """What a list looked like when it was read, to tell a drifting layout by.

    ``rows`` that are not pinned; of those ``dated``, ``issued`` (a publisher of their own) and
    ``teased`` (a summary or a text). ``title``: letters of the middle title.
    """

    rows: int
    dated: int
    issued: int
    teased: int
    title: int


@dataclass(frozen=True, slots=True)
class Article(Found):
    """A post as stored. ``baseline`` marks what was there when its source was first seen."""

    text: str
    id: int
    source_id: str
    baseline: bool
    discovered_at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """An announcement before it is read: its text and what is known of it from elsewhere.

    ``publisher`` is the name as printed. ``published_at`` is aware; its clock part means something
    only where ``precision`` is finer than a day. ``news``: it is known to be a newspaper's.
    ``near`` is a day near it, for dates without a year where nobody says when it was published.
    """

    text: str
    title: str | None = None
    publisher: str | None = None
    published_at: datetime | None = None
    precision: Precision | None = None
    byline: str | None = None
    news: bool = False
    near: date | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """A time as printed. ``clock`` is ``"HH:MM"`` (to ``"24:00"``), None where only a day is."""

    day: date
    clock: str | None = None

    @property
    def at(self) -> datetime:
        """The moment in Asia/Seoul: midnight where only a day is; 24:00 begins the next day."""
        hours, minutes = map(int, (self.clock or "00:00").split(":"))
        return datetime.combine(self.day, time(), SEOUL) + timedelta(hours=hours, minutes=minutes)


@dataclass(frozen=True, slots=True)
class Embargo:
    """When a release may be published, as its release-time box says.

    ``online``: from when everybody online may, a clock time is printed. ``paper``: the edition that
    may carry it. ``date_only``: a day without a clock time. ``condition``: the event it hangs on
    (국회 의결 시). ``sentence`` is what it was read from, verbatim.
    """

    sentence: str
    immediate: bool = False
    online: Printed | None = None
    paper: tuple[date, Edition] | None = None
    date_only: date | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to phone. ``phone`` as ``044-000-0000``; ``rank`` and ``name`` without inner blanks."""

    department: str | None
    rank: str | None
    name: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """Whether there is something to apply for, and until when.

    ``end_clock`` is ``"HH:MM"``. ``open_ended``: at any time, or until the money is used up.
    ``sentence`` is what the period was read from, verbatim, at most 120 characters.
    """

    is_call: bool
    start: date | None = None
    end: date | None = None
    end_clock: str | None = None
    open_ended: bool = False
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A programme, council or event that is named. ``series`` is the same for all its rounds.

    ``name`` as printed, with line breaks mended; ``round`` from 제2차, ``year`` from 2019년;
    ``parties`` are ids of the publishers named in it (중기부–외교부), in the order of their ids.
    """

    name: str
    series: str
    round: int | None = None
    year: int | None = None
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What an article says once read.

    ``text`` is what a person reads under the title: subtitles, body and annexes, tables row by row
    with tabs.
    ``publishers`` are registry ids, the first one answers for it; ``named`` the same bodies under
    the full names of the time. ``unknown_publisher`` holds the printed name where the registry does
    not know it. ``published_at`` is None where nothing says it; ``distributed`` when it was handed
    to the press.
    """

    title: str
    text: str
    publishers: tuple[str, ...]
    unknown_publisher: str | None
    named: tuple[str, ...] = ()
    subtitles: tuple[str, ...] = ()
    kind: Kind = "release"
    published_at: datetime | None = None
    precision: Precision | None = None
    distributed: Printed | None = None
    embargo: Embargo | None = None
    byline: str | None = None
    contacts: tuple[Contact, ...] = ()
    call: Call = Call(is_call=False)
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """How an article belongs to the one it is told with, and why, in words.

    ``share`` 0..1: how much of the shorter text the longer one has too; of ``coverage`` how much of
    the release the news repeats.
    """

    article_id: int
    joined_as: JoinedAs
    share: float
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a later version says otherwise, in words for a reader's eye.

    ``what`` names it in Korean and English; ``before`` and ``after`` are "" where there was or is
    nothing. ``weighty``: whoever acted upon the earlier version has to know (a day, a sum, a name
    to phone); a mended typing error is not.
    """

    what: str
    before: str
    after: str
    weighty: bool


class Match(NamedTuple):
    """One rule that an article satisfies. Spans are offsets into the article's read body.

    ``in_title`` are offsets into its title.
    """

    rule_id: int
    hits: tuple[Span, ...]
    in_title: tuple[Span, ...]


Reason = Literal["alert", "correction", "coverage", "digest", "reminder", "confirm", "notice"]
"""Why somebody is sent something."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What one subscription is told of one thing, by itself or in a digest.

    ``facts`` are what everybody is told alike, ``hits`` what is the subscription's own. ``badge``:
    its embargo lasts (or ends on a condition, unseen).
    """

    telling_id: int
    reason: Reason
    facts: Mapping[str, Any]
    hits: Sequence[Mapping[str, Any]]
    badge: bool


@dataclass(frozen=True, slots=True)
class DueDelivery(Telling):
    """A delivery claimed by this worker until its lease runs out; ``fence`` proves the claim.

    ``version`` is that of the facts. ``items`` are those of a digest, the oldest first.
    """

    id: int
    fence: int
    message_id: str
    channel: str
    address: str
    secret: str | None
    attempt: int
    endpoint_id: int
    epoch: int
    subscription_id: int
    subscription: str
    feed_epoch: int
    language: Language
    story_id: int | None
    version: int
    items: Sequence[Telling] = ()
    article_id: int | None = None


Fate = Literal["gone", "refused", "complaint", "end"]
"""Of a mail: no such address; not taken this time; unwanted; its reader wants no more."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What became of one mail of ours. ``why``: a status or a few words, for the operator."""

    message_id: UUID
    fate: Fate
    why: str
