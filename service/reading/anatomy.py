"""The parts of a release: letterhead, release-time box, title, body, contacts, annex."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from service.reading.clean import clean, clean_line
from service.reading.heading import Finder, Heading
from service.reading.mend import Line, Page, lines, page_of, paragraphs
from service.reading.parts import PHONE, Part, asks_to_phone, is_annex, sort_out
from service.reading.words import Words

_MIN_BODY = 60
"""The letters of a body above a contact table: a table above that few stands in the head."""
_MIN_ANNEX = 240
"""The columns of an annex without a table."""
_MOST_ABOVE = 6
"""The lines of a letterhead above the title."""
_TAIL = re.compile(
    r"(?<=[다끝음함]\.)[ ]{1,3}(?=담당\s?부서[\s<]|이 (?:보도|설명|참고)?자료와 관련"
    r"|[^\n.]{0,40}?책임자[^\n]{0,40}?\d{3,4}-\d{4})"
)
_DASHED = re.compile(r"-\s[^\n]{4,120}?\s-\s").match
_SUBTITLE_END = re.compile(r"(?<=[^\s-] -)\s{1,3}(?=-\s|[^\n]{16})")
_SUBTITLE_START = re.compile(r"(?<=[다요까][.!?])\s(?=-\s?[^\s\d-])")
_LISTED = re.compile(r"\d{1,2}[.)]|[^\n]{0,90}끝\.?$")
_HEAD, _BELOW = 40, 24
"""The lines of a text's head, and those below a heading that are looked at."""
_OFFICE = re.compile(
    r"[가-힣](?:과|관|팀|실|국|단|센터|청|부|원|회|처)(?:\s[가-힣]{2,4})?[)\s:]{0,3}[(☎\s]{0,4}0"
    r"|담당|문의|연락처|☎"
)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A release in its parts, each ``""`` or empty where it is not there.

    ``letterhead``: lines above the title that name the bodies. ``box``: the release-time box
    (보도시점, 배포) with its values. ``contacts``: the contact tables and the closing sentence that
    names whom to phone, lines and tabs as printed; rows of an annex that name an office and its
    phone are in both. ``body`` and ``annex`` (붙임, 참고) are mended: broken lines and words
    joined, no page numbers, no private-use glyphs.
    """

    title: str
    subtitles: tuple[str, ...]
    letterhead: str
    box: str
    contacts: str
    body: str
    annex: str


def dissect(text: str, title: str | None) -> Anatomy:
    """Take a text of any origin apart. ``title`` where it is known from elsewhere."""
    found = list(_without_tails(lines(text)))
    page = page_of(found)
    words = Words(line.text for line in found)
    parts = sort_out(found)
    heading = Finder(found, parts, page).find(clean_line(title or ""))
    letterhead = _letterhead(found, parts, heading, page)
    kept = [
        at
        for at, part in enumerate(parts)
        if part is Part.TEXT and at not in heading.lines and at not in letterhead
    ]
    if not any(found[at].text for at in kept):  # a release of nothing but its heading
        kept = sorted(heading.lines)
    fold = _fold(found, parts, kept)
    body = [found[at] for at in kept if at < fold]
    annex = [found[at] for at in kept if at >= fold]
    return Anatomy(
        title=heading.title,
        subtitles=heading.subtitles,
        letterhead=_listed(
            found[at].text
            for at, part in enumerate(parts)
            if part is Part.LETTERHEAD or at in letterhead
        ),
        box=_box(found, parts),
        contacts=_contacts(found, parts, [*body, Line(""), *annex]),
        body=clean(paragraphs(body, page, words)),
        annex=clean(paragraphs(annex, page, words)),
    )


def _without_tails(found: Sequence[Line]) -> Iterator[Line]:
    """What an extractor left on the line before begins a line of its own.

    A contact table behind the last sentence, and in the head a body behind the last subtitle.
    """
    for at, line in enumerate(found):
        for part in line.split(_TAIL):
            if at >= _HEAD or part.table:
                yield part
            elif _DASHED(part.text):
                yield from part.split(_SUBTITLE_END)
            else:
                yield from part.split(_SUBTITLE_START)


def _letterhead(
    found: Sequence[Line], parts: Sequence[Part], heading: Heading, page: Page
) -> frozenset[int]:
    """Lines above the title, unless they are the text of a page that came before it."""
    top = heading.top or 0
    above = [at for at in range(top) if parts[at] is Part.TEXT and found[at].text]
    if not any(parts[at] in (Part.LETTERHEAD, Part.BOX, Part.CONTACTS) for at in range(top)):
        return frozenset()
    if len(above) > _MOST_ABOVE or any(page.fills(found[at]) or found[at].ended for at in above):
        return frozenset()
    return frozenset(above)


def _fold(found: Sequence[Line], parts: Sequence[Part], kept: Sequence[int]) -> int:
    """Where the annex begins: behind the contact table, else at a heading with text below it."""
    letters = 0
    begun = False
    for place, at in enumerate(kept):
        if begun and found[at].text and _table_between(parts, kept[place - 1], at, found):
            return at
        letters += len(found[at].text)
        begun = letters >= _MIN_BODY
        if begun and is_annex(found[at]) and _has_content(found, kept[place + 1 : place + _BELOW]):
            return at
    return len(found)


def _table_between(parts: Sequence[Part], before: int, at: int, found: Sequence[Line]) -> bool:
    """Whether a contact table, not only a closing sentence, stands between two lines."""
    between = [found[k] for k in range(before + 1, at) if parts[k] is Part.CONTACTS]
    return sum(PHONE.search(line.text) is not None for line in between) > 1 or any(
        "책임자" in line.text for line in between
    )


def _has_content(found: Sequence[Line], below: Iterable[int]) -> bool:
    """Whether more than the names of attachments follows a heading."""
    texts = [found[at] for at in below if found[at].text]
    if not texts or is_annex(texts[0]) or all(_LISTED.match(line.text) for line in texts):
        return False
    return any(line.table for line in texts) or sum(line.width for line in texts) > _MIN_ANNEX


def _box(found: Sequence[Line], parts: Sequence[Part]) -> str:
    """The box; of a head table that names contacts too, its rows with a label of the box."""
    return _listed(
        line.text
        for line, part in zip(found, parts, strict=True)
        if part is Part.BOX
        or (part is Part.CONTACTS and re.search(r"배포\s?일|보도\s?[시일]", line.text))
    )


def _contacts(found: Sequence[Line], parts: Sequence[Part], text: Sequence[Line]) -> str:
    """The blocks, an empty line between them, and the lines of the text that name a phone."""
    blocks = [""]
    last = -1
    for at, part in enumerate(parts):
        if part is Part.CONTACTS:
            blocks[-1:] = [blocks[-1], ""] if last >= 0 and at - last > 1 else [blocks[-1]]
            blocks[-1] += found[at].text + "\n"
            last = at
    return "\n".join([*(block for block in blocks if block.strip()), *_named_in(text)]).strip("\n")


def _named_in(text: Sequence[Line]) -> Iterator[str]:
    """Lines that name an office and its phone; a phone alone with the line above it."""
    above = ""
    for line in text:
        if PHONE.search(line.text):
            whole = line.text if re.search(r"[가-힣]{2}", line.text) else f"{above} {line.text}"
            if asks_to_phone(line) or _OFFICE.search(whole):
                yield whole
        above = line.text


def _listed(texts: Iterable[str]) -> str:
    return "\n".join(text for text in texts if text)
