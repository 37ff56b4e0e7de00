"""Where two sequences differ, found in nearly linear time whatever they hold."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_DEPTH = 16
_LEAF = 2_500
_EFFORT = 500_000
"""Pairs compared one by one, all in all: what is left stays one block."""


class Block(NamedTuple):
    """``old[i1:i2]`` stands where ``new[j1:j2]`` does; one of them may be empty."""

    i1: int
    i2: int
    j1: int
    j2: int


def unmatched(keys: Sequence[str], both: Counter[str]) -> list[int]:
    """Places of the keys that are left once the first of each, as many as in ``both``, are gone."""
    left = both.copy()
    rest = []
    for place, key in enumerate(keys):
        left[key] -= 1
        if left[key] < 0:
            rest.append(place)
    return rest


def blocks(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """The blocks in which ``new`` differs from ``old``, in order.

    Patience: what stands once on either side holds both together, what is between is compared
    again; short stretches without such a hold are compared pair by pair.
    """
    found: list[Block] = []
    effort = _EFFORT
    waiting = [(Block(0, len(old), 0, len(new)), 0)]
    while waiting:
        block, depth = waiting.pop()
        rest = _without_ends(old, new, block)
        size = (rest.i2 - rest.i1) * (rest.j2 - rest.j1)
        if not size:
            found += [rest] if rest.i2 - rest.i1 + rest.j2 - rest.j1 else []
        elif depth < _DEPTH and (holds := _holds(old, new, rest)):
            waiting += [(each, depth + 1) for each in reversed(_between(holds, rest))]
        elif size <= min(_LEAF, effort):
            effort -= size
            found += _pair_by_pair(old, new, rest)
        else:
            found.append(rest)
    return found


def _without_ends(old: Sequence[str], new: Sequence[str], block: Block) -> Block:
    """A block without what both begin and end with."""
    i1, i2, j1, j2 = block
    while i1 < i2 and j1 < j2 and old[i1] == new[j1]:
        i1, j1 = i1 + 1, j1 + 1
    while i1 < i2 and j1 < j2 and old[i2 - 1] == new[j2 - 1]:
        i2, j2 = i2 - 1, j2 - 1
    return Block(i1, i2, j1, j2)


def _holds(old: Sequence[str], new: Sequence[str], block: Block) -> list[tuple[int, int]]:
    """Pairs of places of what stands once on either side: the most that follow in one order."""
    i1, i2, j1, j2 = block
    many, others = Counter(old[i1:i2]), Counter(new[j1:j2])
    place = {new[j]: j for j in range(j1, j2) if others[new[j]] == 1}
    pairs = [(i, place[old[i]]) for i in range(i1, i2) if many[old[i]] == 1 and old[i] in place]
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [j]
        last[at : at + 1] = [number]
    chain = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _between(holds: Sequence[tuple[int, int]], block: Block) -> list[Block]:
    starts = [(block.i1, block.j1), *((i + 1, j + 1) for i, j in holds)]
    ends = [*holds, (block.i2, block.j2)]
    return [Block(i1, i2, j1, j2) for (i1, j1), (i2, j2) in zip(starts, ends, strict=True)]


def _pair_by_pair(old: Sequence[str], new: Sequence[str], block: Block) -> list[Block]:
    i, i2, j, j2 = block
    codes = SequenceMatcher(None, old[i:i2], new[j:j2], autojunk=False).get_opcodes()
    return [Block(i + a, i + b, j + c, j + d) for tag, a, b, c, d in codes if tag != "equal"]
