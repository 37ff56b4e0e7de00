"""What the service believes: frozen records, one per stage of a release's way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Precision = Literal["second", "minute", "day"]
Span = tuple[int, int]
"""Half-open character offsets ``[start, end)`` into a text."""


@dataclass(frozen=True, slots=True)
class Found:
    """A post as discovered on a list, ready to be stored. ``text`` None: its own page is owed."""

    key: str
    url: str
    title: str
    publisher: str | None
    published_at: datetime | None
    precision: Precision | None
    summary: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file a release came with, by display name and address."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Article:
    """A stored announcement of one source. ``publisher`` is the name as printed.

    ``published_at`` is aware; its clock part means something only where ``precision`` is finer than
    a day. ``baseline`` marks what was already there when the source was first seen.
    """

    id: int
    source_id: str
    key: str
    url: str
    title: str
    publisher: str | None
    published_at: datetime | None
    precision: Precision | None
    summary: str
    text: str
    baseline: bool
    discovered_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What an article says once read: clean title and body, publishers by registry id.

    ``unknown_publisher`` holds the printed name where the registry does not know it.
    """

    title: str
    text: str
    publishers: tuple[str, ...]
    unknown_publisher: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """One rule that an article satisfies. Spans are offsets into the article's read body.

    ``in_title`` are offsets into its title.
    """

    rule_id: int
    hits: tuple[Span, ...]
    in_title: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A delivery claimed by this worker until its lease runs out; ``fence`` proves the claim."""

    id: int
    fence: int
    message_id: str
    channel: str
    address: str
    secret: str | None
    attempt: int
    alert: Mapping[str, object]
