"""Do two titles say the same, without what each says about itself: [보도자료], (공동)?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.judging.letters import letters

_LONGEST = 400
_OPEN, _CLOSE = r"[\[(【<〈（［]", r"[\])】>〉）］]"
_OTHER = r"[^\[\](){}【】<>〈〉（）［］]"
_ABOUT = re.compile(
    "보도|참고|설명|해명|공동|합동|동정|배포|조간|석간|엠바고|기고|행사시작|브리핑"
    "|수정|정정|최종|알림|자료"
)
_LEADING = re.compile(rf"\s{{0,9}}{_OPEN}(?P<mark>{_OTHER}{{1,30}}){_CLOSE}\s{{0,9}}")
_TRAILING = re.compile(
    rf"[\s,]{{0,9}}(?:공동\s?)?(?:보도\s?(?:참고\s?)?자료)?\s?"
    rf"(?:{_OPEN}{_OTHER}{{0,12}}(?:배포|공동|합동|수정|정정){_OTHER}{{0,4}}{_CLOSE})?\s{{0,9}}$"
)
_CORRECTED = re.compile(
    rf"{_OPEN}{_OTHER}{{0,12}}(?:수정|정정|재배포|최종본){_OTHER}{{0,8}}{_CLOSE}"
)
_OF_A_PAPER = re.compile("보도|기사|요청|사실")
_WORD = re.compile(r"[^\W_]{2,}")
_TELLING = 6
"""Letters. A shorter title (인사, 부고) serves many occasions."""
_ALIKE = 0.75
_WITHIN = 0.95
_UNSAID = 0.5
"""Of the words of a title, what its text may leave unsaid. One release in seventy leaves more."""
_ENDING = 2
"""Letters at a word's end that may be a particle."""


def bare(title: str) -> str:
    """A title without marks before and behind it; as it is where nothing else is left."""
    rest = _TRAILING.sub("", title[:_LONGEST])
    while (found := _LEADING.match(rest)) and _ABOUT.search(found["mark"]):
        rest = rest[found.end() :]
    return rest if letters(rest) else title[:_LONGEST]


def corrected(title: str) -> bool:
    """Whether it is marked as a correction of an earlier release.

    A [정정] that asks a newspaper to correct its own article is none.
    """
    mark = _CORRECTED.search(title[:_LONGEST])
    if mark is None:
        return False
    asks = "정정" in mark[0] and _OF_A_PAPER.search(bare(title))
    return not asks and "정정보도" not in mark[0]


def say_the_same(a: str, b: str) -> bool:
    """Whether two bare titles do, but for a few letters or for what one of them adds."""
    one, other = letters(a), letters(b)
    shorter = min(len(one), len(other))
    if shorter < _TELLING:
        return False
    x, y = _pairs(one), _pairs(other)
    shared = len(x & y)
    whole = shorter >= 2 * _TELLING and shared >= _WITHIN * min(len(x), len(y))
    return whole or 2 * shared >= _ALIKE * (len(x) + len(y))


def words(title: str) -> list[str]:
    """Its words of two letters or more, as printed."""
    return _WORD.findall(title)


def unknown_word(title: str, known: str) -> str | None:
    """The first word of a title that the letters of another release never say, particles aside.

    Where one name was put in another's place, each side has such a word.
    """
    return next(unknown_words(title, known), None)


def unknown_words(title: str, known: str) -> Iterator[str]:
    """All such words."""
    for word in words(title):
        if word.casefold()[: max(2, len(word) - _ENDING)] not in known:
            yield word


def speaks_of(text: str, title: str) -> bool:
    """Whether the letters of a text say half of the words of its title.

    What a page has beside its announcement does not: a survey, a licence, whom to ask.
    """
    return len(list(unknown_words(title, text))) <= _UNSAID * len(words(title))


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
