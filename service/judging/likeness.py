"""Is it one announcement, though not to the letter? Copies, joint releases, corrected re-issues.

Series, templates and same-day boilerplate are alike too. What tells them apart is what a reader
would look at: titles, their figures and names, the days between, the figures of the texts. Where it
stays open they are two: a false merge hides a release, which is worse than telling it twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, NamedTuple

from service.judging.figures import Figure, differing, figures
from service.judging.letters import compared, letters, shingled
from service.judging.titles import bare, corrected, say_the_same, speaks_of, unknown_word
from service.reading.publishers import Publisher, Registry

_SOON, _SHORTLY, _NEAR, _FAR = 1, 2, 4, 14
"""Days. Copies come soon; those to the letter, and corrections, may come late."""
_TELLING = 200
"""Shingles. A shorter text may be a formula: who to ask, what is attached."""
_TELLING_TITLE = 12
"""Letters. Nobody else gives so long a title to another event of the same day."""
_TO_THE_LETTER, _ONE_TEXT = 0.97, 0.9
"""Of both texts, what is shared: all but a typing error; all but what each office adds."""
_WHOLE, _MOST, _CORRECTED, _JOINT, _BRIEF = 0.9, 0.75, 0.7, 0.6, 0.3
"""Of the shorter text, what the longer one must have; the further down, the surer is the rest."""
_ALL_FIGURES, _NEARLY_ALL_FIGURES, _FEW_FIGURES = 0.95, 0.8, 0.6
"""Of the fewer figures, what the other text has too."""
_MANY = 3


class Copy(NamedTuple):
    """One appearance of an announcement, None where unknown.

    ``publisher`` is a name as printed, or an id of the registry; ``published`` a day in Seoul.
    """

    url: str | None
    title: str
    text: str
    publisher: str | None
    published: date | None = None


How = Literal["identical", "copy", "joint", "correction", "coverage", "different"]
"""``identical`` by address or text; ``copy`` but for what each office adds; ``coverage``: one side
is a newspaper's, which is no copy.
"""


class Verdict(NamedTuple):
    """``score`` is 0..1, how much of the shorter text is in the longer one."""

    same: bool
    score: float
    reason: str
    how: How


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What two copies, side by side, say about being one.

    ``within`` is how much of the shorter text is in the longer one, ``alike`` how much of both is
    shared, 0..1. ``own``: at least so many figures stand in each text alone; ``backed``: how much
    of the fewer figures the other text has too. ``telling``: neither text is very short, and each
    speaks of its title: what does not is the furniture of a page.
    ``titled``: the titles say the same, ``to_the_letter``: and are long and equal. ``contrary``
    figures and ``names`` of the titles: one of each side, of which the other side knows nothing.
    """

    within: float
    alike: float
    own: int
    backed: float
    telling: bool
    titled: bool
    to_the_letter: bool
    contrary: tuple[Figure, Figure] | None
    names: tuple[str, str] | None
    days: int | None
    one_publisher: bool
    corrected: bool

    def within_days(self, most: int) -> bool:
        """Whether no more than ``most`` days lie between; what is not known is not so."""
        return self.days is not None and self.days <= most

    @property
    def one_text(self) -> bool:
        """Whether the texts are one but for what each office adds."""
        enough = _TO_THE_LETTER if self.one_publisher else _ONE_TEXT
        return self.telling and not self.own and self.alike >= enough

    @property
    def letter_for_letter(self) -> bool:
        """Whether the texts are one but for a typing error."""
        return self.one_text and self.alike >= _TO_THE_LETTER


def judge(a: Copy, b: Copy) -> Verdict:
    """Whether two appearances without a shared identity are one announcement, and why."""
    found = _compare(a, b)
    score = round(found.within, 4)
    if _is_news(a.publisher) != _is_news(b.publisher):
        return Verdict(
            same=False,
            score=score,
            reason=f"보도자료를 {score:.0%} 옮긴 기사 (news that repeats {score:.0%} of a release)",
            how="coverage",
        )
    if against := _against(found):
        return Verdict(same=False, score=score, reason=against, how="different")
    if ground := _ground(found):
        how, reason = ground
        return Verdict(same=True, score=score, reason=f"{reason}, {score:.0%}", how=how)
    reason = f"같은 글이라기에 모자람, 본문 {score:.0%} (not enough, {score:.0%} of the text)"
    return Verdict(same=False, score=score, reason=reason, how="different")


