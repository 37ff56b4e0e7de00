"""Full-text search in what is stored: rules as alerts have them, answered at once.

An index gives candidates, best first; the matcher of the alerts decides and marks the hits. So what
a search finds is what an alert with that rule would have told of.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Literal

from service.judging import searching
from service.judging.alone import Alone, Hearing
from service.judging.logic import Rule
from service.judging.morphemes import Morphs
from service.model import Match, Span
from service.preview import Brought, Tools, shown
from service.store.search import Place, Searching, Stored

Order = Literal["best", "newest"]
"""``best``: what has the words in its title before what has them in its text only, each newest
first. ``newest``: newest first."""

PAGE = 20
_LOOKED_AT = 120  # articles judged for one page; the next page goes on from there
_MORE = 6  # beside a page's hits: some that the index finds are none
_LAST_ID = 2**63 - 1
_CURSOR = re.compile(r"([01])\.([0-9]{1,17})\.([0-9]{1,19})\.([0-9]{1,9})")
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class BadCursorError(ValueError):
    """What was given as a cursor is none of ours."""


@dataclass(frozen=True, slots=True)
class Hit(Brought):
    """An article for which the rule holds, shown as a preview shows one.

    ``publisher``: as printed, ``publishers``: registry ids. ``files``: names of the files whose
    text has a hit. ``copies``: ids of other articles of its story that are on this page too.
    ``held_until``: it is under embargo.
    """

    publishers: tuple[str, ...]
    topics: tuple[str, ...]
    files: tuple[str, ...] = ()
    copies: tuple[int, ...] = ()
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits. ``cursor`` of the next page, None: there is none.

    ``total``: articles found; where it is not ``exact``, at least so many, by the index alone.
    ``took``: seconds.
    """

    hits: tuple[Hit, ...]
    cursor: str | None
    total: int
    exact: bool
    took: float


