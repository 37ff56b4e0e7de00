"""What a message says, ready for however many readers: written once, a few lines filled in each.

An alert or a reminder is the same for all whom it reaches but for the subscription's name, its
hits and the links of its reader. So the letter is written with a mark in place of each, and cut
there. The mark is random for each process: nothing scraped can hold it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.environment import TemplateModule
from markupsafe import escape

from notifier.clean import Piece, line, link, matched
from notifier.labels import WORDS
from notifier.letter import Letter, Line, letter
from notifier.mail.blocks import Run, cut, joined
from notifier.model import Alert, Hit, Links, Message, Reminder
from notifier.plain import plain

_PREVIEW = 140
_KEPT = 256  # sheets: what is told at one time
_MARK = f"x{secrets.token_hex(8)}x"
_NAME, _WHY = f"{_MARK}name", f"{_MARK}why"
_RULE = _WHY.encode()
_LINKS = {each: f"https://{_MARK}{each}" for each in ("dismiss", "mine", "end")}
_OWN = {"subscription", "hits", "dismiss"}
_SHARED = attrgetter(*(each.name for each in fields(Alert) if each.name not in _OWN))
_HARMLESS = re.compile(r"https?://[A-Za-z0-9._~/:?=-]{1,900}")

_Marks = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One content. ``text`` and ``html`` are its two forms in runs of base64."""

    subject: str
    text: Sequence[Run]
    html: Sequence[Run]


@dataclass(frozen=True, slots=True)
class Written:
    """What one reader gets: the subject, and both forms in base64, lines and all.

    ``end`` is the link that ends it by one POST, in ASCII, or empty; so is ``mine``.
    """

    subject: str
    text: bytes
    html: bytes
    end: str
    mine: str


@dataclass(frozen=True, slots=True)
class Writer:
    """Keeps the sheets of what is told at the time."""

    _sheets: dict[Any, _Sheet] = field(default_factory=dict)

    def write(self, message: Message) -> Written:
        """Write ``message`` for its reader, from what others got where that can be."""
        end, mine = _linked(message.links.end), _linked(message.links.mine)
        match message.content:
            case Alert() as alert:
                sheet = self._shared(message, alert, None)
            case Reminder(alert=alert) as reminder:
                sheet = self._shared(message, alert, reminder)
            case _:
                sheet = _sheet(message)
                return Written(
                    sheet.subject, joined(sheet.text, {}), joined(sheet.html, {}), end, mine
                )
        name = line(alert.subscription)
        links = {"dismiss": _linked(alert.dismiss), "mine": mine, "end": end}
        text = {each: url.encode() for each, url in links.items()}
        page = {each: url.replace(b"&", b"&amp;") for each, url in text.items()}
        text["name"], page["name"] = name.encode(), escape(name).encode()
        text["why"], page["why"] = _whys(alert.hits)
        return Written(sheet.subject, joined(sheet.text, text), joined(sheet.html, page), end, mine)

    def _shared(self, message: Message, alert: Alert, reminder: Reminder | None) -> _Sheet:
        """The sheet for all who are told the same, with holes where this one has something."""
        links = message.links
        has = (bool(alert.hits), bool(alert.dismiss), bool(links.mine), bool(links.end))
        key = (message.language, reminder and (reminder.was,), has, _SHARED(alert))
        sheet = self._sheets.get(key)
        if sheet is None:
            if len(self._sheets) >= _KEPT:
                del self._sheets[next(iter(self._sheets))]
            sheet = self._sheets[key] = _sheet(_marked(message, alert, reminder))
        return sheet


def _marked(message: Message, alert: Alert, reminder: Reminder | None) -> Message:
    marked = replace(
        alert,
        subscription=_NAME,
        hits=(Hit(_WHY, ""),) if alert.hits else (),
        dismiss=alert.dismiss and _LINKS["dismiss"],
    )
    links = Links(
        end=message.links.end and _LINKS["end"], mine=message.links.mine and _LINKS["mine"]
    )
    content = replace(reminder, alert=marked) if reminder else marked
    return replace(message, content=content, links=links)


def _sheet(message: Message) -> _Sheet:
    said = letter(message)
    holes = {_NAME: "name", **{mark: name for name, mark in _LINKS.items()}}
    why = _reasons([(Piece(_WHY),)]).strip()
    return _Sheet(
        said.subject,
        cut(plain(said), {_WHY: "why", **holes}),
        cut(html(said), {why: "why", **holes}),
    )


def _linked(url: str) -> str:
    """Our own links are harmless as they are; whatever else is made so."""
    return url if _HARMLESS.fullmatch(url) else link(url)


@lru_cache(4096)
def _whys(hits: Sequence[Hit]) -> tuple[bytes, bytes]:
    """In the place of the one reason that was marked: in the text after its dash, on the page."""
    text, page = [], []
    for each in hits:
        rule = line(each.rule)
        text.append(_plain_reason(each.excerpt, each.marks).replace(_RULE, rule.encode()))
        page.append(_page_reason(each.excerpt, each.marks).replace(_RULE, escape(rule).encode()))
    return b"\r\n- ".join(text), b"\r\n".join(page)


# Of one release the words around hits are the same for many; rules differ more in their names.
@lru_cache(1024)
def _plain_reason(excerpt: str, marks: _Marks) -> bytes:
    return "".join(piece.text for piece in matched(Hit(_WHY, excerpt, marks))).encode()


@lru_cache(1024)
def _page_reason(excerpt: str, marks: _Marks) -> bytes:
    return _reasons([matched(Hit(_WHY, excerpt, marks))]).strip().encode()


def html(letter: Letter) -> str:
    """The whole page, for a mail reader: no script, no image, nothing from another place."""
    said = letter.extract or " ".join(letter.lines) or letter.byline
    deadline = WORDS[letter.language].apply_by
    module = _made(letter=letter, preview=said[:_PREVIEW], deadline=deadline)
    return str(module.page())  # type: ignore[attr-defined]


def _reasons(why: Sequence[Line]) -> str:
    """The part of the page that says which rules matched, and in which words."""
    return str(_bare().reasons(why))  # type: ignore[attr-defined]


def _made(**context: Any) -> TemplateModule:
    return _environment().get_template("page.html").make_module(context)


@cache
def _bare() -> TemplateModule:
    return _made()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
