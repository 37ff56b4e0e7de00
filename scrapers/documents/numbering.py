"""Numbers and bullets that the word processor writes before paragraphs by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

_LEVELS: Final = 10
_PLACE = re.compile(r"\^(\d{1,2})")
_SMALL = re.compile(r"[0-9]{1,4}")
_SYLLABLES = "가나다라마바사아자차카타파하"
_JAMO = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_MAX_ROMAN = 100


def _in(letters: str) -> Callable[[int], str]:
    """A list's letters by number; past their end the number itself."""
    return lambda number: letters[number - 1] if 0 < number <= len(letters) else str(number)


def _run(first: str, count: int) -> str:
    return "".join(chr(ord(first) + step) for step in range(count))


def _roman(number: int) -> str:
    if not 0 < number < _MAX_ROMAN:
        return str(number)
    letters = ""
    for value, letter in _ROMAN:
        letters += letter * (number // value)
        number %= value
    return letters


_FORMATS: Mapping[str, Callable[[int], str]] = {
    "CIRCLED_DIGIT": _in(_run("①", 20)),
    "HANGUL_SYLLABLE": _in(_SYLLABLES),
    "CIRCLED_HANGUL_SYLLABLE": _in(_run("㉮", 14)),
    "HANGUL_JAMO": _in(_JAMO),
    "CIRCLED_HANGUL_JAMO": _in(_run("㉠", 14)),
    "LATIN_CAPITAL": _in(_run("A", 26)),
    "LATIN_SMALL": _in(_run("a", 26)),
    "CIRCLED_LATIN_CAPITAL": _in(_run("Ⓐ", 26)),
    "CIRCLED_LATIN_SMALL": _in(_run("ⓐ", 26)),
    "ROMAN_CAPITAL": _roman,
    "ROMAN_SMALL": lambda number: _roman(number).lower(),
    "IDEOGRAPH": _in("一二三四五六七八九十"),
}


@dataclass
class _List:
    """One numbering: by level its pattern, its way to write numbers, its first and last number."""

    patterns: dict[int, str] = field(default_factory=dict)
    formats: dict[int, str] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)

    def next(self, level: int) -> str:
        """Count one more at ``level``; levels above begin where they have not, those below anew."""
        for above in range(level):
            self.last.setdefault(above, self.starts.get(above, 1))
        self.last[level] = self.last.get(level, self.starts.get(level, 1) - 1) + 1
        for below in range(level + 1, _LEVELS):
            self.last.pop(below, None)
        return _PLACE.sub(self._written, self.patterns.get(level, ""))

    def _written(self, place: re.Match[str]) -> str:
        level = int(place[1]) - 1
        write = _FORMATS.get(self.formats.get(level, ""), str)
        return write(self.last.get(level, 1))


class Numbering:
    """What stands before each paragraph, by the lists of the document's header."""

    def __init__(self, header: etree._Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._bullets: dict[str, str] = {}
        self._heads: dict[str, tuple[str, str, int]] = {}
        self._outline = ""
        for element in () if header is None else header.iter("{*}numbering"):
            self._lists[element.get("id", "")] = _list(element)
        for element in () if header is None else header.iter("{*}bullet"):
            self._bullets[element.get("id", "")] = element.get("char", "")
        for element in () if header is None else header.iter("{*}paraPr"):
            heading = element.find(".//{*}heading")
            if heading is not None and heading.get("type") != "NONE":
                self._heads[element.get("id", "")] = (
                    heading.get("type", ""),
                    heading.get("idRef", ""),
                    number(heading, "level", 0),
                )

    def enter(self, section: etree._Element) -> None:
        """Take up the outline that a section names."""
        properties = section.find(".//{*}secPr")
        if properties is not None:
            self._outline = properties.get("outlineShapeIDRef", "")

    def head(self, paragraph: etree._Element) -> str:
        """What stands before this paragraph, with a blank; ``""`` for most. Counts it."""
        kind, reference, level = self._heads.get(paragraph.get("paraPrIDRef", ""), ("", "", 0))
        if kind == "BULLET":
            written = self._bullets.get(reference, "")
        else:
            numbered = self._lists.get(self._outline if kind == "OUTLINE" else reference)
            written = numbered.next(level) if kind and numbered and level < _LEVELS else ""
        return f"{written} " if written else ""


def number(element: etree._Element | None, key: str, otherwise: int) -> int:
    """A small attribute that is a number; ``otherwise`` where it is none."""
    value = "" if element is None else element.get(key, "")
    return int(value) if _SMALL.fullmatch(value) else otherwise


def _list(element: etree._Element) -> _List:
    read = _List()
    for head in element.iterchildren("{*}paraHead"):
        level = number(head, "level", 1) - 1
        read.patterns[level] = head.text or ""
        read.formats[level] = head.get("numFormat", "DIGIT")
        read.starts[level] = number(head, "start", 1)
    return read
