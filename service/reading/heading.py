"""The title of a release and its subtitles, wherever in the text they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from service.reading.clean import clean_line
from service.reading.mend import Line, Page
from service.reading.parts import PHONE, Part, is_annex
from service.reading.words import Words

_DASH = re.compile(r"[-–—―ㅡ─∼~▷▶►▸]\s{0,3}(?=[^\s\d]|\d)")
_DASHES = " \t-–—―ㅡ─∼~▷▶►▸"
_MARK = re.compile(r"[\[(【<][^\])】>]{1,12}[\])】>]\s{0,3}")
_KEY = re.compile(r"[^0-9A-Za-z가-힣]+")
_PROSE_END = re.compile(r"[다요까]\s?[.?!][”\"’')]{0,2}$")
_ITEM = re.compile(r"[>※*□ㅇ○◇◆]|\W{0,3}(?:붙\s?임|별\s?첨|참고 ?:|첨\s?부)")
_SHORTEST, _LONGEST, _LONGEST_SENTENCE = 26, 124, 70
"""In columns: of a line that says a whole title, of any, and of one that is a sentence."""
_FEWEST_LETTERS = 4
_LONGEST_SUBTITLE = 190
_MOST_LINES = 4
_MOST_SUBTITLES = 8
_FIRST_LINES = 60
_LIKE = 0.82


@dataclass(frozen=True, slots=True)
class Heading:
    """``lines`` are the indices that title and subtitles take up; ``top`` is the first of them."""

    title: str
    subtitles: tuple[str, ...] = ()
    lines: frozenset[int] = frozenset()

    @property
    def top(self) -> int | None:
        """Where the title stands, None where it is not in the text."""
        return min(self.lines, default=None)


class Finder:
    """Looks for the heading among the lines that are not furniture."""

    def __init__(self, found: Sequence[Line], parts: Sequence[Part], page: Page) -> None:
        self._found = found
        self._parts = parts
        self._page = page
        self._free = [at for at, line in enumerate(found) if line.text and parts[at] is Part.TEXT]

    def find(self, given: str) -> Heading:
        """The heading; ``given`` is the title as known from elsewhere, or ``""``."""
        if not given:
            return self._below(self._first())
        place = self._like(given)
        if place is None:
            subtitles, used = self._subtitles(0)
            return Heading(given, subtitles, frozenset(used))
        start, stop = place
        title = _fuller(given, self._joined(start, stop))
        subtitles, used = self._subtitles(stop)
        return Heading(title, subtitles, frozenset([*self._free[start:stop], *used]))

    def _below(self, start: int | None) -> Heading:
        if start is None:
            return Heading("")
        stop = self._block_end(start)
        subtitles, used = self._subtitles(stop)
        if not subtitles and stop - start > 1 and self._complete(stop - 2):
            stop -= 1  # with no subtitle marked, the last line of several is it
            used = [self._free[stop]]
            subtitles = (self._found[self._free[stop]].text,)
        title = self._joined(start, stop)
        return Heading(title, subtitles, frozenset([*self._free[start:stop], *used]))

    def _first(self) -> int | None:
        """Where the title begins: below the furniture of the head, else at the top."""
        below = self._below_furniture()
        between = self._between(below)
        if between is not None and not self._marked(below + 1):
            return between
        for start in (below, 0):
            at = start
            while at < min(start + 6, len(self._free)) and self._line(at).table:
                at += 1
            if at < len(self._free) and self._titular(at, headed=below > 0 and at >= below):
                return at
        return self._displaced()

    def _between(self, below: int) -> int | None:
        """A title that stands under the letterhead and above the release-time box."""
        for at in range(below):
            under = any(part is Part.LETTERHEAD for part in self._parts[: self._free[at]])
            if under and self._line(at).width >= _SHORTEST and self._titular(at, headed=True):
                return at
        return None

    def _below_furniture(self) -> int:
        """How many free lines stand above the last line of the head's furniture."""
        passed = 0
        for at in range(len(self._found)):
            if self._parts[at] in (Part.BOX, Part.LETTERHEAD, Part.CONTACTS):
                passed = sum(free < at for free in self._free[:8])
            elif passed + 3 < sum(free <= at for free in self._free[: passed + 5]):
                break
        return passed

    def _displaced(self) -> int | None:
        """A title that an extractor put behind the first page's text, below its box."""
        for at in range(1, len(self._free)):
            above = range(self._free[at - 1] + 1, self._free[at])
            if any(self._parts[line] is Part.BOX for line in above):
                return at if self._titular(at, headed=True) and self._marked(at + 1) else None
        return None

    def _line(self, at: int) -> Line:
        return self._found[self._free[at]]

    def _gap(self, at: int) -> int:
        """How many lines stand between a free line and the free line before it."""
        return self._free[at] - self._free[at - 1] - 1

    def _titular(self, at: int, *, headed: bool) -> bool:
        """Whether a line can be a title's. Below a letterhead a title may also be a sentence."""
        line = self._line(at)
        if line.table or line.width > _LONGEST or is_annex(line) or self._prose(at):
            return False
        if PHONE.search(line.text):
            return False
        if line.bullet and line.text[0] not in "[<【〔":
            return False
        return headed or not _PROSE_END.search(line.text)

    def _prose(self, at: int) -> bool:
        """A line that runs to the page's edge and goes on."""
        line, full = self._line(at), self._page.full
        if not full or line.width * 10 < full * 9 or at + 1 >= len(self._free):
            return False
        return not line.ended and not self._line(at + 1).bullet and self._gap(at + 1) == 0

    def _marked(self, at: int) -> bool:
        return any(_DASH.match(self._line(k).text) for k in range(at, min(at + 3, len(self._free))))

    def _block_end(self, start: int) -> int:
        """Behind the last line of a title that begins at ``start``."""
        at = start + 1
        while at < min(start + _MOST_LINES, len(self._free)):
            line = self._line(at)
            if self._gap(at) and not self._open(at - 1):
                break
            if not self._titular(at, headed=True) or _DASH.match(line.text):
                break
            if line.text[0] in "【<" or (self._sentence(at) and line.width > _LONGEST_SENTENCE):
                break
            at += 1
        return at

    def _open(self, at: int) -> bool:
        """A line that needs the next one: it ends with a particle, or with the page's edge."""
        line = self._line(at)
        if _DASH.match(line.text) or self._gap(at + 1) > 1:
            return False
        return Words.hangs(line.text) or self._page.fills(line)

    def _complete(self, at: int) -> bool:
        line = self._line(at)
        if line.width < _SHORTEST or line.spaced or self._open(at):
            return False
        return line.text[-1] not in ",，·-”’\"'"

    def _subtitles(self, start: int) -> tuple[tuple[str, ...], list[int]]:
        """Dashed lines from the free line ``start`` on, with the lines they run over."""
        texts: list[str] = []
        used: list[int] = []
        at = start
        while at < len(self._free) and len(texts) < _MOST_SUBTITLES:
            line = self._line(at)
            if _DASH.match(line.text) and self._subtitular(line):
                texts.append(line.text)
            elif texts and self._runs_over(at):
                texts[-1] = f"{texts[-1]} {line.text}"
            else:
                break
            used.append(self._free[at])
            at += 1
        return tuple(text.strip(_DASHES) for text in texts), used

    def _subtitular(self, line: Line) -> bool:
        return (
            not line.table
            and line.width <= _LONGEST_SUBTITLE
            and not _PROSE_END.search(line.text.rstrip(_DASHES))
        )

    def _runs_over(self, at: int) -> bool:
        """Whether a line is the rest of the subtitle above."""
        above, line = self._line(at - 1), self._line(at)
        if self._gap(at) or line.bullet or line.indented or line.table:
            return False
        if above.text[-1] in _DASHES or not self._page.fills(above):
            return False
        return not self._page.fills(line) and not _PROSE_END.search(line.text)

    def _joined(self, start: int, stop: int) -> str:
        return clean_line(" ".join(self._line(at).text for at in range(start, stop)))

    def _like(self, given: str) -> tuple[int, int] | None:
        """The lines that say the given title, best match first."""
        wanted = _key(given)
        best, place = _LIKE, None
        for start in range(min(len(self._free), _FIRST_LINES)):
            for stop in range(start + 1, min(start + _MOST_LINES, len(self._free)) + 1):
                if not self._may_say(stop - 1, wanted):
                    break
                score = _likeness(wanted, _key(self._joined(start, stop)))
                if score > best:
                    best, place = score, (start, stop)
            if self._sentence(start) and not self._part_of(start, wanted):
                break
        return place

    def _may_say(self, at: int, wanted: str) -> bool:
        """Titles are neither items, annexes nor, unless word for word, sentences."""
        line = self._line(at)
        if self._part_of(at, wanted):
            return True
        return not (
            line.table or _DASH.match(line.text) or _ITEM.match(line.text) or self._sentence(at)
        )

    def _part_of(self, at: int, wanted: str) -> bool:
        said = _key(self._line(at).text)
        return len(said) >= _FEWEST_LETTERS and said in wanted

    def _sentence(self, at: int) -> bool:
        return _PROSE_END.search(self._line(at).text) is not None


def _key(text: str) -> str:
    """What of a title is compared: its letters without the marks and words of a letterhead."""
    bare = _KEY.sub("", _MARK.sub("", text, count=1) or text)
    return (bare.removesuffix("보도자료") or bare)[:200]


def _likeness(one: str, other: str) -> float:
    """Of a title, the lines that it begins with are always like it: it may have a subtitle."""
    if len(other) >= _SHORTEST // 2 and one.startswith(other):
        return _LIKE + (1 - _LIKE) * len(other) / len(one)
    if not one or not other or abs(len(one) - len(other)) * 2 > len(one) + len(other):
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _fuller(given: str, printed: str) -> str:
    """The document's wording where it says all of the given one and more, else the given one."""
    short, long = _key(given), _key(printed)
    blocks = SequenceMatcher(None, short, long, autojunk=False).get_matching_blocks()
    whole = sum(block.size for block in blocks) >= len(short) - 2
    return printed if whole and len(long) > len(short) + 2 else given
