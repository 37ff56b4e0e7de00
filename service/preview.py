"""What a rule would have brought: the stored articles of a time, judged by it again."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from scrapers.model import Source
from service.judging.candidates import Trial
from service.judging.conditions import Spell
from service.judging.excerpt import Excerpt, marked
from service.judging.facts import Facts, SourceKind, of_reading
from service.judging.logic import Rule
from service.judging.matcher import Matcher
from service.judging.morphemes import Morphs
from service.judging.names import spellings
from service.judging.sieve import Sieve
from service.model import Kind, Match, Precision, Span
from service.reading.publishers import Registry
from service.since import Since
from service.store.past import Past
from service.store.rows import Seen

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
_FLOOD = 50 * 7  # stories a week

NEWEST = 20
"""Stories that are shown where nobody asks for all."""

SOURCE_KINDS: Mapping[str, SourceKind] = MappingProxyType(
    {"release": "government", "notice": "government", "news": "news"}
)
"""What filters call a source, by what its posts are."""


def source_kinds(declared: Mapping[str, Source]) -> Mapping[str, SourceKind]:
    """What filters call each of the sources, by id."""
    return {name: SOURCE_KINDS[each.kind] for name, each in declared.items()}


@dataclass(frozen=True, slots=True)
class Tools:
    """What looking back is done with. ``analyse`` gives the morphemes of windows.

    ``kinds`` are those of the declared sources, by id.
    """

    analyse: Callable[[Collection[str]], Awaitable[Mapping[str, Morphs]]]
    registry: Registry
    kinds: Mapping[str, SourceKind]

    @property
    def spell(self) -> Spell:
        """The spellings of a term."""
        return partial(spellings, registry=self.registry)

    def facts(self, seen: Seen) -> Facts:
        """What filters may ask of an article."""
        kind = self.kinds.get(seen.source_id)
        return of_reading(seen.reading, seen.topics or (), seen.source_id, kind)


@dataclass(frozen=True, slots=True)
class Brought:
    """A story that would have been told, by its first article for which the rule holds.

    ``came`` is when it was published, else first seen; its clock part means something only where
    ``precision`` is finer than a day. ``in_title`` are the hits in the title.
    """

    article_id: int
    source_id: str
    url: str
    title: str
    in_title: tuple[Span, ...]
    publisher: str | None
    came: datetime
    precision: Precision | None
    kind: Kind
    excerpt: Excerpt


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have brought from ``since`` until now (``until``).

    ``held_from``: from when the store has articles, later than ``since`` where it is younger; None
    where it has none of that time. ``articles`` were looked at, ``stories`` would have been told,
    of which ``newest`` are the newest, newest first. ``kinds`` and ``sources`` count stories.
    Where the time for it was over it is not ``whole``: ``until`` is how far it came.
    """

    since: datetime
    until: datetime
    held_from: datetime | None
    articles: int
    stories: int
    kinds: Mapping[Kind, int]
    sources: Mapping[str, int]
    newest: tuple[Brought, ...]
    whole: bool = True

    @property
    def per_week(self) -> float | None:
        """Stories a week; None where less than a day is covered."""
        covered = self.until - self.held_from if self.held_from else timedelta(0)
        return self.stories / (covered / _WEEK) if covered >= _DAY else None

    @property
    def flood(self) -> bool:
        """Whether it is more than anybody reads: over fifty a day."""
        return self.per_week is not None and self.per_week > _FLOOD


def shown(seen: Seen, match: Match, names: Mapping[str, str]) -> dict[str, Any]:
    """The fields of Brought; ``names`` of publishers by their ids."""
    said = seen.reading
    return {
        "article_id": seen.id,
        "source_id": seen.source_id,
        "url": seen.url,
        "title": said.title,
        "in_title": match.in_title,
        "publisher": "·".join(names.get(each, each) for each in said.publishers) or seen.publisher,
        "came": seen.came,
        "precision": said.precision,
        "kind": said.kind,
        "excerpt": marked(said, match),
    }


async def preview(
    past: Past, rule: Rule, since: Since, tools: Tools, newest: int | None = NEWEST
) -> Preview:
    """What one rule would have brought; ``newest`` None: all of it is given."""
    (found,) = await previews(past, [rule], since, tools, newest)
    return found


