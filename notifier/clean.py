"""Whatever was scraped or typed, as clean short lines and harmless links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from notifier.model import Hit

_MOST_READ = 20_000  # characters of a text: of a longer one hardly a word is shown
LONGEST = 500  # characters of one line, so that nobody's title buries the rest
_LONGEST_LINK = 2000
_URL = "%#$&+,/:;=?@"  # what stands in an address besides letters and digits


@dataclass(frozen=True, slots=True)
class Piece:
    """Some letters of a line; ``marked``: they are what a rule hit."""

    text: str
    marked: bool = False


Line = tuple[Piece, ...]


def matched(hit: Hit, most: int = LONGEST) -> Line:
    """The rule and the words around its hits, ``most`` characters of each.

    A rule may match without words, by publisher alone.
    """
    rule, words = line(hit.rule, most), _pieces(hit, most)
    return (Piece(f"{rule}: "), *words) if words else (Piece(rule),)


def lines(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text in one line, but for those that have nothing to show."""
    return tuple(shown for shown in map(line, texts) if shown)


def line(text: str, most: int = LONGEST) -> str:
    """One line of ``text``: a terminal escape or a bidi override must not reach a reader."""
    read = text[:_MOST_READ]
    if not read.isprintable():
        read = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in read)
    return cut(" ".join(read.split()), most)


def cut(text: str, most: int) -> str:
    """``text``, or its beginning with an ellipsis: at most ``most`` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def link(url: str) -> str:
    """The address in ASCII, free of what ends one in a text, an attribute or a markup; or empty."""
    shown = "".join(c for c in url.strip() if c.isprintable())
    if not shown.lower().startswith(("http://", "https://")):
        return ""
    linked = quote(shown, safe=_URL)
    return linked if len(linked) <= _LONGEST_LINK else ""


def _pieces(hit: Hit, most: int) -> Line:
    """The excerpt taken apart where a hit begins or ends."""
    text = hit.excerpt[:most]
    marked = bytearray(len(text))
    for start, end in hit.marks:
        for at in range(max(0, start), min(end, len(text))):
            marked[at] = True
    shown: list[tuple[str, int]] = []
    for char, mark in zip(text, marked, strict=True):
        if char.isprintable() and char != " ":
            shown.append((char, mark))
        elif char.isspace() and shown and shown[-1][0] != " ":
            shown.append((" ", mark))
    if shown and shown[-1][0] == " ":
        shown.pop()
    runs = groupby(shown, key=lambda each: each[1])
    return tuple(Piece("".join(char for char, _ in run), bool(mark)) for mark, run in runs)
