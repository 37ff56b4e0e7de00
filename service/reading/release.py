"""An announcement → what it says: the parts of its texts, read field by field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from service.model import Embargo, Given, Precision, Printed, Reading, day_of
from service.reading import calls, contacts, embargo, kind, mentions, news
from service.reading.anatomy import Anatomy, dissect
from service.reading.clean import clean_line
from service.reading.publishers import Registry
from service.reading.signed import signed, told_of

_SHINGLE = 8
_Found = TypeVar("_Found")
_Moment = tuple[datetime | None, Precision | None]
_NEVER: _Moment = None, None
_COVERED = 0.6  # of a page's shingles: the rest is captions, dates and other furniture
_SAID = 0.9  # of a paper's shingles: it adds no table and no annex


def read(given: Given, documents: Sequence[tuple[str, str]], registry: Registry) -> Reading:
    """Read an announcement. ``documents``: (file name, text) it came with, the release first."""
    if given.news or (not documents and news.looks_like_news(given.text)):
        return _article(given, registry)
    return _release(given, documents, registry)


def _article(given: Given, registry: Registry) -> Reading:
    """Of news: what the article says and which bodies it tells of; an outlet is its publisher."""
    piece = news.take_apart(given.text, given.title)
    title = piece.title or clean_line(given.title or "")
    at, precision = _known(given, _moment(piece.published))
    day = day_of(at)
    bodies, unknown = registry.find_all(clean_line(given.publisher or piece.outlet or ""))
    return Reading(
        title=title,
        text=piece.body,
        publishers=tuple(body.id for body in bodies),
        unknown_publisher="·".join(unknown) or None,
        named=told_of(title, piece.body, day, registry).named,
        subtitles=piece.subtitles,
        kind="news",
        published_at=at,
        precision=precision,
        byline=given.byline or piece.byline,
        mentions=mentions.find(title, piece.body, day, registry),
    )


def _release(given: Given, documents: Sequence[tuple[str, str]], registry: Registry) -> Reading:
    web = dissect(given.text, given.title)
    papers = [dissect(text, given.title) for _, text in documents[:1]]
    papers += [dissect(text, None) for _, text in documents[1:]]
    parts = [*papers, web]  # what was printed says more than the page it hangs on
    day = day_of(given.published_at) or given.near
    lifted = _first_found(parts, lambda part: embargo.find(part.box, day))
    handed_out = _first_found(parts, lambda part: embargo.distributed(part.box, day))
    at, precision = _known(given, _from_box(lifted, handed_out))
    text = _text(web, papers, [name for name, _ in documents])
    title = parts[0].title or clean_line(given.title or "")
    day = day_of(at) or given.near
    said_by = signed(parts[0], given.publisher, text, day, registry)
    call = calls.find(title, text, day)
    return Reading(
        title=title,
        text=text,
        publishers=said_by.publishers,
        unknown_publisher="·".join(said_by.unknown) or None,
        named=said_by.named,
        subtitles=next((part.subtitles for part in parts if part.subtitles), ()),
        # The mark of a title, [보도참고], stands on the list; in the document it is letterhead.
        kind=kind.of(given.title or title, text, call.is_call),
        published_at=at,
        precision=precision,
        distributed=handed_out,
        embargo=lifted,
        contacts=_first_found(parts, lambda part: contacts.find(part.contacts)) or (),
        call=call,
        mentions=mentions.find(title, text, day, registry),
    )


def _text(web: Anatomy, papers: Sequence[Anatomy], names: Sequence[str]) -> str:
    """What a person reads: the fullest copy of the release, then the papers that add to it."""
    text = _whole(web)
    for number, (paper, name) in enumerate(zip(papers, names, strict=True)):
        more = _whole(paper)
        if number == 0 and more and _share(text, more) >= _COVERED:
            text = more
        elif _share(more, text) < _SAID:
            text = "\n\n".join(filter(None, [text, f"[{name}]", more]))
    return text


def _whole(part: Anatomy) -> str:
    """A release without its furniture; its subtitles say things that its body does not repeat."""
    return "\n\n".join(filter(None, ["\n".join(part.subtitles), part.body, part.annex]))


def _share(text: str, by: str) -> float:
    """How much of what ``text`` says ``by`` says too, 0..1; of nothing, all."""
    shingles = _shingles(text)
    return len(shingles & _shingles(by)) / len(shingles) if shingles else 1.0


def _shingles(text: str) -> set[str]:
    letters = "".join(text.split())
    return {letters[i : i + _SHINGLE] for i in range(max(1, len(letters) - _SHINGLE + 1))} - {""}


def _known(given: Given, read: _Moment) -> _Moment:
    """When it was published, as it is known from elsewhere, else as it was read."""
    return (given.published_at, given.precision) if given.published_at else read


def _from_box(lifted: Embargo | None, handed_out: Printed | None) -> _Moment:
    """When a release was published, by its own box: from then on it may be, and it is."""
    if lifted is None:
        return _NEVER
    if lifted.online is not None:
        return _moment(lifted.online)
    if lifted.immediate:
        return _moment(handed_out)
    day = lifted.date_only or (lifted.paper and lifted.paper[0])
    return _moment(Printed(day)) if day else _NEVER


def _moment(printed: Printed | None) -> _Moment:
    return (printed.at, "minute" if printed.clock else "day") if printed else _NEVER


def _first_found(
    parts: Sequence[Anatomy], find: Callable[[Anatomy], _Found | None]
) -> _Found | None:
    return next((found for part in parts if (found := find(part))), None)