async def previews(
    past: Past,
    rules: Sequence[Rule],
    since: Since,
    tools: Tools,
    newest: int | None = NEWEST,
    *,
    seconds: float | None = None,
) -> list[Preview]:
    """The same of several rules, in their order, in one pass; within ``seconds``, if they matter.

    Raises TimeoutError where nothing was looked at by then.
    """
    looked = Looked(past, dict(enumerate(rules)), tools)
    start = await looked.start(since)
    tallies = [_Tally(tools.registry, newest) for _ in rules]
    try:
        async with asyncio.timeout(seconds):
            async for seen, matches in looked.back(start):
                for match in matches:
                    tallies[match.rule_id].add(seen, match)
    except TimeoutError:
        if not looked.stopped():
            raise
    return [each.preview(start, looked) for each in tallies]


class Looked:
    """One look back over what is stored, through a few rules.

    ``until``, ``held_from`` and ``articles`` as in Preview are complete once it is over.
    """

    def __init__(self, past: Past, rules: Mapping[int, Rule], tools: Tools) -> None:
        self._past, self._tools = past, tools
        self._matcher = Matcher(rules, tools.spell)
        self._sieve = Sieve(rules.values(), tools.spell)
        self._began: datetime | None = None
        self.until: datetime
        self.held_from: datetime | None = None
        self.articles = 0
        self.whole = True
        self._reached: datetime | None = None

    def stopped(self) -> bool:
        """Look no further: what was seen is all. False where that is nothing."""
        self.whole, self.until = False, self._reached or self.until
        return self._reached is not None

    async def start(self, since: Since) -> datetime:
        """When the look begins, by the database's clock."""
        reach = await self._past.reach()
        self.until, self._began = reach.now, reach.began
        return since if isinstance(since, datetime) else self.until - since

    async def back(self, start: datetime) -> AsyncIterator[tuple[Seen, list[Match]]]:
        """Every article since the start with what holds for it, oldest first."""
        async for batch in self._past.articles(start):
            if self.held_from is None:
                # A store that is younger holds only what was still on the lists when it began.
                whole = self._began is not None and self._began <= start
                self.held_from = start if whole else min(batch[0].came, self.until)
            # Apart, so that pages are served meanwhile.
            trials = await asyncio.to_thread(self._trials, batch)
            asked = frozenset[str]().union(*(each.windows for each in trials.values()))
            morphs = await self._tools.analyse(asked) if asked else {}
            found = await asyncio.to_thread(_decided, trials, morphs)
            self.articles += len(batch)
            self._reached = batch[-1].came
            for seen in batch:
                yield seen, found.get(seen.id, [])

    def _trials(self, batch: Sequence[Seen]) -> dict[int, Trial]:
        trials = {}
        for each in batch:
            title, text, known = each.reading.title, each.reading.text, self._tools.facts(each)
            if self._sieve.lets(title, text, known):
                trials[each.id] = self._matcher.trial(title, text, known)
        return trials


def _decided(trials: Mapping[int, Trial], morphs: Mapping[str, Morphs]) -> dict[int, list[Match]]:
    return {article_id: trial.decide(morphs) for article_id, trial in trials.items()}


class _Tally:
    """What one rule would have brought so far."""

    def __init__(self, registry: Registry, newest: int | None) -> None:
        self._names = {each.id: each.name for each in registry}
        self._newest: deque[Brought] = deque(maxlen=newest)
        self._stories: set[tuple[str, int]] = set()
        self._kinds: Counter[Kind] = Counter()
        self._sources: Counter[str] = Counter()

    def add(self, seen: Seen, match: Match) -> None:
        """One more article for which the rule holds; of a story the first counts."""
        if seen.story in self._stories:
            return
        self._stories.add(seen.story)
        self._kinds[seen.reading.kind] += 1
        self._sources[seen.source_id] += 1
        self._newest.append(Brought(**shown(seen, match, self._names)))

    def preview(self, start: datetime, looked: Looked) -> Preview:
        """All of it."""
        return Preview(
            start,
            looked.until,
            looked.held_from,
            looked.articles,
            len(self._stories),
            dict(self._kinds.most_common()),
            dict(self._sources.most_common()),
            tuple(reversed(self._newest)),
            looked.whole,
        )
