"""What a person is told, free of any channel's form: channels only escape it for their markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import quote
from zoneinfo import ZoneInfo

from notifier.model import Alert, File, Hit, Language

_SEOUL = ZoneInfo("Asia/Seoul")
_MOST_READ = 20_000  # characters of a text: of a longer one hardly a word is shown
_LONGEST = 500  # characters of one line, so that nobody's title buries the rest
_LONGEST_SUBJECT = 150
_LONGEST_LINK = 2000
_URL = "%#$&+,/:;=?@"  # what stands in an address besides letters and digits


@dataclass(frozen=True, slots=True)
class Piece:
    """Some letters of a line; ``marked``: they are what a rule hit."""

    text: str
    marked: bool = False


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands over the parts of a letter, in its language."""

    changes: str
    why: str
    files: str
    source: str


@dataclass(frozen=True, slots=True)
class Letter:
    """An alert as it is read. Every text is one clean line, without control or bidi characters.

    ``url`` and those of ``files`` are http(s) in ASCII, or empty. ``badges`` are to be seen at
    once: a correction, an embargo, the kind. ``facts`` are labels with values; a label may come
    again. ``why``: each rule and the words around its hits.
    """

    subject: str
    title: str
    url: str
    byline: str
    badges: tuple[str, ...]
    changes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    extract: str
    why: tuple[Line, ...]
    files: tuple[File, ...]
    footer: str
    language: Language
    labels: Labels


@dataclass(frozen=True, slots=True)
class _Words:
    """Everything that is said in one language."""

    labels: Labels
    kinds: dict[str, str]
    corrected: str
    embargoed: str
    undated: str
    apply_by: str
    topics: str
    contact: str
    footer: str


_WORDS: dict[Language, _Words] = {
    "ko": _Words(
        labels=Labels(
            changes="바뀐 내용", why="알려 드리는 까닭", files="첨부 파일", source="원문"
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
        undated="시각 미상",
        apply_by="신청 마감",
        topics="분야",
        contact="문의",
        footer="파발 · 구독 ‘{}’",
    ),
    "en": _Words(
        labels=Labels(
            changes="What changed", why="Why you get this", files="Attachments", source="Source"
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
        undated="time unknown",
        apply_by="Apply by",
        topics="Topics",
        contact="Contact",
        footer="Pabal · subscription “{}”",
    ),
}


def letter(alert: Alert, language: Language) -> Letter:
    """Write ``alert`` for a reader; what was announced stays Korean in either language."""
    words = _WORDS[language]
    title = _line(alert.title)
    return Letter(
        subject=_subject(alert, title, words),
        title=title,
        url=_link(alert.url),
        byline=f"{_line(alert.publisher or alert.source)} · {_when(alert, words)}",
        badges=tuple(_badges(alert, words)),
        changes=_lines(alert.changes),
        facts=tuple(_facts(alert, words)),
        extract=_line(alert.extract),
        why=tuple(map(_matched, alert.hits)),
        files=tuple(File(_line(each.name), _link(each.url)) for each in alert.files),
        footer=words.footer.format(_line(alert.subscription)),
        language=language,
        labels=words.labels,
    )


def plain(letter: Letter) -> str:
    """The letter for those who read plain text, the weightiest first. No final newline."""
    heads = " ".join(f"[{each}]" for each in letter.badges)
    parts = [
        [each for each in (heads, letter.title, letter.byline) if each],
        _listed(letter.labels.changes, letter.changes),
        [letter.extract] if letter.extract else [],
        [f"{label}: {value}" for label, value in letter.facts],
        [f"{letter.labels.source}: {letter.url}"] if letter.url else [],
        _listed(letter.labels.why, ["".join(each.text for each in line) for line in letter.why]),
        _listed(letter.labels.files, [f"{each.name} {each.url}".strip() for each in letter.files]),
        [letter.footer],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _listed(label: str, lines: Sequence[str]) -> list[str]:
    return [label, *(f"- {each}" for each in lines)] if lines else []


def _subject(alert: Alert, title: str, words: _Words) -> str:
    corrected = f"[{words.corrected}]" if alert.changes else ""
    embargoed = f"[{words.embargoed}]" if alert.embargo else ""
    return _cut(" ".join(filter(None, [corrected, embargoed, title])), _LONGEST_SUBJECT)


def _badges(alert: Alert, words: _Words) -> Iterator[str]:
    if alert.changes:
        yield words.corrected
    if alert.embargo:
        yield _line(alert.embargo)
    if alert.kind in words.kinds:
        yield words.kinds[alert.kind]


def _facts(alert: Alert, words: _Words) -> Iterator[tuple[str, str]]:
    if alert.apply_by:
        yield words.apply_by, _line(alert.apply_by)
    if topics := _lines(alert.topics):
        yield words.topics, ", ".join(topics)
    for contact in _lines(alert.contacts):
        yield words.contact, contact


def _when(alert: Alert, words: _Words) -> str:
    """Korean time; a date stays a date."""
    if alert.published_at is None:
        return words.undated
    at = datetime.fromisoformat(alert.published_at).astimezone(_SEOUL)
    if alert.published_precision == "day":
        return f"{at:%Y-%m-%d}"
    return f"{at:%Y-%m-%d %H:%M} KST"


def _matched(hit: Hit) -> Line:
    """A rule may match without words, by publisher alone."""
    rule, words = _line(hit.rule), _pieces(hit)
    return (Piece(f"{rule}: "), *words) if words else (Piece(rule),)


def _pieces(hit: Hit) -> Line:
    """The excerpt taken apart where a hit begins or ends."""
    text = hit.excerpt[:_LONGEST]
    marked = bytearray(len(text))
    for start, end in hit.marks:
        for at in range(max(0, start), min(end, len(text))):
            marked[at] = True
    shown: list[tuple[str, int]] = []
    for char, mark in zip(text, marked, strict=True):
        if char.isprintable() and char != " ":
            shown.append((char, mark))
        elif char.isspace() and shown and shown[-1][0] != " ":
            shown.append((" ", mark))
    if shown and shown[-1][0] == " ":
        shown.pop()
    runs = groupby(shown, key=lambda each: each[1])
    return tuple(Piece("".join(char for char, _ in run), bool(mark)) for mark, run in runs)


def _lines(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(line for line in map(_line, texts) if line)


def _line(text: str) -> str:
    """One line of ``text``: a terminal escape or a bidi override must not reach a reader."""
    read = text[:_MOST_READ]
    shown = (c if c.isprintable() else " " if c.isspace() else "" for c in read)
    return _cut(" ".join("".join(shown).split()), _LONGEST)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _link(url: str) -> str:
    """The address in ASCII, free of what ends one in a text, an attribute or a markup; or empty."""
    shown = "".join(c for c in url.strip() if c.isprintable())
    if not shown.lower().startswith(("http://", "https://")):
        return ""
    linked = quote(shown, safe=_URL)
    return linked if len(linked) <= _LONGEST_LINK else ""
