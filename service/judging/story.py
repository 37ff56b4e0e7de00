"""Is it the same announcement? Identity first: the same page, or the same text to the letter.

Likeness decides where there is none, and a false merge hides a release: see ``likeness``.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from service.judging.figures import figures
from service.judging.letters import compared
from service.judging.likeness import Copy, Verdict, judge
from service.judging.titles import bare, speaks_of, unknown_word
from service.reading.urls import canonical

__all__ = ["Copy", "Verdict", "keys", "same", "titled_key"]

# Below this many letters a text may be a formula that serves many occasions (a schedule, an
# appointment): it is the same only under the same title of the same publisher on the same day.
_TELLING = 200
# Days. What comes no later is met by its key, what comes twice as late never.
_APART = 14


def keys(
    url: str | None, title: str, text: str, publisher: str | None, published: date | None = None
) -> tuple[str, ...]:
    """Identity keys, the surest first. Two appearances that share one are the same announcement.

    ``published`` is a day in Seoul: a short text of another day (a weekly schedule) is another. A
    long one is the same under any title of the same figures, if it says every word of each: where
    it does not, it may be the furniture that all pages of a site have, or serve a whole series.
    """
    found = [f"url:{canonical(url)}"] if url else []
    letters, plain = _letters(text), bare(title)
    if len(letters) >= _TELLING and unknown_word(plain, compared(text)) is None:
        counted = (str(each) for each in sorted(figures(plain)))
        found += _lately("text", published, letters, *counted)
    elif letters:
        day = published.isoformat() if published else ""
        found.append(f"text:{_digest(publisher or '', _letters(title), letters, day)}")
    return tuple(found)


def titled_key(title: str, text: str, published: date | None = None) -> tuple[str, ...]:
    """The keys of a text that came as a document; none for one that does not tell what it is of.

    A ministry may attach one document to several announcements (a form, a guideline): it makes two
    appearances the same only under the same title.
    """
    letters = _letters(text)
    if len(letters) < _TELLING or not speaks_of(compared(text), bare(title)):
        return ()
    return _lately("titled", published, _letters(title), letters)


def same(a: Copy, b: Copy) -> Verdict:
    """Whether two appearances are one announcement, and why."""
    theirs = keys(*b)
    shared = [key for key in keys(*a) if key in theirs]
    if not shared:
        return judge(a, b)
    by_url = shared[0].startswith("url:")
    reason = "같은 주소 (same address)" if by_url else "같은 본문 (same text)"
    return Verdict(same=True, score=1.0, reason=reason, how="identical")


def _lately(kind: str, published: date | None, *parts: str) -> tuple[str, ...]:
    """A key for each of the two overlapping spans of days that a day lies in."""
    spans = (published.toordinal() // _APART + n for n in (0, 1)) if published else ("",)
    return tuple(f"{kind}:{_digest(str(span), *parts)}" for span in spans)


def _letters(text: str) -> str:
    return "".join(text.split())


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
