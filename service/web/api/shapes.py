"""What the API answers with. Times are RFC 3339 with their zone; a day is a day in Korea."""

from __future__ import annotations

from datetime import date, datetime
from typing import Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from service.model import Change, Contact, JoinedAs, Kind, Mention, Precision
from service.store.open_calls import Deadline
from service.store.reach import State

_Item = TypeVar("_Item")


_IN_THE_STORE = {"source": "source_id", "ministries": "publishers", "release": "article_id"}
"""What is answered by another name than it has there."""


class Shape(BaseModel):
    """Whatever is answered: made from what the store gives, by the names it has there."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    @classmethod
    def of(cls, found: object, **more: object) -> Self:
        """``found`` as it is answered, but for what is said."""
        same = {
            each: getattr(found, each if hasattr(found, each) else _IN_THE_STORE[each])
            for each in cls.model_fields
            if each not in more
        }
        return cls.model_validate(same | more)


class Page(Shape, Generic[_Item]):
    """A page of a list. ``next``: the cursor of the page behind it, null on the last one."""

    items: list[_Item]
    next: str | None


class Ministry(Shape):
    """Who publishes. ``former``: full names it had before, the latest first."""

    id: str
    name: str
    kind: str
    short: list[str]
    english: list[str]
    former: list[str]


class Topic(Shape):
    """A topic: its id, and what it is called in a rule."""

    id: str
    names: list[str]


class _Announced(Shape):
    """What is said of all that was announced."""

    id: int
    title: str
    url: str
    publisher: str | None
    ministries: list[str]
    topics: list[str]
    held_until: datetime | None


class Story(_Announced):
    """An event by its first release (of news alone, the first article).

    ``id`` is that release's; ``copies`` and ``news`` count further articles. ``publisher`` as
    printed, ``ministries`` the ids behind it. ``held_until``: its embargo, while it lasts.
    """

    kind: Kind | None
    source: str
    published_at: datetime | None
    precision: Precision | None
    came: datetime
    apply_by: date | None
    condition: str | None
    copies: int
    news: int


class Kin(Shape):
    """Another article of the same event. ``share`` 0..1 of the text.

    ``lead`` of news: seconds after the release.
    """

    id: int
    title: str
    url: str
    source: str
    kind: Kind | None
    joined_as: JoinedAs | None
    share: float | None
    why: str | None
    lead: float | None


class Revision(Shape):
    """A later version: of the same page, or release ``release`` that corrects ``earlier``."""

    release: int
    earlier: int | None
    noticed_at: datetime
    changes: list[Change]


class File(Shape):
    """An attachment. ``state``: read, failed, owed (to come), spare, unread (of no such kind).

    ``detail``: more of why it failed, or what of its text is lacking.
    """

    name: str
    url: str
    state: Literal["read", "failed", "owed", "spare", "unread"]
    container: str | None
    tables: int | None
    letters: int | None
    reason: str | None
    detail: str | None


class Call(Shape):
    """Something to apply for. ``end_clock`` is ``HH:MM``, to 24:00."""

    start: date | None
    end: date | None
    end_clock: str | None
    open_ended: bool
    sentence: str | None


class Embargo(Shape):
    """When it may be published, in its own words."""

    sentence: str
    condition: str | None


class StoryWhole(_Announced):
    """An event whole: a release, its copies, and the news that repeats it."""

    kind: Kind | None
    published_at: datetime | None
    precision: Precision | None
    copies: list[Kin]
    coverage: list[Kin]
    revisions: list[Revision]


class Release(StoryWhole):
    """One article of one source, whole. ``text`` is null until it was read."""

    source: str
    discovered_at: datetime
    embargo: Embargo | None
    text: str | None
    subtitles: list[str]
    contacts: list[Contact]
    call: Call | None
    series: list[Mention]
    files: list[File]


class Found(_Announced):
    """An article that a search found; offsets into ``title`` and ``excerpt``, half open."""

    in_title: list[tuple[int, int]]
    kind: Kind
    source: str
    came: datetime
    precision: Precision | None
    excerpt: str
    marks: list[tuple[int, int]]
    files: list[str]


class FoundPage(Page[Found]):
    """A page of a search. ``exact`` false: at least ``total``."""

    total: int
    exact: bool


class OpenCall(_Announced):
    """What one can apply for now. ``deadline``: a day is known, always, or nobody says."""

    source: str
    start: date | None
    end: date | None
    end_clock: str | None
    deadline: Deadline
    changed_at: datetime


class Source(Shape):
    """How a source does. ``delay``: seconds between publication and first sight, the median.

    Of ``shown`` posts of 30 days, by all routes to them, it ``missed`` so many; null: no other one.
    """

    id: str
    state: State
    newest_at: datetime | None
    looked_at: datetime | None
    delay: float | None
    shown: int | None
    missed: int | None


class Appearance(Shape):
    """A release that names a series: ``name`` as printed there, with its round and year."""

    release: int
    title: str
    publisher: str | None
    ministries: list[str]
    published_at: datetime | None
    precision: Precision | None
    name: str
    round: int | None
    year: int | None
    held_until: datetime | None


class Item(Shape):
    """Something that a person has to look at, and how often it happened."""

    kind: str
    subject: str
    detail: str
    times: int
    last_at: datetime


class Health(Shape):
    """How many rows stand where, and the open items."""

    counts: dict[str, int]
    items: list[Item]


class Several(Shape, Generic[_Item]):
    """A list that is whole."""

    items: list[_Item] = Field(description="all of them")
