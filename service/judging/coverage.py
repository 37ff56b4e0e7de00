"""Was this news made from that release? How much of each stands in the other.

A paper keeps a release's sentences, quotes and figures, changes endings, leaves out brackets and
adds words of its own. A round-up of several releases, a comment of later days and the news of the
last release of a series repeat a release too; they are not made from it. Where it stays open it is
not made: a false link hides an alert.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from service.judging.figures import Figure, differing, figures
from service.judging.letters import SHINGLE, compared, letters, shingled, shingles
from service.judging.likeness import Copy
from service.judging.signature import below, hashed, mixed
from service.judging.titles import bare, unknown_word, unknown_words, words

_LEAD, _FURTHER = 600, 2_000
"""Letters. News keeps the lead, and of the rest what it likes."""
_OF_LEAD, _OF_FURTHER = 26, 4
"""Of 256: every tenth shingle of the lead is kept, and every 64th further on."""
_EXCERPTS = 80
_EARLY, _LATE = 1, 3
"""Days. News may be found before its release; what comes later is about it, not made from it."""
_MADE = 0.45
"""Of the news, what must stand in the release. Of a round-up of three a third does."""
_LEAST = 50
"""Shingles. What is shared by chance, or as a formula, is shorter."""
_UNSAID = 1 / 3
"""Of the words of a release's title, what news made from it may leave unsaid."""
_TAKEN_OVER = 0.5
"""Of a sentence, what must stand in the release for it to be one of the release's."""
_FOREIGN = 1 / 3
"""Of the figures in sentences taken over, what may be others: rounded, or put in words."""
_READ = 16_000
_END = re.compile(r"(?<=[가-힣][.!?])\s|\n")


class Coverage(NamedTuple):
    """How much each repeats of the other, 0..1, by every five letters in a row of the first 8,000.

    ``of_release`` is the part of the release that the news says too, ``of_news`` the part of the
    news that stands in the release.
    """

    made: bool
    of_release: float
    of_news: float
    reason: str


def excerpts(title: str, text: str) -> tuple[int, ...]:
    """At most 80 numbers, sorted, each of 64 bits with a sign, to find news and its release by.

    Those of a short text stand among those of a long one that holds it, unlike a signature's: what
    is kept of a text depends on its letters, not on how many there are.
    """
    plain = letters(f"{bare(title)}\n{text[: 2 * _FURTHER]}")[:_FURTHER]
    raw = plain.encode("utf-16-le", "surrogatepass")
    order = mixed(raw[::2])
    kept = {
        (order[i], raw[2 * i : 2 * (i + SHINGLE)])
        for i in below(_OF_LEAD, order)
        if i < _LEAD or order[i] < _OF_FURTHER
    }
    return tuple(sorted(hashed(shingle, b"excerpt") for _, shingle in sorted(kept)[:_EXCERPTS]))


def coverage(news: Copy, release: Copy) -> Coverage:
    """Whether ``news`` was made from ``release``, and why. Who printed them the caller knows.

    Days are days in Seoul; without both of them nothing counts as made.
    """
    told, source = shingled(news.text), shingled(release.text)
    shared = len(told & source)
    of_release, of_news = shared / max(1, len(source)), shared / max(1, len(told))
    against = _against_days(news.published, release.published)
    if against is None and (shared < _LEAST or of_news < _MADE):
        against = f"기사의 {of_news:.0%}만 보도자료에 있음 (only {of_news:.0%} of the news in it)"
    against = against or _against_title(news, release) or _against_figures(news, release, source)
    found = f"기사의 {of_news:.0%}가 보도자료에 있음 ({of_news:.0%} of the news stands in it)"
    return Coverage(against is None, round(of_release, 4), round(of_news, 4), against or found)


def _against_days(news: date | None, release: date | None) -> str | None:
    if news is None or release is None:
        return "날짜를 모름 (a day is not known)"
    days = (news - release).days
    if days < -_EARLY:
        return f"보도자료보다 {-days}일 앞섬 (news {-days} days before the release)"
    if days > _LATE:
        return f"보도자료보다 {days}일 늦음 (news {days} days after the release)"
    return None


def _against_title(news: Copy, release: Copy) -> str | None:
    """News says what the title of its release says. In a series names take each other's places.

    Words of its own are no sign by themselves: every paper has its headlines.
    """
    title, headline = bare(release.title), bare(news.title)
    unsaid = list(unknown_words(title, f"{letters(headline)}\n{compared(news.text)}"))
    if len(unsaid) > _UNSAID * len(words(title)):
        return f"제목의 말이 없음: {', '.join(unsaid[:3])} (words of the title are not said)"
    own = unknown_word(headline, f"{letters(title)}\n{compared(release.text)}")
    if own and unsaid and news.published != release.published:
        return f"제목의 말이 다름: {own} ≠ {unsaid[0]} (names of the titles differ)"
    return None


def _against_figures(news: Copy, release: Copy, source: frozenset[str]) -> str | None:
    """The next of a series has the sentences of the last one, with other figures."""
    told, known = (_figures(f"{each.title}\n{each.text}") for each in (news, release))
    contrary = differing(_figures(bare(news.title)) - known, _figures(bare(release.title)) - told)
    if contrary:
        return f"제목의 숫자가 다름: {contrary[0]} ≠ {contrary[1]} (figures of the titles differ)"
    taken = _figures("\n".join(_taken_over(news.text, source))) - _announced(news, release)
    foreign = sorted(taken - known)
    if len(foreign) > _FOREIGN * len(taken):
        some = ", ".join(map(str, foreign[:3]))
        return f"옮긴 문장의 숫자가 다름: {some} (other figures in the sentences taken over)"
    return None


def _taken_over(text: str, source: frozenset[str]) -> Iterator[str]:
    for sentence in _END.split(text[:_READ]):
        own = shingles(letters(sentence))
        if own and len(own & source) >= _TAKEN_OVER * len(own):
            yield sentence


def _figures(text: str) -> frozenset[Figure]:
    """Days without their months, which news leaves out."""
    return frozenset(
        Figure(each.value.partition(".")[2], "일") if each.unit == "day" else each
        for each in figures(text)
    )


def _announced(news: Copy, release: Copy) -> frozenset[Figure]:
    """The day on which it was said, which news alone gives: 4일 밝혔다."""
    days = (each.published for each in (news, release))
    return frozenset(Figure(str(day.day), "일") for day in days if day)
