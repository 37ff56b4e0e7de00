"""What a text says otherwise than it did: days and figures first, then sentences, then words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from service.judging.aligned import Block, blocks, unmatched
from service.judging.gaps import Order, Told, clip, says_anew, told
from service.judging.sentences import Page, page, plain
from service.model import Change

_READ = 300_000
"""Characters, more than a hundred pages. Of more, only figures that became others are told."""
_QUOTED = 20
_SENTENCE = 100
_LOOKED_BACK = 8
_KEPT = 0.5
"""Of a sentence's letters: below it another sentence stands in its place."""
_TELLING = 8
_EFFORT = 200_000_000
"""Letters compared in search of sentences that stand elsewhere: about a tenth of a second."""

_LETTER = re.compile(r"[^\W\d_]")
_EDGES = " \t\n,.·:;*-~()[]<>「」『』｢｣“”‘’\"'"


def rewritten(old: str, new: str, near: date | None) -> tuple[Change, ...]:
    """What ``new`` says otherwise than ``old``, weighty and important ones first.

    ``near``: the day that a date without a year is near to. Empty where only blanks, breaks,
    marks, order or the page's own furniture differ. Takes a second for 300,000 characters.
    """
    if old == new:
        return ()
    found = list(_told(page(old[:_READ], near), page(new[:_READ], near)))
    if max(len(old), len(new)) > _READ:  # what was cut off is not gone
        found = [each for each in found if each.order <= Order.FIGURE and each.change.before]
        found = [each for each in found if each.change.after]
    found.sort(key=lambda each: (not each.change.weighty, each.order))
    return tuple(_once(found))


def _once(found: Iterable[Told]) -> Iterator[Change]:
    """A figure that became another is told once, however often it is printed."""
    seen: set[tuple[str, str]] = set()
    for _, change in found:
        pair = change.before, change.after
        if pair not in seen:
            yield change
        seen.add(pair)


def _told(a: Page, b: Page) -> Iterator[Told]:
    one, other = [each.key for each in a.sentences], [each.key for each in b.sentences]
    differing = blocks(one, other)
    gone = [i for each in differing for i in range(each.i1, each.i2)]
    come = [j for each in differing for j in range(each.j1, each.j2)]
    was, now = [one[i] for i in gone], [other[j] for j in come]
    both = Counter(was) & Counter(now)  # these only stand at another place now
    lost = {gone[n] for n in unmatched(was, both)}
    added = {come[n] for n in unmatched(now, both)}
    stretches = [
        _Stretch(
            _Side(a, [i for i in range(each.i1, each.i2) if i in lost]),
            _Side(b, [j for j in range(each.j1, each.j2) if j in added]),
        )
        for each in differing
    ]
    for each in stretches:
        yield from each.gaps_told()
    lost = _not_elsewhere([n for each in stretches for n in each.lost], one, "".join(other))
    added = _not_elsewhere([n for each in stretches for n in each.added], other, "".join(one))
    for each in stretches:
        yield from each.sentences_told(lost, added)


def _not_elsewhere(own: Sequence[int], keys: Sequence[str], whole: str) -> set[int]:
    """Which sentences the other page does not have inside of others."""
    if len(own) * len(whole) > _EFFORT:
        return set(own)
    return {i for i in own if len(keys[i]) < _TELLING or keys[i] not in whole}


class _Side:
    """The sentences of one page that have no equal on the other, in a row."""

    def __init__(self, of: Page, numbers: Sequence[int]) -> None:
        self.page = of
        self.numbers = numbers
        self.known = frozenset(numbers)
        self.tokens = [token for n in numbers for token in of.sentences[n].tokens]
        self.owners = [n for n in numbers for _ in of.sentences[n].tokens]
        self.keys = [token.key for token in self.tokens]

    def replaced(self, gaps: Sequence[tuple[int, int, bool]]) -> set[int]:
        """Sentences of which too little is left. ``gaps``: from, to, whether nothing came.

        A row of bare figures is replaced where nothing came.
        """
        letters, missing = Counter[int](), Counter[int]()
        touched, answered = set[int](), set[int]()
        for owner, token in zip(self.owners, self.tokens, strict=True):
            letters[owner] += len(token.key) * (token.sort == "word")
        for start, end, alone in gaps:
            owners = self.owners[start:end]
            for owner, token in zip(owners, self.tokens[start:end], strict=True):
                missing[owner] += len(token.key) * (token.sort == "word")
            touched.update(owners)
            answered.update(() if alone else owners)
        return {
            n
            for n in touched
            if (missing[n] > _KEPT * letters[n] if letters[n] else n not in answered)
        }

    def sentences(self, which: set[int]) -> Iterator[list[int]]:
        """Those that follow each other, together."""
        for is_one, run in groupby(self.numbers, key=lambda n: n in which):
            if is_one:
                yield list(run)