class Search:
    """Search over one store."""

    def __init__(self, store: Searching, tools: Tools) -> None:
        """``tools`` as previews have them."""
        self._store, self._tools = store, tools

    async def find(
        self,
        rule: Rule,
        *,
        order: Order = "best",
        cursor: str | None = None,
        limit: int = PAGE,
        held: bool = False,
    ) -> Results:
        """A page of what a rule finds; what is under embargo only where it is asked for (``held``).

        Copies of one story on a page are one hit. ``rule`` by ``rules.parse``, which says what is
        wrong with a text. Raises BadCursorError.
        """
        begun = time.monotonic()
        whole = searching.query(rule, self._tools.spell) or searching.ALL
        parts = self._parts(whole, rule, order)
        begin = None if cursor is None else _read(cursor, len(parts))
        alone = Alone(rule, self._tools.spell)
        page, counted = _Page(limit), dict[int, int]()
        newest = await self._store.newest() or _EPOCH
        starts = self._starts(parts, begin, newest)
        async for part, batch, count in self._candidates(starts, limit, held=held):
            matches = await self._judged(alone, [each for each in batch if each.shown(held=held)])
            page.take(part, batch, matches)
            counted.setdefault(part, count)
            if page.full:
                break
        total, exact = begin.total if begin else page.found, begin is None and not page.full
        if begin is None and page.full:
            total = max(total, await self._counted(whole, newest, counted, len(parts), held=held))
        ended = _Spot(*page.last, total) if page.full and page.last else None
        hits = await self._hits(page)
        took = time.monotonic() - begun
        return Results(hits, _written(ended) if ended else None, total, exact, took)

    def _parts(self, whole: str, rule: Rule, order: Order) -> list[str]:
        """The queries whose finds come one after the other, without anything twice."""
        title = searching.in_title(rule, self._tools.spell) if order == "best" else None
        return [title, searching.every([whole, f"!{title}"])] if title else [whole]

    def _starts(
        self, parts: Sequence[str], begin: _Spot | None, newest: datetime
    ) -> list[tuple[int, str, Place]]:
        """The parts that are still to be looked through, with their numbers, and from where on."""
        top = (newest, _LAST_ID)
        starts = [(number, query, top) for number, query in enumerate(parts)]
        if begin is None:
            return starts
        return [(begin.part, parts[begin.part], begin.place), *starts[begin.part + 1 :]]

    async def _counted(
        self, whole: str, newest: datetime, counted: Mapping[int, int], parts: int, *, held: bool
    ) -> int:
        """How many the index has at least: as many as were met, so that nobody waits for it."""
        if parts - 1 in counted:  # the last was looked at, and so all before it
            return sum(counted.values())
        top = (newest, _LAST_ID)
        return await self._store.count(whole, _times(top), top, PAGE, held=held)

    async def _candidates(
        self, starts: Sequence[tuple[int, str, Place]], limit: int, *, held: bool
    ) -> AsyncIterator[tuple[int, list[Stored], int]]:
        """What the index has, newest first in each part, with the part and how many it has.

        No more at once than a page may need: each is to be judged.
        """
        for number, query, start in starts:
            place, size, more = start, limit + _MORE, True
            while more:
                times = _times(place)
                found, counted = await self._store.find(query, times, place, size, held=held)
                more, size = len(found) == size, _LOOKED_AT
                for at in range(0, len(found), limit + 1):
                    batch = found[at : at + limit + 1]
                    yield number, batch, counted
                    place = batch[-1].place

    async def _judged(self, alone: Alone, batch: Sequence[Stored]) -> Mapping[int, Match]:
        """Those for which the rule holds, by id."""
        trials = await asyncio.to_thread(self._trials, alone, batch)
        asked = frozenset(chain.from_iterable(each.windows for each in trials.values()))
        morphs = await self._tools.analyse(asked) if asked else {}
        return await asyncio.to_thread(_decided, trials, morphs)

    def _trials(self, alone: Alone, batch: Sequence[Stored]) -> dict[int, Hearing]:
        return {
            each.id: alone.trial(each.reading.title, each.reading.text, self._tools.facts(each))
            for each in batch
        }

    async def _hits(self, page: _Page) -> tuple[Hit, ...]:
        found = (each[0] for each in page.stories.values())
        filed = [each.id for each in found if "\n\n[" in each.reading.text]
        names = await self._store.names(filed) if filed else {}
        known = {each.id: each.name for each in self._tools.registry}
        return tuple(
            Hit(
                **shown(stored, match, known),
                publishers=stored.reading.publishers,
                topics=stored.topics,
                files=_files(stored.reading.text, match.hits, names.get(stored.id, ())),
                copies=tuple(copies),
                held_until=stored.held_until,
            )
            for stored, match, copies in page.stories.values()
        )


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a page ends: in which part of what is found, and after which article."""

    part: int
    place: Place
    total: int


@dataclass(slots=True)
class _Page:
    """What was found so far. ``full``: whoever comes next is of the next page."""

    limit: int
    stories: dict[tuple[str, int], tuple[Stored, Match, list[int]]] = field(default_factory=dict)
    found: int = 0
    full: bool = False
    last: tuple[int, Place] | None = None
    looked: int = 0

    def take(self, part: int, batch: Sequence[Stored], matches: Mapping[int, Match]) -> None:
        """The next that the index has, and which of them are hits."""
        for each in batch:
            if (match := matches.get(each.id)) is not None:
                if each.story in self.stories:
                    self.stories[each.story][2].append(each.id)
                elif len(self.stories) == self.limit:
                    self.full = True
                    return
                else:
                    self.stories[each.story] = (each, match, [])
                self.found += 1
            self.last = part, each.place
            self.looked += 1
        self.full = self.looked >= _LOOKED_AT


def _times(until: Place) -> list[str]:
    return [*searching.stretches(until[0])]


def _decided(trials: Mapping[int, Hearing], morphs: Mapping[str, Morphs]) -> dict[int, Match]:
    decided = ((number, each.decide(morphs)) for number, each in trials.items())
    return {number: match for number, match in decided if match is not None}


def _files(text: str, hits: Sequence[Span], names: Sequence[str]) -> tuple[str, ...]:
    """Those files in whose text a hit is: each begins with its name in brackets."""
    heads = ((text.find(f"\n\n[{name}]\n\n"), name) for name in names)
    begins = sorted((at, name) for at, name in heads if at >= 0)
    over = ([name for at, name in begins if at < start][-1:] for start, _ in hits)
    return tuple(dict.fromkeys(chain.from_iterable(over)))


def _written(spot: _Spot) -> str:
    at, number = spot.place
    return f"{spot.part}.{(at - _EPOCH) // _MICROSECOND}.{number}.{spot.total}"


def _read(cursor: str, parts: int) -> _Spot:
    read = _CURSOR.fullmatch(cursor)
    if read is None or int(read[1]) >= parts:
        raise BadCursorError(cursor)
    part, at, number, total = map(int, read.groups())
    return _Spot(part, (_EPOCH + at * _MICROSECOND, min(number, _LAST_ID)), total)
