"""Very many rules as arrays: from the conditions that hold to the rules that hold, at once.

A rule is one or more clauses, a clause is up to four literals, a literal is a number: ``2 * n``
asks for condition n, ``2 * n + 1`` asks that it does not hold. A clause lies with its anchor, the
rarest condition it asks for, so that only the clauses of conditions that hold are touched. Rules
that are written alike are one: a shared rule, which lists the ids of those who have it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Ids = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

WIDTH = 4
"""Literals of a clause, its anchor first; what is not used is PAD."""

PAD = 0
"""The literal that always holds: condition 0 does."""


class Held(NamedTuple):
    """Clauses that hold: their literals (n by WIDTH) and their shared rules."""

    literals: Ints
    shared: Ints


@dataclass(frozen=True, slots=True)
class Table:
    """Clauses of one width, sorted by anchor: condition n has ``starts[n]`` to ``starts[n + 1]``.

    ``others`` are the columns of the literals beside the anchor.
    """

    starts: Ints
    others: tuple[Ints, ...]
    shared: Ints

    def held(self, asked: Ints, truth: Truth) -> Held:
        """The clauses that are anchored in the conditions ``asked`` and hold by ``truth``.

        ``asked`` ascend.
        """
        return self._clauses(asked, self._places(asked, truth))

    def holding(self, asked: Ints, truth: Truth) -> Ints:
        """The shared rules of ``held``, without the clauses; a rule may come several times."""
        return self.shared.take(self._places(asked, truth))

    def all(self) -> Held:
        """Every clause."""
        every = np.arange(len(self.starts) - 1, dtype=np.int32)
        return self._clauses(every, np.arange(len(self.shared)))

    def _places(self, asked: Ints, truth: Truth) -> Places:
        at = _spread(self.starts, asked)
        for column in self.others:
            at = at[truth.take(column.take(at))]  # take: half the time of brackets
        return at

    def _clauses(self, asked: Ints, at: Places) -> Held:
        """Those at these places, all of them anchored in conditions that are ``asked``."""
        literals = np.full((len(at), WIDTH), PAD, np.int32)
        literals[:, 0] = 2 * asked[self.starts.take(asked).searchsorted(at, "right") - 1]
        for place, column in enumerate(self.others, start=1):
            literals[:, place] = column.take(at)
        return Held(literals, self.shared.take(at))


@dataclass(frozen=True, slots=True)
class Index:
    """Rules ready to be matched. Immutable, like its arrays.

    The ids of shared rule s are ``ids[starts[s]:starts[s + 1]]``, of which those are left out that
    are not ``alive``; None: all are.
    """

    tables: tuple[Table, Table]
    starts: Ints
    ids: Ids
    alive: Truth | None = None

    @classmethod
    def build(cls, clauses: Held, starts: Ints, ids: Ids, commonness: Ints) -> Index:
        """Sort clauses by their rarest condition. Literals may come in any order.

        ``commonness`` has a number for each condition.
        """
        literals = _rarest_first(clauses.literals, commonness)
        order = np.argsort(literals[:, 0], kind="stable")
        literals, shared = literals[order], clauses.shared[order]
        single = literals[:, 1] == PAD
        tables = (
            _table(literals[single, :1], shared[single], len(commonness)),
            _table(literals[~single], shared[~single], len(commonness)),
        )
        return cls(tables, starts, ids)

    def merged(self, other: Index, commonness: Ints) -> Index:
        """Both sets in one, the other's shared rules behind; what is not alive is dropped."""
        mine, its = self._all(), other._all()
        literals = np.concatenate([mine.literals, its.literals])
        shared = np.concatenate([mine.shared, its.shared + np.int32(len(self.starts) - 1)])
        alive = np.concatenate([self._alive(), other._alive()])
        starts = np.concatenate([self.starts, other.starts[1:] + self.starts[-1]])
        left = np.zeros(len(alive) + 1, np.int32)
        np.cumsum(alive, out=left[1:])
        starts = left[starts]
        lives = (starts[1:] > starts[:-1])[shared]
        ids = np.concatenate([self.ids, other.ids])[alive]
        return self.build(Held(literals[lives], shared[lives]), starts, ids, commonness)

    def without(self, gone: Ids) -> Index:
        """The same without the rules of these ids."""
        going = np.isin(self.ids, gone)
        return replace(self, alive=self._alive() & ~going) if going.any() else self

    def __len__(self) -> int:
        return len(self.ids) if self.alive is None else int(np.count_nonzero(self.alive))

    def held(self, asked: Ints, truth: Truth) -> Held:
        """The clauses that hold, of those that ask for one of the conditions ``asked``.

        ``truth`` has an entry for each literal. Conditions that are newer than this are no matter.
        """
        asked = self._known(asked)
        found = [table.held(asked, truth) for table in self.tables]
        return Held(*(np.concatenate(each) for each in zip(*found, strict=True)))

    def holding(self, asked: Ints, truth: Truth) -> Ids:
        """The ids of the rules of ``held``, in no order, each once."""
        asked = self._known(asked)
        found = np.concatenate([table.holding(asked, truth) for table in self.tables])
        found.sort()
        first = np.ones(len(found), np.bool_)
        np.not_equal(found[1:], found[:-1], out=first[1:])
        at = _spread(self.starts, found[first])
        return self.ids.take(at if self.alive is None else at[self.alive.take(at)])

    def owned(self, shared: Ints) -> tuple[Ids, Places]:
        """The ids of those who have these shared rules, and with each id which of these it has."""
        at = _spread(self.starts, shared)
        which = np.repeat(np.arange(len(shared)), self.starts[shared + 1] - self.starts[shared])
        if self.alive is not None:
            at, which = at[self.alive[at]], which[self.alive[at]]
        return self.ids[at], which

    def _known(self, asked: Ints) -> Ints:
        return asked[asked < len(self.tables[0].starts) - 1]

    def _alive(self) -> Truth:
        return np.ones(len(self.ids), np.bool_) if self.alive is None else self.alive

    def _all(self) -> Held:
        """Every clause."""
        return Held(
            *(np.concatenate(each) for each in zip(*(t.all() for t in self.tables), strict=True))
        )


def _table(literals: Ints, shared: Ints, conditions: int) -> Table:
    counts = np.bincount(literals[:, 0] >> 1, minlength=conditions)
    starts = np.zeros(conditions + 1, np.int32)
    np.cumsum(counts, out=starts[1:])
    others = tuple(np.ascontiguousarray(literals[:, i]) for i in range(1, literals.shape[1]))
    return Table(starts, others, shared)


def _rarest_first(literals: Ints, commonness: Ints) -> Ints:
    """Each clause's literals in the order in which they are best asked: it soon fails or is done.

    Asked-for ones from the rarest on, then what must not hold from the commonest on, then PAD.
    """
    common = commonness[literals >> 1].astype(np.int64)
    barred = (literals & 1).astype(np.bool_)
    rank = np.where(barred, (1 << 40) - common, common)
    rank[literals == PAD] = 1 << 41
    return np.take_along_axis(literals, np.argsort(rank, axis=1, kind="stable"), axis=1)


def _spread(starts: Ints, which: Ints) -> Places:
    """The places of all the stretches ``starts[n]`` to ``starts[n + 1]``, stretch by stretch."""
    first = starts[which].astype(np.intp)
    counts = starts[which + 1] - first
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    places: Places = np.arange(total, dtype=np.intp)
    places += np.repeat(first - (ends - counts), counts)
    return places