def _against(found: _Evidence) -> str | None:
    """What keeps two releases apart however alike their texts are."""
    if found.contrary and (found.contrary[0].tells_series or not found.corrected):
        one, other = found.contrary
        return f"제목의 숫자가 다름: {one} ≠ {other} (figures of the titles differ)"
    if found.names and not found.one_text:
        return f"제목의 말이 다름: {found.names[0]} ≠ {found.names[1]} (names of the titles differ)"
    days = found.days or 0
    late = found.corrected or found.letter_for_letter
    if days > (_FAR if late else _NEAR):
        return f"{days}일 떨어짐 ({days} days apart)"
    return None


def _ground(found: _Evidence) -> tuple[How, str] | None:
    """What two releases are one for, where nothing speaks against it."""
    how: How = "copy"
    if not found.titled:
        holds, reason = _is_one_text(found), "제목은 달라도 같은 본문 (one text, two titles)"
    elif not found.one_publisher:
        how, reason = "joint", "여러 기관이 함께 낸 것 (a joint release)"
        holds = _is_joint(found)
    elif found.corrected:
        how, reason = "correction", "고쳐 다시 낸 것 (a correction)"
        holds = found.within >= _CORRECTED
    else:
        holds, reason = _is_issued_again(found), "다시 낸 것 (issued again)"
    return (how, reason) if holds else None


def _is_one_text(found: _Evidence) -> bool:
    whole = found.within >= _WHOLE and found.alike >= _MOST and found.backed >= _ALL_FIGURES
    surely = found.letter_for_letter and not found.names
    return whole and found.telling and found.within_days(_SHORTLY if surely else _SOON)


def _is_joint(found: _Evidence) -> bool:
    """Ministries share a text, shorten it, or give three lines and the other's file."""
    if not found.telling and found.to_the_letter and found.within_days(_SOON):
        return found.within >= _BRIEF
    other_figures = found.own >= _MANY and found.backed < _FEW_FIGURES
    return found.within >= (_MOST if other_figures else _JOINT)


def _is_issued_again(found: _Evidence) -> bool:
    """The same ministry under the same title: on a later day it may be the next of a series."""
    if found.within_days(0):
        if found.to_the_letter:
            return found.within >= _MOST
        return found.telling and found.within >= _WHOLE
    if found.within >= _WHOLE:
        return found.telling and found.backed >= _NEARLY_ALL_FIGURES
    return found.telling and found.within >= _MOST and found.backed >= _ALL_FIGURES


def _compare(a: Copy, b: Copy) -> _Evidence:
    text, other_text = compared(a.text), compared(b.text)
    title, other_title = bare(a.title), bare(b.title)
    one, other = shingled(a.text), shingled(b.text)
    shared, shorter = len(one & other), min(len(one), len(other))
    counted, other_counted = figures(a.text), figures(b.text)
    fewer = min(len(counted), len(other_counted))
    name = unknown_word(title, f"{letters(other_title)}\n{other_text}")
    other_name = unknown_word(other_title, f"{letters(title)}\n{text}")
    return _Evidence(
        within=shared / max(1, shorter),
        alike=shared / max(1, len(one | other)),
        own=min(len(counted - other_counted), len(other_counted - counted)),
        backed=len(counted & other_counted) / fewer if fewer else 1.0,
        telling=shorter >= _TELLING
        and speaks_of(text, title)
        and speaks_of(other_text, other_title),
        titled=say_the_same(title, other_title),
        to_the_letter=letters(title) == letters(other_title)
        and len(letters(title)) >= _TELLING_TITLE,
        contrary=differing(figures(title), figures(other_title)),
        names=(name, other_name) if name and other_name else None,
        days=abs((a.published - b.published).days) if a.published and b.published else None,
        one_publisher=_are_one(a.publisher, b.publisher),
        corrected=corrected(a.title) or corrected(b.title),
    )


def _are_one(a: str | None, b: str | None) -> bool:
    """Whether two names lead to one body of today; one that is not known asks for more."""
    return a is None or b is None or a == b or not _bodies(a).isdisjoint(_bodies(b))


def _is_news(printed: str | None) -> bool:
    return any(body.kind == "outlet" for body in _registered(printed))


def _bodies(printed: str | None) -> set[str]:
    return {body.id for body in _registered(printed)}


def _registered(printed: str | None) -> tuple[Publisher, ...]:
    return _registry().known(printed) if printed is not None else ()


@cache
def _registry() -> Registry:
    return Registry.load()
