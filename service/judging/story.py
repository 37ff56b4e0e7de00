"""Is it the same announcement? Identity first: the same page, or the same text to the letter.

Likeness decides where there is none, and a false merge hides a release: see ``likeness``.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from service.judging.likeness import Copy, Verdict, judge
from service.reading.urls import canonical

__all__ = ["Copy", "Verdict", "keys", "same", "titled_key"]

# Below this many letters a text may be a formula that serves many occasions (a schedule, an
# appointment): it is the same only under the same title of the same publisher on the same day.
_TELLING = 200


def keys(
    url: str | None, title: str, text: str, publisher: str | None, published: date | None = None
) -> tuple[str, ...]:
    """Identity keys, the surest first. Two appearances that share one are the same announcement.

    ``published`` is a day in Seoul: a short text of another day (a weekly schedule) is another.
    """
    found = [f"url:{canonical(url)}"] if url else []
    letters = _letters(text)
    if len(letters) >= _TELLING:
        found.append(f"text:{_digest(letters)}")
    elif letters:
        day = published.isoformat() if published else ""
        found.append(f"text:{_digest(publisher or '', _letters(title), letters, day)}")
    return tuple(found)


def titled_key(title: str, text: str) -> tuple[str, ...]:
    """The key of a text that came as a document; none for one too short to tell.

    A ministry may attach one document to several announcements (a form, a guideline): it makes two
    appearances the same only under the same title.
    """
    letters = _letters(text)
    if len(letters) < _TELLING:
        return ()
    return (f"titled:{_digest(_letters(title), letters)}",)


def same(a: Copy, b: Copy) -> Verdict:
    """Whether two appearances are one announcement, and why."""
    theirs = keys(*b)
    shared = [key for key in keys(*a) if key in theirs]
    if not shared:
        return judge(a, b)
    by_url = shared[0].startswith("url:")
    reason = "같은 주소 (same address)" if by_url else "같은 본문 (same text)"
    return Verdict(same=True, score=1.0, reason=reason, how="identical")


def _letters(text: str) -> str:
    return "".join(text.split())


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
