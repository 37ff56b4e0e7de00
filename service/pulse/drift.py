"""A layout that drifted: lists and posts that still read without an error, but not as they did.

What they are like by custom is told by the older half of those that are known, of lists without the
last ten, so that a drift is not taken for custom as soon as it lasts; what they are like now by the
last list where it was never otherwise, else by the last two, and by the last few texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low, mode
from typing import TypeVar

from service.model import Shape

_N = TypeVar("_N", int, float)
_ENOUGH = 5  # lists or texts to know a custom by
_LAST = 10  # lists that all may be of today
_CERTAIN = 5  # rows of a single list that are no chance
_ALWAYS = 0.9  # the share of rows that have a field which belongs to them
_OFTEN = 0.4  # the share of rows below which a field comes and goes by nature
_AS_LONG = 0.9  # of the ordinary length, the list before the fall
_STEADY = 0.6  # the share of lists with just as many rows for their number to mean anything
_WORDLESS, _WORDLESS_ONES = 10, 3  # letters; texts in a row
_SHORT, _SHORT_ONES = 0.1, 6  # of the middling length; texts in a row


def drifted(shapes: Sequence[Shape], lengths: Sequence[int]) -> str | None:
    """What is no longer as it was, Korean first, then English; None where nothing is known to be.

    ``shapes`` are those of lists, ``lengths`` the letters of texts that were opened, oldest first.
    Nothing is said of fewer than seven lists or eleven texts.
    """
    lists = [each for each in shapes if each.rows > 0]
    rows = [each.rows for each in lists]
    said = (
        _lost("날짜가", "dates", rows, [each.dated for each in lists]),
        _lost("기관명이", "publishers", rows, [each.issued for each in lists]),
        _lost("요약이", "summaries", rows, [each.teased for each in lists]),
        _fewer(rows),
        _shorter(rows, [each.title for each in lists]),
        _emptied(lengths),
    )
    return "; ".join(filter(None, said)) or None


def _lost(korean: str, english: str, rows: Sequence[int], have: Sequence[int]) -> str | None:
    """A field that is on half as many rows as ever, or on none of a list at all."""
    shares = [count / of for count, of in zip(have, rows, strict=True)]
    if len(shares) < _ENOUGH + 2:
        return None
    low = _lowest(_custom(shares))
    gone = shares[-1] <= (low / 2 if low >= _ALWAYS else 0) and rows[-1] >= _CERTAIN
    if low < _OFTEN or not (gone or max(shares[-2:]) <= low / 2):
        return None
    before, now = median_low(_custom(shares)), shares[-1]
    return (
        f"목록에서 {korean} 사라짐: 보통 {before:.0%}, 지금 {now:.0%} "
        f"(rows lost their {english}: {before:.0%} before, {now:.0%} now)"
    )


def _fewer(rows: Sequence[int]) -> str | None:
    """Half the rows went at once from lists that are always as long; others vary by nature.

    A list of the last days grows and shrinks by a few rows a day, and may do so by half in the end.
    """
    if len(rows) < _ENOUGH + 2:
        return None
    before = _custom(rows)
    ordinary, least = mode(before), min(before)
    steady = before.count(ordinary) >= _STEADY * len(before)
    now = rows[-1] if least == ordinary else max(rows[-2:])  # longer ones were read further down
    full = [each for each in rows if each > least / 2]
    if not steady or now > least / 2 or full[-1] < _AS_LONG * ordinary:
        return None
    return (
        f"목록이 짧아짐: 보통 {ordinary}줄, 지금 {rows[-1]}줄 "
        f"(the list lost rows: {ordinary} before, {rows[-1]} now)"
    )


def _shorter(rows: Sequence[int], titles: Sequence[int]) -> str | None:
    if len(titles) < _ENOUGH + 2 or min(rows[-2:]) < _CERTAIN:
        return None
    before = _custom(titles)
    if max(titles[-2:]) >= _lowest(before) / 2:
        return None
    return (
        f"제목이 짧아짐: 보통 {median_low(before)}자, 지금 {titles[-1]}자 "
        f"(titles are short: {median_low(before)} letters before, {titles[-1]} now)"
    )


def _emptied(lengths: Sequence[int]) -> str | None:
    """Texts without a word, or many short ones in a row: a few just point to their files."""
    before = lengths[: max(_ENOUGH, len(lengths) // 2)]
    if len(lengths) < _ENOUGH + _SHORT_ONES:
        return None
    middle, low = median_low(before), _lowest(before)
    wordless = max(lengths[-_WORDLESS_ONES:]) < min(_WORDLESS, low / 2)
    if not wordless and max(lengths[-_SHORT_ONES:]) >= min(_SHORT * middle, low / 2):
        return None
    return (
        f"본문이 비어 있음: 보통 {middle:,}자, 지금 {lengths[-1]:,}자 "
        f"(texts are empty: {middle:,} letters before, {lengths[-1]:,} now)"
    )


def _custom(lists: Sequence[_N]) -> Sequence[_N]:
    return lists[: max(_ENOUGH, (len(lists) - _LAST) // 2)]


def _lowest(before: Sequence[_N]) -> _N:
    """The lowest but for one in ten, which may have been a mishap of its own."""
    return sorted(before)[len(before) // 10]
