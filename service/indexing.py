"""The step that enters articles in the search index, beside the work that alerts wait for.

It follows triage by rows: what was judged is owed. It asks for morphology in small portions, so
that an alert waits for one of them at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field

from service.judging import facts, lexemes
from service.judging.facts import SourceKind
from service.judging.lexemes import Lexicon, Runs
from service.judging.morphemes import Morphs
from service.observe import unit
from service.store.search import Owed, Searching, Stored

_PORTION = 200  # stretches of a few letters: ten milliseconds of morphology
_ATTEMPTS = 3


@dataclass(slots=True)
class Indexing:
    """The step with its tools. ``kinds`` are those of the declared sources, by id."""

    searching: Searching
    analyse: Callable[[Collection[str]], Awaitable[Mapping[str, Morphs]]]
    kinds: Mapping[str, SourceKind]
    _lexicon: Lexicon = field(default_factory=Lexicon, init=False)

    async def enter_all(self) -> int:
        """Enter all that is owed, the newest first; how many there were."""
        entered = 0
        while (owed := await self.searching.claim()) is not None:
            with unit("index", owed.article_id, article=owed.article_id) as one:
                trouble = await self._enter(owed)
                if trouble is not None:
                    one.ended("failed", why=trouble)
            entered += 1
        return entered

    async def _enter(self, owed: Owed) -> str | None:
        """One article; why it could not be entered, where it could not.

        One that breaks something comes due again, and is given up after a few attempts.
        """
        stored = await self.searching.article(owed.article_id)
        if stored is None:
            await self.searching.drop(owed)
            return None
        placed = stored.place[0]
        if owed.attempts > _ATTEMPTS:
            why = f"{_ATTEMPTS} attempts came to nothing"
            return await self.searching.give_up(owed, placed, why)
        return await self.searching.enter(owed, placed, await self._words(stored))

    async def _words(self, stored: Stored) -> list[str]:
        title, text = stored.reading.title, stored.reading.text
        runs = await asyncio.to_thread(self._lexicon.unknown, (title, text))
        morphs: dict[str, Morphs] = {}
        asked = [*lexemes.stretches(runs)]
        for at in range(0, len(asked), _PORTION):
            morphs |= await self.analyse(asked[at : at + _PORTION])
        kind = self.kinds.get(stored.source_id)
        known = facts.of_reading(stored.reading, stored.topics, stored.source_id, kind)
        words = await asyncio.to_thread(self._learned, runs, morphs, title, text)
        return words + lexemes.of_facts(known) + lexemes.of_time(stored.place[0])

    def _learned(
        self, runs: Runs, morphs: Mapping[str, Morphs], title: str, text: str
    ) -> list[str]:
        self._lexicon.learn(runs, morphs)
        found = self._lexicon.lexemes(title, text)
        self._lexicon.forget()
        return found
