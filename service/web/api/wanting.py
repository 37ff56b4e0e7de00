"""What an account wants to be told, as the API takes and gives it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model import Kind, Language, Reason
from service.store.asking import Standing
from service.store.history import Outcome
from service.store.subscriptions import Embargoed
from service.wanted import LONGEST, LONGEST_NAME, MOST_PLACES, MOST_RULES
from service.web.api.asked import LARGEST, Cursor, Day, Strict
from service.web.api.shapes import Shape

_Line = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"^[^\x00]+$")]
_Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_NAME,
        pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$",
    ),
]
_Rules = Annotated[list[_Line], Field(min_length=1, max_length=MOST_RULES)]
_Places = Annotated[list[_Line], Field(min_length=1, max_length=MOST_PLACES)]
_Day = Annotated[int, Field(ge=0, le=99)]


class _Choices(Strict):
    urgent: Annotated[list[_Line], Field(max_length=MOST_RULES)] | None = Field(
        default=None, description="밤에도 바로 · of what the rules match, told even at night"
    )
    cadence: _Line | None = Field(
        default=None, description="때 · when, in Korean time", examples=["daily 08:00 workdays"]
    )
    quiet: _Line | None = Field(default=None, examples=["21-08"], description="or none")
    remind: Annotated[list[_Day], Field(max_length=10)] | None = Field(
        default=None, description="마감 며칠 앞 · days before a deadline", examples=[[7, 1]]
    )
    coverage: bool | None = Field(default=None, description="기사도 · news of it, too")
    language: Language | None = None
    embargoed: Embargoed | None = None
    until: Day | None = Field(default=None, description="마지막 날 · its last day")


class Wanting(_Choices):
    """A subscription to be made; what is left out is as a new one has it."""

    name: _Name
    rules: _Rules
    endpoints: _Places = Field(
        description="받는 곳 · where, as CHANNEL:ADDRESS", examples=[["mail:you@example.org"]]
    )


class Changing(_Choices):
    """What is to be otherwise; what is left out stays. A list is the whole list."""

    rules: _Rules | None = None
    endpoints: _Places | None = None
    muted: bool | None = Field(default=None, description="끄기 · tell nothing meanwhile")


class Hooking(Strict):
    """A webhook to be made: releases that match are posted to ``url``, signed."""

    name: _Name
    url: Annotated[str, Field(min_length=8, max_length=1900, pattern=r"^https?://[^\x00-\x20]+$")]
    rules: _Rules
    coverage: bool = False
    embargoed: Embargoed = "wait"


class EndpointOut(Shape):
    """Where it is told. ``agreed`` false: nothing is sent before its owner says yes."""

    to: str
    agreed: bool


class SubscriptionOut(Shape):
    """A subscription; ``cadence`` with its quiet hours. A secret is never shown again."""

    id: int
    name: str
    rules: list[str]
    urgent: list[str]
    endpoints: list[EndpointOut]
    cadence: str
    remind: list[int]
    coverage: bool
    language: Language
    embargoed: Embargoed
    expires_at: datetime | None
    snoozed_until: datetime | None
    muted: bool


class Saved(Shape):
    """What was saved. ``standing``: how each endpoint stands, in the order given.

    ``secrets``: what signs, by endpoint, shown this once. ``warnings``: of rules.
    """

    subscription: SubscriptionOut
    standing: list[Standing]
    secrets: dict[str, str]
    warnings: list[str]


class Hooked(Shape):
    """A webhook. ``secret`` signs every message (Standard Webhooks) and is shown this once."""

    subscription: SubscriptionOut
    secret: str
    standing: Standing


class Trying(Strict):
    """A rule to be tried on the last ``days``."""

    rule: _Line
    days: Annotated[int, Field(ge=1, le=30)] = 30
    newest: Annotated[int, Field(ge=0, le=50)] = 20


class Brought(Shape):
    """A story that a rule would have brought."""

    id: int
    title: str
    url: str
    publisher: str | None
    source: str
    kind: Kind
    came: datetime
    excerpt: str
    marks: list[tuple[int, int]]


class Tried(Shape):
    """What a rule would have brought; ``per_week`` null where less than a day is known."""

    stories: int
    articles: int
    since: datetime
    until: datetime
    per_week: float | None
    newest: list[Brought]
    warnings: list[str]


class Told(Strict):
    """A page of what was sent."""

    subscription: Annotated[int, Field(ge=1, le=LARGEST)]
    cursor: Cursor
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Delivery(Shape):
    """One thing that was sent to one endpoint, or is owed to it, and by which rules."""

    id: int
    reason: Reason
    title: str
    release: int | None
    count: int | None
    to: str
    outcome: Outcome
    created_at: datetime
    settled_at: datetime | None
    said: str
    rules: list[str]
