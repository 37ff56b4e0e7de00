"""What of a text is compared with other texts: its letters, and every five of them in a row."""

from __future__ import annotations

import re
from functools import lru_cache

SHINGLE = 5
_COMPARED = 8_000
_LETTERS = re.compile(r"[^\W_]+")


def letters(text: str) -> str:
    """Its letters and digits alone: marks and blanks differ from site to site."""
    return "".join(_LETTERS.findall(text)).casefold()


def compared(text: str) -> str:
    """The first 8,000 letters: what of a text is compared at all."""
    return letters(text[: 2 * _COMPARED])[:_COMPARED]


def shingles(plain: str) -> frozenset[str]:
    """Every five letters in a row."""
    return frozenset(plain[i : i + SHINGLE] for i in range(len(plain) - SHINGLE + 1))


@lru_cache(maxsize=32)
def shingled(text: str) -> frozenset[str]:
    """The shingles of what is compared. Kept for a while: one text is held against many."""
    return shingles(compared(text))
