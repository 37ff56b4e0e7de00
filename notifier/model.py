"""What a channel is handed and what it answers. No channel knows a database or a scraper."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

Language = Literal["ko", "en"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that matched, with the words around the hit for the reader.

    ``marks`` are the hits in ``excerpt``: offsets of the first character and of the one after it.
    """

    rule: str
    excerpt: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """Something that the publisher put beside the text."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Alert:
    """What a subscriber is told: one event, once. Times are ISO 8601 with zone, or None.

    ``kind`` is release, reference, rebuttal, personnel, schedule, notice or news. ``embargo`` is a
    badge in words, of news that may not be published yet. ``apply_by`` is the last day to apply,
    ``2026-06-30`` or ``2026-06-30 18:00``, in Korean time. ``changes``: this corrects what was told
    before, and so, a line each, days and figures first. ``topics`` are names in Korean, the
    likeliest first. ``contacts`` are officials to phone, a line each. ``extract`` is the one or two
    sentences that say what is announced.
    """

    subscription: str
    title: str
    url: str
    publisher: str | None
    source: str
    published_at: str | None
    published_precision: str | None
    summary: str
    hits: tuple[Hit, ...]
    kind: str | None = None
    embargo: str | None = None
    apply_by: str | None = None
    changes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    extract: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One alert on its way to one endpoint.

    ``id`` never changes between attempts: a receiver that can deduplicate sees one message.
    ``address`` is what the channel understands (a URL, a mail address). ``attempt`` counts from 1.
    ``language`` is that of the labels around what was announced, which stays Korean.
    """

    id: str
    address: str
    secret: str | None
    alert: Alert
    attempt: int
    language: Language = "ko"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel's carrier took the message over. ``detail`` is for the operator's eye."""

    detail: str


class Channel(Protocol):
    """One way out. ``name`` is the file's name; instances are built once per process."""

    async def send(self, message: Message) -> Receipt:
        """Hand over one message. Raises a SendError; any other exception is a bug."""
        ...

    async def aclose(self) -> None:
        """Release connections."""
        ...

    def check_address(self, address: str) -> None:
        """Raise BadAddress where ``address`` can never work for this channel."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelOptions:
    """What the operator decides for every channel.

    ``private_addresses`` lets messages go to private networks and over plain http. ``contact`` is
    the operator's address (URL or mail) as receivers see it. ``timeout`` is the seconds that one
    attempt may take in all. ``telegram_token`` is that of the operator's bot; ``telegram_api`` is
    where its requests go.
    """

    private_addresses: bool = False
    contact: str = ""
    timeout: float = 15.0
    telegram_token: str = field(default="", repr=False)
    telegram_api: str = "https://api.telegram.org"
