"""Scraped text → the text a person reads: one spelling of every letter and blank."""

from __future__ import annotations

import re
import unicodedata

# Letters nobody sees or nobody can show: zero-width marks and joiners, private-use glyphs of the
# word processors, control characters, halves of surrogate pairs. Postgres refuses some of them.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
_MARKS = frozenset(filter(unicodedata.combining, map(chr, range(0x300, 0x20000))))
_PILED = re.compile("([{0}]{{30}})[{0}]+".format("".join(sorted(_MARKS))))
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")
_REPRINT_NOTICE = re.compile(
    r"이 자료는 [^\n]{1,60}?의 보도\s?자료를 전재하여 제공함을 알려드립니다\s?\.?"
)


def clean(text: str) -> str:
    """Clean body text: NFC, plain blanks, at most one empty line, no portal furniture."""
    lines = legible(text).split("\n")
    trimmed = "\n".join(line.rstrip() for line in lines)
    without = "\n".join(line.rstrip() for line in _REPRINT_NOTICE.sub("", trimmed).split("\n"))
    return _BLANK_LINES.sub("\n\n", without).strip()


def clean_line(text: str) -> str:
    """Clean a title: one line with single blanks."""
    return " ".join(legible(text).split())


def legible(text: str) -> str:
    """NFC without letters that nobody sees, its blanks and the ends of its lines plain."""
    composed = _composed(_LINE_END.sub("\n", text))
    if composed.isascii() and composed.isprintable():
        return composed
    return "".join(map(_letter, composed))


def _composed(text: str) -> str:
    """NFC, at most 30 marks on a letter: to sort a pile takes time quadratic in its height."""
    piled = not _MARKS.isdisjoint(text)
    return unicodedata.normalize("NFC", _PILED.sub(r"\1", text) if piled else text)


def _letter(char: str) -> str:
    if char in "\n\t":
        return char
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    return "" if category in _UNSEEN else char
