"""A text as two versions of it are compared: sentences and table rows, each in its tokens.

What two sites print differently and nobody reads differently is none of it: blanks, breaks of
lines, quotes, dashes, bullets, numbering, full-width forms, the counter of a page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from service.model import Printed
from service.reading import phones
from service.reading.clean import clean
from service.reading.times import stamps

Sort = Literal["word", "figure", "day", "phone", "address"]

# Numbers in circles and brackets: one site prints them, another a bullet.
_ENCLOSED = dict.fromkeys(
    (
        *range(0x2460, 0x2500),
        *range(0x2776, 0x2794),
        *range(0x3200, 0x321C),
        *range(0x3220, 0x3248),
        *range(0x3251, 0x32C0),
    ),
    " ",
) | {0x318D: "·"}  # ㆍ is a letter, typed for a point
# ㅇ and ㅁ are typed for ○ and □; NFKC makes the first letters of syllables of them.
_NUMBERING = re.compile(
    r"(?m)^[^\w\n]{0,6}"
    r"(?:\d{1,2}(?:[)\]][ \t]{0,3}|\.[ \t]{1,3})(?=[^\W\d]|[「｢<\[])"
    r"|[ᄋᄆ][ \t]{0,3}|[oO][ \t]{1,3})"
)
_BULLETS = " \t\n□■○●◦◇◆▪▸▶•·∙*※-"
_OF_THE_PAGE = re.compile(
    r"조회(?:[ ]?수|[ ]?:)[ :]{0,3}\d[\d,]{0,11}[ ]?(?:회|건)?(?!\w)"
    r"|(?m:^\W{0,5}(?:최종[ ]?)?(?:수정|업데이트|갱신|게시|작성)[ ]?(?:일자|일시|일|시간)"
    r"[ ]{0,3}:?[ ]{0,3}[\d.\-/:() 년월일화수목금토오전후시분]{6,40}$)"
    r"|(?m:^[^\n]{0,100}공공누리[^\n]{0,10}유형[^\n]{0,100}$)"
)
_BREAK = re.compile(r"\n|(?<=[가-힣])[.!?][\"'”’)」]{0,2}[ \t]+")

_GAP = r"[ \t]{0,2}"
_NUMBER = r"\d{1,20}(?:,\d{3}(?!\d)){0,6}(?:\.\d{1,6}){0,4}"
_POWERS = "[십백천만억조]{1,3}"
_CLEAR = "개사|개소|개국|개월|가구|세대|시간|마리|명|원|달러|불|유로|위안|엔|%p|%|km|ha|kg"
_SHORT = "개|건|곳|대|톤|호|차|회|기|년|월|주|일|시|분|초|배|쪽|종|점|위"
# 2 기관 are no 2기: a short unit behind a blank ends there, or a particle follows.
_ENDED = "(?![가-힣])|(?=[은는이가을를의에로도만과와씩당]|까지|부터|으로|이상|이하|미만|초과)"
_TOKEN = re.compile(
    rf"""(?P<address>(?:https?://|www\.)[!#-&*-;=?-Z\\^-z|~]{{1,300}}
        |[A-Za-z0-9._+-]{{1,64}}@[A-Za-z0-9.-]{{1,64}})
    |(?P<phone>{phones.ANY}|(?<!\d)1[568]\d\d-\d{{4}}(?!\d))
    |(?P<figure>
        (?:['’‘`′](?P<short>\d\d)(?!\d)(?:\.\d{{1,2}}(?!\d))?
          |\d{{1,2}}:[0-5]\d(?!\d)
          |(?:[△▽]|(?<=\()[-−])?{_NUMBER}
            (?:{_POWERS}(?:{_GAP}{_NUMBER}{_POWERS}){{0,3}})?)
        (?:{_CLEAR}|{_SHORT}
          |[ \t]{{1,2}}(?:{_POWERS}[ ]?)?(?:{_CLEAR}|(?:{_SHORT})(?:{_ENDED})))?(?:[ ]?[↑↓])?)
    |(?P<word>[^\W\d_]+)""",
    re.VERBOSE,
)
# 붙임 1 counts nothing that anybody acts upon.
_LABELS = "(?:붙임|별첨|별지|별표|첨부|참고|그림|사진|표)"
_LABEL = re.compile(rf"{_LABELS}[ >\])】:]{{0,3}}$")
_LABELLED = 6
LABELLED = re.compile(rf"[^\w]{{0,6}}{_LABELS}[ >\])】:]{{0,3}}(?:\d|$)")
"""How the list of attachments begins."""
_ORDINAL = re.compile(r"\d{1,2}")
_LEAP = (2, 29)
_YOUNG = 70  # a year of two digits from here on is of the last century
_BETWEEN_DIGITS = re.compile(r"(?<=\d),(?=\d{3})|[ \t]")
_ZEROS = re.compile(r"^(\D?)0+(?=\d)")
_WEEKDAY = re.compile(r"\([월화수목금토일]\)")
_PLAIN = re.compile(r"[^\W_]|(?<=\d)\.(?=\d)")


class Token(NamedTuple):
    """``key`` is what is compared; ``start`` and ``end`` are offsets into the page's text.

    ``day`` is what a day's key was made from.
    """

    key: str
    sort: Sort
    start: int
    end: int
    day: Printed | None = None


class Sentence(NamedTuple):
    """A sentence, a heading or a row of a table; ``key`` are those of its tokens in a row."""

    key: str
    tokens: tuple[Token, ...]
    printed: str


@dataclass(frozen=True, slots=True)
class Page:
    """``text`` as it is compared and quoted, and its sentences, those without a letter left out.

    ``figures`` are the keys of all that are no words.
    """

    text: str
    sentences: tuple[Sentence, ...]
    figures: frozenset[str]

    def quote(self, start: int, end: int) -> str:
        """A stretch of it in one line."""
        return " ".join(self.text[start:end].split())

    def printed(self, tokens: Iterable[Token]) -> str:
        """Tokens as they stand there, a blank between them."""
        return " ".join(self.text[each.start : each.end] for each in tokens)


def page(text: str, near: date | None) -> Page:
    """Take a text apart. ``near``: the day that a date without a year is near to."""
    normal = unicodedata.normalize("NFKC", clean(text).translate(_ENCLOSED))
    normal = _NUMBERING.sub("", _OF_THE_PAGE.sub("", normal))
    tokens = list(_tokens(normal, near))
    figures = frozenset(each.key for each in tokens if each.sort != "word")
    return Page(normal, tuple(_sentences(normal, tokens)), figures)


def _sentences(text: str, tokens: Sequence[Token]) -> Iterator[Sentence]:
    ends = [*(found.end() for found in _BREAK.finditer(text)), len(text)]
    start, first = 0, 0
    for end in ends:
        last = first
        while last < len(tokens) and tokens[last].start < end:
            last += 1
        if last > first:
            own = _numbered(tokens[first:last])
            printed = text[min(start, own[0].start) : max(end, own[-1].end)]
            yield Sentence("".join(each.key for each in own), own, printed.strip(_BULLETS))
        start, first = end, last


def _numbered(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """A bare number before the first word is that of a heading or of a row."""
    first = tokens[0]
    if len(tokens) > 1 and tokens[1].sort == "word" and _ORDINAL.fullmatch(first.key):
        return (first._replace(sort="word"), *tokens[1:])
    return tuple(tokens)


def plain(text: str) -> str:
    """Its letters and digits, points inside of numbers: equal where only typography differs."""
    return "".join(_PLAIN.findall(_WEEKDAY.sub("", text))).casefold()


def _tokens(text: str, near: date | None) -> Iterator[Token]:
    at = 0
    for stamp in stamps(text, near):
        start, end = stamp.span
        yield from _between_days(text, at, start)
        day = Printed(stamp.day if stamp.year_written else _near(stamp.day, near), stamp.clock)
        yield Token(f"{day.day} {day.clock or ''}", "day", start, end, day)
        at = end
    yield from _between_days(text, at, len(text))


def _near(day: date, near: date | None) -> date:
    """In the year nearest by: a day put right beside its old weekday is not one of last year."""
    if near is None or (day.month, day.day) == _LEAP:
        return day
    years = (day.replace(year=year) for year in range(near.year - 1, near.year + 2))
    return min(years, key=lambda each: abs(each - near))


def _between_days(text: str, start: int, end: int) -> Iterator[Token]:
    for found in _TOKEN.finditer(text, start, end):
        printed = found[0]
        if found["word"]:
            yield Token(printed.casefold(), "word", *found.span())
        elif found["figure"]:
            ahead = text[max(0, found.start() - _LABELLED) : found.start()]
            sort: Sort = "word" if _LABEL.search(ahead) else "figure"
            yield Token(_figure(found), sort, *found.span())
        elif found["phone"]:
            yield Token(phones.spelt(printed), "phone", *found.span())
        else:
            tail = len(printed) - len(printed.rstrip(".,;:/"))
            key = printed.casefold().partition("://")[2] or printed.casefold()
            yield Token(key.rstrip(".,;:/"), "address", found.start(), found.end() - tail)


def _figure(found: re.Match[str]) -> str:
    """``3억 원`` → 3억원, ``1,000명`` → 1000명, ``'26년`` → 2026년."""
    printed = found[0]
    if short := found["short"]:
        printed = f"{19 if int(short) >= _YOUNG else 20}{printed[1:]}"
    return _ZEROS.sub(r"\1", _BETWEEN_DIGITS.sub("", printed))
