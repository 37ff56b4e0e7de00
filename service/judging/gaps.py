"""What stands in a sentence where other words stood: its figures one by one, then its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from service.judging.aligned import unmatched
from service.judging.sentences import LABELLED, Page, Sentence, Token, plain
from service.model import Change, Printed

_SHOWN = 60
_DIGITS = re.compile(r"\d+")
_RANK = (
    r"(?:장관|차관|청장|처장|차장|실장|국장|과장|단장|팀장|원장|소장|센터장|위원장|사무관|주무관)"
)
_RANK_BEHIND = re.compile(rf"[ ]?[가-힣]{{0,12}}{_RANK}")
_RANK_AHEAD = re.compile(rf"{_RANK}[ :(]{{1,3}}$")
_NAME = re.compile(r"[가-힣]{2,4}")
_PLACE = re.compile(
    r"[가-힣A-Za-z0-9]{1,12}(?:시청|도청|구청|군청|청사|회관|호텔|센터|컨벤션|회의실|회의장|박물관"
    r"|체육관|미술관|도서관|공원|광장|전시장|캠퍼스|대학교|특별시|광역시)(?:에서|에|으로|로|의)?"
)
_PLACED = re.compile(r"(?:장소|위치|소재지|개최지|주소)[^가-힣\n]{0,6}$")
_REACH = 16
_SMALL = 2

_Figures = tuple[Token, ...]


class Order(IntEnum):
    """What a reader wants to know first."""

    DAY = 0
    FIGURE = 1
    SENTENCE = 2
    NAME = 3
    WORDS = 4


class Told(NamedTuple):
    """A change and how soon it is told among those that weigh as much."""

    order: Order
    change: Change


def told(
    what: str, old: Page, gone: Sequence[Token], new: Page, come: Sequence[Token]
) -> Iterator[Told]:
    """What ``come`` says where ``gone`` stood; ``what`` names the place."""
    was, now = ([each for each in side if each.sort != "word"] for side in (gone, come))
    for before, after in _pairs(was, now):
        shown = _shown(old, before), _shown(new, after)
        if before and after and before[0].day and after[0].day and len(before) == len(after) == 1:
            shown = days(before[0].day, after[0].day)
        if shown[0] != shown[1]:
            order = Order.DAY if any(each.day for each in (*before, *after)) else Order.FIGURE
            weighty = not _stands(before, after, old, new)
            yield Told(order, Change(what, *shown, weighty))
    lost, added = ([each for each in side if each.sort == "word"] for side in (gone, come))
    yield from _words(what, old, lost, new, added)


def days(before: Printed | None, after: Printed | None) -> tuple[str, str]:
    """Both as people write them, 5.20 and 5.27 18:00, with the year only where it differs."""
    differ = before is not None and after is not None and before.day.year != after.day.year
    return _day(before, year=differ), _day(after, year=differ)


def clip(text: str, longest: int) -> str:
    """In one line, at most so long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def clipped(before: str, after: str, longest: int) -> tuple[str, str]:
    """Both at most so long, what they begin with alike left out where it would hide the rest."""
    shown = clip(before, longest), clip(after, longest)
    if shown[0] != shown[1] or before == after:
        return shown
    one, other = " ".join(before.split()), " ".join(after.split())
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    at = max(0, (at or min(len(one), len(other))) - longest // 2)
    return clip(f"…{one[at:]}", longest), clip(f"…{other[at:]}", longest)


def says_anew(sentence: Sentence, other: Page) -> bool:
    """Whether it holds a figure that the other page does not print.

    A bare number is printed on any page: a large one says something, and several in a row do. The
    list of attachments says nothing that anybody acts upon.
    """
    if LABELLED.match(sentence.printed):
        return False
    figures = [each.key for each in sentence.tokens if each.sort in {"figure", "day", "phone"}]
    bare = [key for key in figures if key.isdecimal()]
    counted = any(key not in other.figures for key in figures if not key.isdecimal())
    return counted or len(bare) > 1 or any(len(key) > _SMALL for key in bare)


def _day(moment: Printed | None, *, year: bool) -> str:
    if moment is None:
        return ""
    printed = f"{moment.day.month}.{moment.day.day}"
    printed = f"{moment.day.year}.{printed}" if year else printed
    return f"{printed} {moment.clock}" if moment.clock else printed


def _pairs(before: list[Token], after: list[Token]) -> Iterator[tuple[_Figures, _Figures]]:
    """Figures one to one where they are as many, else all of them; equal ones are left out."""
    was, now = ([each.key for each in side] for side in (before, after))
    both = Counter(was) & Counter(now)
    gone, come = [before[n] for n in unmatched(was, both)], [after[n] for n in unmatched(now, both)]
    if _are_one(gone, come):
        return
    if len(gone) == len(come):
        yield from (((a,), (b,)) for a, b in zip(gone, come, strict=True) if not _are_one([a], [b]))
    else:
        yield tuple(gone), tuple(come)


def _are_one(gone: Sequence[Token], come: Sequence[Token]) -> bool:
    """Whether one side only splits what the other prints in a piece: 12월, 1 and 12.1.

    The end of a range, 11.1 ~ 2, is a day in one spelling and a number in another; so is 11일.
    """
    if [bool(each.day) for each in gone] == [bool(each.day) for each in come]:
        return False
    one, other = sorted((_digits(gone), _digits(come)), key=len)
    return bool(one) and ("".join(one) == "".join(other) or one == other[-len(one) :])


def _digits(tokens: Iterable[Token]) -> list[str]:
    """Numbers in a row, of a day its month, day and clock, full hours without minutes."""
    found: list[str] = []
    for each in tokens:
        if each.day:
            found += [str(each.day.day.month), str(each.day.day.day)]
        numbers = _DIGITS.findall((each.day.clock or "") if each.day else each.key)
        found += [number for number in numbers if number != "00"]
    return found


def _stands(before: _Figures, after: _Figures, old: Page, new: Page) -> bool:
    """Whether what is here on one side only is said at another place of the other."""
    if before and after:
        return False
    tokens, other = (before, new) if before else (after, old)
    return all(each.sort == "address" or each.key in other.figures for each in tokens)


def _shown(of: Page, tokens: Iterable[Token]) -> str:
    """Figures as printed, days as people write them."""
    printed = (days(each.day, None)[0] or of.quote(each.start, each.end) for each in tokens)
    return clip(", ".join(printed), _SHOWN)


def _words(
    what: str, old: Page, gone: Sequence[Token], new: Page, come: Sequence[Token]
) -> Iterator[Told]:
    was, now = old.printed(gone), new.printed(come)
    if plain(was) == plain(now):
        return
    named = bool(gone and come) and _is_named(old, gone, was, now)
    named = named and was not in new.text and now not in old.text
    order = Order.NAME if named else Order.WORDS
    yield Told(order, Change(what, *clipped(was, now, _SHOWN), weighty=named))


def _is_named(old: Page, gone: Sequence[Token], was: str, now: str) -> bool:
    """Whether somebody or some place stands where another did."""
    ahead = old.text[max(0, gone[0].start - _REACH) : gone[0].start]
    behind = old.text[gone[-1].end : gone[-1].end + 2 * _REACH]
    ranked = _RANK_AHEAD.search(ahead) or _RANK_BEHIND.match(behind)
    placed = _PLACED.search(ahead) or any(map(_PLACE.fullmatch, (*was.split(), *now.split())))
    return bool(placed or (ranked and _NAME.fullmatch(was) and _NAME.fullmatch(now)))
