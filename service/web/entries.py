"""A thing that was told, in the words of its alert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import datetime
from html import escape

from notifier.letter import Letter, Line, letter
from notifier.model import Alert, Links, Message
from service.model import SEOUL, DueDelivery, Telling
from service.store.items import Item
from service.store.told import Reader
from service.worded import Words


def alert_of(item: Item, reader: Reader, words: Words) -> Alert:
    """The alert, as a channel would be handed it now."""
    content = _message(item, reader, words).content
    assert isinstance(content, Alert)
    return content


def letter_of(item: Item, reader: Reader, words: Words) -> Letter:
    """The alert as it is read; without what is another thing tomorrow, the days that are left."""
    message = _message(item, reader, words)
    assert isinstance(message.content, Alert)
    lasting = replace(message.content, days_left=None)
    return letter(replace(message, content=lasting, links=Links()))


_SAME = ("story_id", "version", *(each.name for each in fields(Telling)))


def _message(item: Item, reader: Reader, words: Words) -> Message:
    """The message to an endpoint that nobody has."""
    due = DueDelivery(
        id=0,
        fence=0,
        message_id="",
        channel="feed",
        address="",
        secret=None,
        attempt=1,
        endpoint_id=0,
        epoch=0,
        subscription_id=reader.id,
        subscription=reader.name,
        feed_epoch=reader.feed_epoch,
        language=reader.language,
        **{name: getattr(item, name) for name in _SAME},
    )
    return words.message(due, item.asked_at.astimezone(SEOUL).date())


def published_at(item: Item) -> datetime:
    """When it came out; where only a day is known, or nothing, when it was told."""
    said = item.facts.get("published_at")
    if said is None or item.facts.get("published_precision") == "day":
        return item.told_at
    return datetime.fromisoformat(said)


def text_of(said: Letter) -> str:
    """What is announced and why it is told, a line each."""
    facts = (f"{label}: {value}" for label, value in said.facts)
    why = ("".join(piece.text for piece in each) for each in said.why)
    lines = (*said.changes, said.extract, *facts, *(f"{said.labels.why} — {each}" for each in why))
    return "\n".join(filter(None, lines))


def html_of(said: Letter) -> str:
    """The letter under its title as HTML, everything in it escaped."""
    return "\n".join(_paragraphs(said))


def _paragraphs(said: Letter) -> Iterator[str]:
    yield f"<p>{escape(' · '.join((*said.badges, said.byline)))}</p>"
    if said.changes:
        yield _list(said.labels.changes, map(escape, said.changes))
    if said.extract:
        yield f"<p>{escape(said.extract)}</p>"
    for label, value in said.facts:
        yield f"<p>{escape(label)}: {escape(value)}</p>"
    if said.why:
        yield _list(said.labels.why, map(_marked, said.why))
    if said.files:
        yield _list(said.labels.files, (_link(each.name, each.url) for each in said.files))
    for label, url in ((said.labels.source, said.url), *said.links):
        if url:
            yield f"<p>{_link(label, url)}</p>"


def _list(label: str, lines: Iterable[str]) -> str:
    return f"<p>{escape(label)}</p><ul>{''.join(f'<li>{each}</li>' for each in lines)}</ul>"


def _marked(why: Line) -> str:
    return "".join(
        f"<mark>{escape(piece.text)}</mark>" if piece.marked else escape(piece.text)
        for piece in why
    )


def _link(label: str, url: str) -> str:
    return f'<a href="{escape(url)}">{escape(label)}</a>' if url else escape(label)
