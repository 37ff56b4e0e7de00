"""Letters as a document stores them → letters as a reader sees them."""

from __future__ import annotations

import re
import unicodedata

_WINGDINGS = {  # as Hangul and Word keep them: U+F000 and the place in the font
    0x46: "☞", 0x6C: "●", 0x6D: "○", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "□", 0x72: "□",
    0x73: "◆", 0x74: "◆", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9E: "·", 0x9F: "•", 0xA0: "·",
    0xA1: "○", 0xA2: "○", 0xA3: "○", 0xA4: "◉", 0xA5: "◎", 0xA7: "▪", 0xA8: "□", 0xAB: "★",
    0xD8: "▷", 0xDF: "←", 0xE0: "→", 0xE8: "→", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFE: "☑",
}  # fmt: skip
_GLYPHS = {
    **{0xF000 + place: glyph for place, glyph in _WINGDINGS.items()},
    **{0xF081 + number: chr(ord("①") + number) for number in range(10)},
    **{0xF08C + number: chr(ord("❶") + number) for number in range(10)},
    **{0xF02B1 + number: chr(ord("①") + number) for number in range(20)},  # Hancom's boxed numbers
    0xF53A: "ᄒᆞᆫ",  # Hanyang's code for the syllable in the name of the word processor
}
_MARKS = frozenset(filter(unicodedata.combining, map(chr, range(0x300, 0x20000))))
_PILED = re.compile("([{0}]{{30}})[{0}]+".format("".join(sorted(_MARKS))))
_OWN_PICTURES = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r" {2,}")
# Formatting, private use, halves of surrogate pairs: letters nobody sees, or nobody can show.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})


def legible(text: str) -> str:
    """NFC, single plain blanks, no controls but line end and tab, known bullets for glyphs.

    Blanks at the ends of lines go; the lines stay as they are.
    """
    composed = _composed(_LINE_END.sub("\n", text))
    if not (composed.isascii() and composed.isprintable()):
        composed = "".join(map(_letter, composed))
    return "\n".join(line.strip(" ") for line in _BLANKS.sub(" ", composed).split("\n"))


def unnamed(text: str) -> int:
    """How many letters are a font's own pictures that ``legible`` does not know and leaves out."""
    return sum(ord(char) not in _GLYPHS for char in _OWN_PICTURES.findall(text))


def _composed(text: str) -> str:
    """NFC, at most 30 marks on a letter: to sort a pile takes time quadratic in its height."""
    piled = not _MARKS.isdisjoint(text)
    return unicodedata.normalize("NFC", _PILED.sub(r"\1", text) if piled else text)


def _letter(char: str) -> str:
    if char in "\n\t" or "가" <= char <= "힣":
        return char
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    return _GLYPHS.get(ord(char), "") if category in _UNSEEN else char
