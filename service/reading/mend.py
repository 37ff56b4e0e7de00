"""Extracted lines → paragraphs: cut lines and words joined, page numbers and odd glyphs gone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from service.reading.clean import clean_line
from service.reading.words import Words

_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_GLYPHS = str.maketrans(
    {  # brackets and boxed numbers as old Hangul documents keep them
        **dict(zip(range(0xF0850, 0xF0858), "‘’“”『』「」", strict=True)),
        **{0xF02B1 + number: chr(ord("①") + number) for number in range(20)},
    }
)
_PAGE = re.compile(
    r"^[ \t]{0,9}(?:[-–—―][ \t]{0,3}\d{1,3}[ \t]{0,3}[-–—―]"
    r"|(\d{1,3})[ \t]{0,3}-[ \t]{0,3}(\d{1,3})|(\d{1,3})[ \t]{0,3}\n?[ \t]{0,3}-[ \t]{0,3}"
    r"\n[ \t]{0,3}\3)[ \t]{0,9}$",
    re.MULTILINE,
)
_EMPTY_LINES = re.compile(r"\n{4,}")
_BULLET = re.compile(
    r"[□■◇◆◈○●◎◦◯❍❏❑❖▪▫▶▷►▸▲△▴▾▼▽☐☑✓✔√★☆※⇨⇒→➔➜➡☞·•‧ㆍ･∙◾◽⊙➤➢▣◉♦⁕]"
    r"|[①-⑳㉠-㉭ⓐ-ⓩ❶-❿➀-➓Ⅰ-Ⅻ]|[-–—―∼~](?:\s|[^\d\s])|>\s|\*{1,3}\s|\*{1,3}(?=[(가-힣A-Z])"
    r"|[ㅇㅁ](?=[^가-힣ㄱ-ㅎ])|ㅇ(?=[가-힣])|o\s(?=[^a-z])|\d{1,2}[.)]\s|[가-하][.)]\s|\(\d{1,2}\)|[<【\[〔]"
    r"|(?:붙\s?임|별\s?첨|참\s?고)\s?\d{0,2}(?:[\s.:)]|$)"
)
_INLINE = "△▲▴①②③④⑤⑥⑦⑧⑨⑩➀➁➂➃➄➅❶❷❸❹❺❻"
"""Marks of items that officials also number off within a sentence."""
_SENTENCE_END = re.compile(r"[.!?。…:：;>】][\"'”’」』｣)\]*>]{0,3}$")
_LOOSE_BULLET = re.compile(
    r"(?<=[.”\"’)])[ \t](?=(?:[□ㅇ○◇◆※■●▶▷❶-❿➊-➓]|- [가-힣(]|\*{1,2} ?[(가-힣])[^\n])"
)
_CUTS = 3
_SHORTEST, _LONGEST = 44, 124
"""Between these columns are the lines of a printed page; a Korean letter takes two."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as extracted.

    ``spaced``: a blank stood at its end; ``indented``: at its start; ``marked``: an odd glyph.
    """

    text: str
    spaced: bool = False
    indented: bool = False
    marked: bool = False

    def split(self, at: re.Pattern[str]) -> Iterator[Line]:
        """The lines it should have been; ``at`` matches what stands between them."""
        first, *rest = at.split(self.text)
        if not rest:
            yield self
            return
        yield replace(self, text=first, spaced=True)
        for text in rest:
            yield Line(text, spaced=self.spaced)

    @property
    def table(self) -> bool:
        """A row with its cells apart."""
        return "\t" in self.text

    @property
    def width(self) -> int:
        """In columns, two for a Korean letter."""
        return len(self.text.encode("cp949", "replace"))

    @property
    def bullet(self) -> bool:
        """Begins an item, a note, a box or an annex of its own."""
        return self.marked or _BULLET.match(self.text) is not None

    @property
    def ended(self) -> bool:
        """Ends a sentence, or announces what follows."""
        return _SENTENCE_END.search(self.text[-6:]) is not None


_EMPTY = Line("")


@dataclass(frozen=True, slots=True)
class Page:
    """How wide the lines of a text are. ``full`` is 0 where paragraphs stand on one line each."""

    full: int

    def fills(self, line: Line) -> bool:
        """Whether a line goes so far that the page's edge may have cut it.

        A blank left at its end says that the text went on, so it need not reach as far.
        """
        return self.full > 0 and line.width * 100 >= self.full * (72 if line.spaced else 86)


def lines(text: str) -> list[Line]:
    """Lines with one spelling of each letter and blank; an empty one for each page number."""
    plain = _LINE_END.sub("\n", text).translate(_GLYPHS)
    unpaged = _EMPTY_LINES.sub("\n\n\n", _PAGE.sub(_page_number, plain))
    return [_line(raw) if raw else _EMPTY for raw in unpaged.split("\n")]


def page_of(found: Sequence[Line]) -> Page:
    """Measure a text: is it cut at a page's edge, and where is the edge?

    The edge is where half of all letters stand in lines as long or longer. It is one if many lines
    that reach it break off in the middle of a sentence.
    """
    prose = [line for line in found if line.text and not line.table]
    full = _middle(sorted((line.width for line in prose), reverse=True))
    if not _SHORTEST <= full <= _LONGEST:
        return Page(0)
    page = Page(full)
    reaching = [pair for pair in pairwise(prose) if page.fills(pair[0])]
    broken = sum(not (line.ended or after.bullet) for line, after in reaching)
    beyond = sum(line.width * 2 > full * 3 for line in prose)
    cut = broken >= _CUTS and broken * 4 >= len(reaching) and beyond * 7 <= len(prose)
    return page if cut else Page(0)


def paragraphs(found: Sequence[Line], page: Page, words: Words) -> str:
    """One paragraph a line. Table rows stay as they are; an empty line stays between blocks."""
    return "\n".join(_mended(list(_split(found, page)), page, words))


def _mended(found: Sequence[Line], page: Page, words: Words) -> Iterator[str]:
    built = ""
    last: Line | None = None
    gap = 0
    for line in found:
        if not line.text:
            gap += 1
            continue
        if last is not None and _goes_on(last, line, gap, page, built):
            built += words.seam(last.text, line.text, spaced=last.spaced) + line.text
        else:
            if last is not None:
                yield built
                yield from [""] * min(gap, 1)
            built = line.text
        last, gap = line, 0
    yield built


def _goes_on(last: Line, line: Line, gap: int, page: Page, built: str) -> bool:
    """Whether a line carries on the paragraph ``built``, whose last line is ``last``."""
    if last.table or line.table:
        return False
    if gap and line.text[0] == "(":
        return False
    if line.bullet:
        return page.fills(last) and not last.ended and _within(line.text[0], last, built)
    if not page.fills(last):
        return not gap and Words.hangs(last.text) and not last.ended
    return not last.ended or (not gap and not line.indented and last.text.endswith("."))


def _within(mark: str, last: Line, built: str) -> bool:
    """Whether an item's mark only counts off inside a sentence: its like stands there already."""
    return mark in _INLINE and any(one in built[1:] for one in _INLINE) and last.text[-1] in ",·및"


def _split(found: Iterable[Line], page: Page) -> Iterator[Line]:
    """Items that an extractor left on the line of the sentence before begin their own."""
    for line in found:
        if not page.full or line.table:
            yield line
            continue
        yield from line.split(_LOOSE_BULLET)


def _line(raw: str) -> Line:
    cells = [clean_line(cell) for cell in raw.split("\t")]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    text = "\t".join(cells)
    first = raw.lstrip()[:1]
    return Line(
        text,
        spaced=raw[-1:].isspace() and text != "",
        indented=raw[:1].isspace(),
        marked=unicodedata.category(first or " ") == "Co",
    )


def _page_number(match: re.Match[str]) -> str:
    """Pages count up; what counts down is a result or a range."""
    first, last = match[1], match[2]
    return match[0] if first and int(first) > int(last) else "\n"


def _middle(widths: Sequence[int]) -> int:
    """The width at which half of all columns are reached, the widest line first."""
    half, reached = sum(widths) / 2, 0
    for width in widths:
        reached += width
        if reached >= half:
            return width
    return 0
