"""What a person is told, free of any channel's form: channels only escape it for their markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from notifier.clean import LONGEST, Line, Piece, cut, line, lines, link, matched
from notifier.labels import WORDS, Labels, Words
from notifier.model import (
    Alert,
    Digest,
    File,
    Language,
    Links,
    Message,
    Notice,
    Question,
    Reminder,
    SignIn,
)

__all__ = ["Entry", "Labels", "Letter", "Line", "Piece", "letter"]

_SEOUL = ZoneInfo("Asia/Seoul")
_LONGEST_SUBJECT = 150
_LONGEST_ENTRY = 200  # characters of a title in a digest, which is one among others
_LONGEST_REASON = 120  # of the line that says why it is there
_LONGEST_NAME = 80  # of who published it, of a subscription
_MOST_RULES = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a digest tells of. ``url`` and ``dismiss`` are http(s) in ASCII, or empty.

    ``deadline`` has its label and the days left; it is empty where there is nothing to apply for.
    """

    title: str
    url: str
    byline: str
    badges: tuple[str, ...]
    deadline: str
    why: Line
    dismiss: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it is read. Every text is one clean line, without control or bidi characters.

    ``url`` and all others are http(s) in ASCII, or empty. ``badges`` are to be seen at once: an
    embargo, a correction, the kind. ``facts`` are labels with values; a label may come again.
    ``deadline`` is that one of them which says until when to apply, with the days left.
    ``lines`` are what is said in sentences. ``why``: each rule and the words around its hits.
    ``entries`` are those shown of the ``total`` that a digest tells of; ``rest`` is where all are.
    ``action`` is the one button, ``links`` stand beside the footer: each a label and an address.
    ``urgent``: worth a louder push than others.
    """

    subject: str
    title: str
    footer: str
    language: Language = "ko"
    url: str = ""
    byline: str = ""
    badges: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    deadline: str = ""
    extract: str = ""
    lines: tuple[str, ...] = ()
    why: tuple[Line, ...] = ()
    files: tuple[File, ...] = ()
    entries: tuple[Entry, ...] = ()
    total: int = 0
    rest: str = ""
    action: tuple[str, str] | None = None
    links: tuple[tuple[str, str], ...] = ()
    urgent: bool = False

    @property
    def labels(self) -> Labels:
        """What stands over its parts."""
        return WORDS[self.language].labels

    @property
    def more(self) -> tuple[str, str] | None:
        """How many entries are left out, in words, and the address where they are, or empty."""
        left_out = self.total - len(self.entries)
        return (WORDS[self.language].more(left_out), self.rest) if left_out > 0 else None


def letter(message: Message) -> Letter:
    """Write ``message`` for its reader; what was announced stays Korean in either language."""
    words = WORDS[message.language]
    dismiss = ""
    match message.content:
        case Alert() as alert:
            said, dismiss = _alert(alert, words), alert.dismiss
        case Reminder() as reminder:
            said, dismiss = _reminder(reminder, words), reminder.alert.dismiss
        case Digest() as digest:
            said = _digest(digest, words)
        case Question() as question:
            said = _question(question, words)
        case Notice() as notice:
            said = _notice(notice, words)
        case SignIn() as sign_in:
            said = _sign_in(sign_in, words)
    links = tuple(_links(dismiss, message.links, words))
    return replace(said, language=message.language, links=links)


def _alert(alert: Alert, words: Words) -> Letter:
    title = line(alert.title)
    return Letter(
        subject=_subject(_warnings(alert, words), title),
        title=title,
        url=link(alert.url),
        byline=_byline(alert, words),
        badges=tuple(_badges(alert, words)),
        changes=lines(alert.changes),
        facts=tuple(_facts(alert, words)),
        deadline=_deadline(alert, words),
        extract=line(alert.extract),
        why=tuple(map(matched, alert.hits)),
        files=tuple(File(line(each.name), link(each.url)) for each in alert.files),
        footer=words.footer.format(line(alert.subscription, _LONGEST_NAME)),
        urgent=bool(alert.changes or alert.embargo),
    )


def _reminder(reminder: Reminder, words: Words) -> Letter:
    """What was corrected has been told already; only a deadline that moved is said again."""
    alert = replace(reminder.alert, changes=())
    days = alert.days_left
    near = words.near if days is None else f"D-{days}" if days > 0 else words.left(days)
    said = _alert(alert, words)
    moved = reminder.was and alert.apply_by
    return replace(
        said,
        subject=_subject([near, *_warnings(alert, words)], said.title),
        badges=(near, *said.badges),
        changes=lines([f"{words.apply_by}: {reminder.was} → {alert.apply_by}"] if moved else []),
        urgent=said.urgent or (days is not None and days <= 1),
    )


def _digest(digest: Digest, words: Words) -> Letter:
    since, until = _korean(digest.since), _korean(digest.until)
    count = len(digest.alerts) + digest.more
    name = line(digest.subscription, _LONGEST_NAME)
    title = f"{words.counted(name, count)} · {words.moment(until)}"
    embargoed = [words.embargoed] if any(each.embargo for each in digest.alerts) else []
    first = [line(each.title) for each in digest.alerts[:1]]
    return Letter(
        subject=_subject(embargoed, " · ".join([title, *first])),
        title=title,
        byline=f"{since:%Y-%m-%d %H:%M} – {until:%Y-%m-%d %H:%M} KST",
        badges=tuple(embargoed),
        entries=tuple(_entry_of(each, words) for each in digest.alerts),
        total=count,
        rest=link(digest.rest),
        footer=words.footer.format(name),
        urgent=bool(embargoed),
    )


def _entry_of(alert: Alert, words: Words) -> Entry:
    deadline = _deadline(alert, words)
    return Entry(
        title=line(alert.title, _LONGEST_ENTRY),
        url=link(alert.url),
        byline=_byline(alert, words, _LONGEST_NAME),
        badges=tuple(cut(each, _LONGEST_NAME) for each in _badges(alert, words)),
        deadline=cut(f"{words.apply_by}: {deadline}", _LONGEST_REASON) if deadline else "",
        why=matched(alert.hits[0], _LONGEST_REASON) if alert.hits else (),
        dismiss=link(alert.dismiss),
    )


def _question(question: Question, words: Words) -> Letter:
    """A stranger may have typed the address, the name and the rules: all are kept short."""
    name = line(question.subscription, _LONGEST_NAME)
    title = words.question.format(name)
    yes = link(question.link)
    command = [] if yes or not question.code else [words.code.format(line(question.code))]
    rules = [line(each, _LONGEST_REASON) for each in question.rules[:_MOST_RULES]]
    return Letter(
        subject=cut(title, _LONGEST_SUBJECT),
        title=title,
        lines=(*words.asks, *command),
        facts=tuple((words.rule, each) for each in rules if each),
        action=(words.agree, yes) if yes else None,
        footer=words.footer.format(name),
    )


def _notice(notice: Notice, words: Words) -> Letter:
    title, url = line(notice.title), link(notice.link)
    return Letter(
        subject=cut(title, _LONGEST_SUBJECT),
        title=title,
        lines=lines(notice.lines),
        action=(words.look, url) if url else None,
        footer=words.footer.format(line(notice.subscription, _LONGEST_NAME)),
    )


def _sign_in(sign_in: SignIn, words: Words) -> Letter:
    return Letter(
        subject=words.sign_in,
        title=words.sign_in,
        lines=tuple(each.format(sign_in.minutes) for each in words.signs_in),
        action=(words.enter, link(sign_in.link)),
        footer=words.brand,
    )


def _subject(warnings: Sequence[str], title: str) -> str:
    return cut(" ".join([*(f"[{each}]" for each in warnings), title]).strip(), _LONGEST_SUBJECT)


def _warnings(alert: Alert, words: Words) -> list[str]:
    """An embargo first: who misses it does harm."""
    said = [(alert.embargo, words.embargoed), (alert.changes, words.corrected)]
    return [word for given, word in [*said, (alert.coverage, words.covered)] if given]


def _badges(alert: Alert, words: Words) -> Iterator[str]:
    for warning in _warnings(alert, words):
        yield (warning == words.embargoed and line(alert.embargo or "")) or warning
    if kind := words.kinds.get(alert.kind or ""):
        yield kind


def _facts(alert: Alert, words: Words) -> Iterator[tuple[str, str]]:
    if alert.coverage and (covered := line(alert.coverage)):
        yield words.covers, covered
    if deadline := _deadline(alert, words):
        yield words.apply_by, deadline
    if topics := lines(alert.topics):
        yield words.topics, ", ".join(topics)
    for contact in lines(alert.contacts):
        yield words.contact, contact


def _deadline(alert: Alert, words: Words) -> str:
    """The last day to apply with the days left, where they are known."""
    if not alert.apply_by or not (day := line(alert.apply_by)):
        return ""
    return day if alert.days_left is None else f"{day} · {words.left(alert.days_left)}"


def _byline(alert: Alert, words: Words, most: int = LONGEST) -> str:
    return f"{line(alert.publisher or alert.source, most)} · {_when(alert, words)}"


def _when(alert: Alert, words: Words) -> str:
    """Korean time; a date stays a date."""
    if alert.published_at is None:
        return words.undated
    at = _korean(alert.published_at)
    if alert.published_precision == "day":
        return f"{at:%Y-%m-%d}"
    return f"{at:%Y-%m-%d %H:%M} KST"


def _korean(at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone(_SEOUL)


def _links(dismiss: str, links: Links, words: Words) -> Iterator[tuple[str, str]]:
    offered = [(words.labels.dismiss, dismiss), (words.mine, links.mine), (words.end, links.end)]
    for label, url in offered:
        if leads := link(url):
            yield label, leads
