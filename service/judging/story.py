"""Is it the same announcement? Identity only: the same page, or the same text to the letter.

A false merge hides a release, so likeness is told to a person (``score``) but decides nothing.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from service.reading.urls import canonical

# Below this many letters a text may be a formula that serves many occasions (a schedule, an
# appointment): it is the same only under the same title of the same publisher.
_TELLING = 200
_SHINGLE = 5
_COMPARED = 8_000


class Copy(NamedTuple):
    """One appearance of an announcement. ``url`` and ``publisher`` None where unknown."""

    url: str | None
    title: str
    text: str
    publisher: str | None


class Verdict(NamedTuple):
    """``score`` is 0..1, how much of the shorter text is in the longer one."""

    same: bool
    score: float
    reason: str


def keys(url: str | None, title: str, text: str, publisher: str | None) -> tuple[str, ...]:
    """Identity keys, the surest first. Two appearances that share one are the same announcement."""
    found = [f"url:{canonical(url)}"] if url else []
    letters = _letters(text)
    if len(letters) >= _TELLING:
        found.append(f"text:{_digest(letters)}")
    elif letters:
        found.append(f"text:{_digest(publisher or '', _letters(title), letters)}")
    return tuple(found)


def same(a: Copy, b: Copy) -> Verdict:
    """Whether two appearances are one announcement, and why."""
    shared = [key for key in keys(*a) if key in keys(*b)]
    if not shared:
        return Verdict(same=False, score=_containment(a.text, b.text), reason="no shared identity")
    by_url = shared[0].startswith("url:")
    return Verdict(same=True, score=1.0, reason="same address" if by_url else "same text")


def _letters(text: str) -> str:
    return "".join(text.split())


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _containment(a: str, b: str) -> float:
    one, other = _shingles(a), _shingles(b)
    smaller = min(len(one), len(other))
    return round(len(one & other) / smaller, 4) if smaller else 0.0


def _shingles(text: str) -> set[str]:
    letters = _letters(text)[:_COMPARED]
    return {letters[i : i + _SHINGLE] for i in range(len(letters) - _SHINGLE + 1)}