class _Stretch:
    """Sentences of both pages that stand at the same place and are not the same."""

    def __init__(self, old: _Side, new: _Side) -> None:
        self._old, self._new = old, new
        self._gaps = [each for each in blocks(old.keys, new.keys) if _differ(old, new, each)]
        self.lost = old.replaced([(gap.i1, gap.i2, gap.j1 == gap.j2) for gap in self._gaps])
        self.added = new.replaced([(gap.j1, gap.j2, gap.i1 == gap.i2) for gap in self._gaps])

    def gaps_told(self) -> Iterator[Told]:
        """What changed inside of sentences."""
        old, new = self._old, self._new
        ends = [Block(0, 0, 0, 0), *self._gaps, Block(len(old.keys), 0, len(new.keys), 0)]
        for before, gap, behind in zip(ends, self._gaps, ends[2:], strict=False):
            ones = [k for k in range(gap.i1, gap.i2) if old.owners[k] not in self.lost]
            others = [k for k in range(gap.j1, gap.j2) if new.owners[k] not in self.added]
            if ones:
                around = _around(old, ones, before.i2, behind.i1)
            elif others:
                around = _around(new, others, before.j2, behind.j1)
            else:
                continue
            what = " ".join(filter(None, ["본문", around, "(text)"]))
            gone, come = [old.tokens[k] for k in ones], [new.tokens[k] for k in others]
            yield from told(what, old.page, gone, new.page, come)

    def sentences_told(self, lost: set[int], added: set[int]) -> Iterator[Told]:
        """Whole sentences that went and came."""
        for run in self._old.sentences(self.lost & lost):
            yield _sentences(self._old.page, run, self._new.page, added=False)
        for run in self._new.sentences(self.added & added):
            yield _sentences(self._new.page, run, self._old.page, added=True)


def _differ(old: _Side, new: _Side, gap: Block) -> bool:
    if "".join(old.keys[gap.i1 : gap.i2]) == "".join(new.keys[gap.j1 : gap.j2]):
        return False
    was = old.page.printed(old.tokens[gap.i1 : gap.i2])
    return plain(was) != plain(new.page.printed(new.tokens[gap.j1 : gap.j2]))


def _around(side: _Side, at: Sequence[int], low: int, high: int) -> str:
    """The words before it in its sentence, else those behind it, else those of a sentence above.

    ``low`` and ``high``: between these tokens nothing else changed.
    """
    text, own = side.page.text, side.page.sentences
    first, last = side.owners[at[0]], side.owners[at[-1]]
    start = max(own[first].tokens[0].start, side.tokens[low].start)
    if before := _tail(text[start : side.tokens[at[0]].start]):
        return f"‘{before} …’"
    end = min(own[last].tokens[-1].end, side.tokens[high - 1].end)
    if after := _head(text[side.tokens[at[-1]].end : end]):
        return f"‘… {after}’"
    same = (n for n in range(first - 1, max(-1, first - _LOOKED_BACK), -1) if n not in side.known)
    above = (text[own[n].tokens[0].start : own[n].tokens[-1].end] for n in same)
    return next((f"‘{words} …’" for each in above if (words := _tail(each))), "")


def _tail(text: str) -> str:
    line = clip(text, len(text))
    if len(line) > _QUOTED:
        line = line[-_QUOTED:].partition(" ")[2] or line[-_QUOTED:]
    return line.strip(_EDGES) if _LETTER.search(line) else ""


def _head(text: str) -> str:
    return _tail(text[::-1])[::-1]


def _sentences(of: Page, run: Sequence[int], other: Page, *, added: bool) -> Told:
    """Sentences that came or went together: the first of them, and how many more."""
    shown = clip(of.sentences[run[0]].printed, _SENTENCE)
    shown = f"{shown} 외 {len(run) - 1}줄" if len(run) > 1 else shown
    weighty = any(says_anew(of.sentences[n], other) for n in run)
    what, words = "본문 문장 (sentence)", ("", shown) if added else (shown, "")
    return Told(Order.SENTENCE, Change(what, *words, weighty))
