"""What a text is entered under in the search index: its words, as rules see them.

A run of letters is entered under every part of it that a term would find there, by the very
judgement that alerts go by: 중소기업수출지원 under 중소, 중소기업, 기업, 수출, 수출지원 and so on.
So the index knows words and no letters that happen to meet. What stands in the title is entered
once more, marked.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise

from service.judging import senses
from service.judging.facts import Facts
from service.judging.logic import lowered
from service.judging.morphemes import Morphs
from service.judging.terms import Open, is_word, look, occurrences

TITLE, BORDER, FACT, TIME = "^", "~", "#", "@"
"""What lexemes that are no words of the text begin with; a mark of the title before all others."""

LONGEST = 24
"""Letters of the longest part of a run that is entered."""

RUN = re.compile(r"[^\W_ㆍ]{1,60}")
"""Letters and digits without anything between them; what runs on for longer is no word."""

_SHORTEST = 2
_MOST_LETTERS = 400_000  # of a text; the rest is not entered
_MOST = 30_000  # lexemes of an article: PostgreSQL takes a megabyte
# Runs, 600 bytes each: half of those in a month's releases are known then. Six times as many would
# know three quarters and spare 3 ms of an article, but a process would grow for weeks.
_REMEMBERED = 8_192
_PARAGRAPH = "\n\n"


Runs = dict[str, list[tuple[str, bool | Open]]]
"""Runs with those parts of them that may be words, and what the letters say of each."""


def stretches(runs: Runs) -> frozenset[str]:
    """What is to be analysed for them."""
    return frozenset(
        seen.stretch for parts in runs.values() for _, seen in parts if isinstance(seen, Open)
    )


class Lexicon:
    """The words in runs of letters, remembered: they come round again. Belongs to one thread."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._words: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def unknown(self, texts: Iterable[str]) -> Runs:
        """Runs whose words are not known yet."""
        found: Runs = {}
        for text in texts:
            for match in RUN.finditer(text[:_MOST_LETTERS]):
                run = match[0]
                if run in self._words:
                    self._words.move_to_end(run)
                elif run not in found:
                    found[run] = [*_parts(run)]
        return found

    def learn(self, runs: Runs, morphs: Mapping[str, Morphs]) -> None:
        """Enter runs; ``morphs`` holds their ``stretches``."""
        for run, parts in runs.items():
            words = (lowered(part) for part, seen in parts if is_word(seen, morphs))
            self._words[run] = tuple(dict.fromkeys(words))

    def forget(self) -> None:
        """Let go of what was not met for long."""
        while len(self._words) > _REMEMBERED:
            self._words.popitem(last=False)

    def lexemes(self, title: str, text: str) -> list[str]:
        """All that an article is entered under; its runs are known. The title's words first."""
        named = self._of(title)
        found = {f"{TITLE}{each}": None for each in named}
        found.update(named)
        found.update(self._of(text[:_MOST_LETTERS]))
        return [*found][:_MOST]

    def _of(self, text: str) -> dict[str, None]:
        """Words and borders in a title or text."""
        runs = [*RUN.finditer(text)]
        found: dict[str, None] = {}
        for run in runs:
            found.update(dict.fromkeys(self._words[run[0]]))
        for word in senses.words():
            if word in text:  # what stands around may say that it is another word
                stands = [look(text, span) for span in occurrences(text, word)]
                if True in stands and word not in found:
                    found[word] = None
                elif not any(stands):
                    found.pop(word, None)
        found.update(dict.fromkeys(_borders(text, runs)))
        return found


def border(left: str, between: str, right: str) -> str:
    """The lexeme of two runs that follow each other, ``between`` them one sign or none."""
    return f"{BORDER}{lowered(left[-1] + between + right[0])}"


def of_facts(known: Facts) -> list[str]:
    """The lexemes of what filters ask for. Of the days to a deadline only their number is."""
    fields = known.fields()
    left = [int(each.value) for each in fields if each.name == "deadline" and each.value != "open"]
    found = [
        f"{FACT}{each.name}:{each.value}"
        for each in fields
        if each.name != "deadline" or each.value == "open"
    ]
    return found + ([f"{FACT}deadline:{min(left)}"] if left else [])


def of_time(came: datetime) -> list[str]:
    """The lexemes of a time: always, its year, its month, its day (UTC)."""
    day = came.astimezone(UTC).date().isoformat()
    return [TIME, f"{TIME}{day[:4]}", f"{TIME}{day[:7]}", f"{TIME}{day}"]


def _borders(text: str, runs: list[re.Match[str]]) -> Iterator[str]:
    """Where a term that is longer than a run would go on: 수출 바우처 is found by 수출바우처."""
    for one, other in pairwise(runs):
        between = text[one.end() : other.start()]
        if len(sign := "".join(between.split())) <= 1 and _PARAGRAPH not in between:
            yield border(one[0], sign, other[0])


def _parts(run: str) -> Iterator[tuple[str, bool | Open]]:
    """Every part of a run that may be a word, and what the letters say of it."""
    length = len(run)
    for start in range(length - 1):
        for end in range(start + _SHORTEST, min(length, start + LONGEST) + 1):
            if seen := look(run, (start, end)):
                yield run[start:end], seen
    if length > LONGEST:
        yield run, True
