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
    ``2026-06-30`` or ``2026-06-30 18:00``, in Korean time; ``days_left`` counts from today in Korea
    to it, 0 being the day itself, negative once it is over. ``changes``: this corrects what was
    told before, and so, a line each, days and figures first. ``coverage``: this is news about
    something told before, whose title it is. ``topics`` are names in Korean, the likeliest first.
    ``contacts`` are officials to phone, a line each. ``extract`` is the one or two sentences that
    say what is announced. ``dismiss`` is where the reader says that this is nothing for them.
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
    days_left: int | None = None
    changes: tuple[str, ...] = ()
    coverage: str | None = None
    topics: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    extract: str = ""
    dismiss: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """What came together in one window of time: ``since`` and ``until`` are ISO 8601 with zone.

    ``alerts`` are at most as many as a digest shows, the weightiest first; ``more`` is how many are
    left out, to be seen at ``rest`` (empty where there is no such page).
    """

    subscription: str
    since: str
    until: str
    alerts: tuple[Alert, ...]
    more: int = 0
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A deadline comes near: ``alert.days_left`` says how near. ``was``: the deadline told before.

    ``was`` is set where it has moved since the last message about it.
    """

    alert: Alert
    was: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Whether the owner of an address wants what somebody asked for: nothing else is sent before.

    ``rules`` as typed. ``link`` is a page with one button (empty where there is no page); ``code``
    is what ``pabal confirm`` takes. A channel that proves by itself who is there (a webhook, by
    its answer) needs neither.
    """

    subscription: str
    rules: tuple[str, ...]
    link: str
    code: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the subscription itself, a title and a few lines: it paused, it ends."""

    subscription: str
    title: str
    lines: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A link that signs its reader in on the pages: once, and for so many ``minutes``."""

    link: str
    minutes: int


Content = Alert | Digest | Reminder | Question | Notice | SignIn


@dataclass(frozen=True, slots=True)
class Links:
    """Where the reader of a message gets on; each is empty where there is no such page.

    ``end`` ends this endpoint by one POST, ``mine`` shows and ends all that goes to the address.
    """

    end: str = ""
    mine: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing on its way to one endpoint.

    ``id`` never changes between attempts: a receiver that can deduplicate sees one message.
    ``address`` is what the channel understands (a URL, a mail address). ``attempt`` counts from 1.
    ``language`` is that of the labels around what was announced, which stays Korean.
    ``thread`` names the event, so that a correction can be shown under its alert.
    """

    id: str
    address: str
    secret: str | None
    content: Content
    attempt: int
    language: Language = "ko"
    links: Links = Links()
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel's carrier took the message over. ``detail`` is for the operator's eye.

    ``proven``: the answer to a Question shows that the receiver wants what follows.
    """

    detail: str
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Traits:
    """What the service must know of a channel: its module's ``TRAITS``, these where it has none.

    ``people``: it rings at somebody, so that a night's rest is meant. ``signs``: its messages are
    signed with a secret of each endpoint. ``at_once``: messages on their way together.
    ``per_second``: what the carrier allows for all endpoints together, None for no limit.
    ``one_server``: all goes through it, so that no message gets there sooner beside a slow one.
    ``trusted``: an endpoint needs no confirmation, nobody else can be behind it.
    """

    people: bool = True
    signs: bool = False
    at_once: int = 20
    per_second: float | None = None
    one_server: bool = False
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """How a channel is spoken of: its module's ``CARD``.

    ``address``: how an address of it looks, ``what``: what comes there, both Korean / English for
    README. ``example``: an address as the pages ask for one, "" for one that only commands take.
    ``operators``: pages offer it to them alone.
    """

    korean: str
    english: str
    address: str
    what: str
    example: str = ""
    operators: bool = False


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
    where its requests go. ``vapid_key`` is the private key that pushes to browsers are signed with,
    in base64url. ``kakao_key`` and ``kakao_secret`` are those of Solapi, ``kakao_profile`` the id
    of the sender's channel there, ``kakao_templates`` its approved templates as the channel reads
    them, ``kakao_api`` where its requests go. ``apprise`` allows addresses of Apprise.
    ``mail_server`` is the operator's (``smtps://user@host:465``), ``mail_from`` whom mail is from,
    ``mail_bounces`` where it comes back to, ``dkim_key`` an RSA key in PEM.
    """

    private_addresses: bool = False
    contact: str = ""
    timeout: float = 15.0
    telegram_token: str = field(default="", repr=False)
    telegram_api: str = "https://api.telegram.org"
    vapid_key: str = field(default="", repr=False)
    kakao_key: str = field(default="", repr=False)
    kakao_secret: str = field(default="", repr=False)
    kakao_profile: str = ""
    kakao_templates: str = ""
    kakao_api: str = "https://api.solapi.com"
    apprise: bool = False
    mail_server: str = ""
    mail_password: str = field(default="", repr=False)
    mail_from: str = ""
    mail_bounces: str = ""
    dkim_key: str = field(default="", repr=False)
    dkim_selector: str = "pabal"
