"""Triage: story | match | owe. Which event an article tells of, and whom it concerns."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

import structlog

from scrapers.model import Source
from service import placing
from service.alerting import concern_of, facts_of
from service.analyser import Analyser
from service.judging import changes, facts, rules
from service.judging.facts import Facts
from service.judging.fields import Values
from service.judging.matcher import Matcher
from service.judging.names import spellings
from service.judging.topics import Topical, Topics
from service.model import Change, Match
from service.observe import Unit, unit
from service.preview import SOURCE_KINDS
from service.reading import kind
from service.reading.publishers import Registry
from service.store.owing import Concern
from service.store.rows import Readable
from service.store.rulebook import LiveRule
from service.store.stories import Place, UnseenTwin
from service.store.verdicts import Correction, Verdict, Verdicts

log = structlog.get_logger()

_LEFT = 0.6  # of a text, below which it is likelier lost than shortened
_TEXTS = 10_000  # of rules that are remembered while a book is read
_LOOKS = 10  # at likely copies, where other workers keep storing more of them


@dataclass(slots=True)
class _Book:
    """The rules of one version, ready to match."""

    version: int
    matcher: Matcher
    live: Mapping[int, LiveRule]


@dataclass(slots=True)
class Triage:
    """The step with its tools."""

    declared: Mapping[str, Source]
    verdicts: Verdicts
    analyser: Analyser
    registry: Registry
    topics: Topics
    _book: _Book | None = field(default=None, init=False)
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def warm(self) -> None:
        """Load the rule book, so that the first news does not wait for a hundred thousand rules."""
        await self._current(1)

    async def judge(self, article_id: int) -> None:
        """Judge one article; does nothing where it is judged already."""
        with unit("triage", article_id, article=article_id) as one:
            waiting = await self.verdicts.waiting(article_id)
            if waiting is None:
                one.nothing()
            else:
                await self._judge(*waiting, one)

    async def _judge(self, read: Readable, version: int, one: Unit) -> None:
        article, about, known = self._judged(read)
        told = facts_of(article, self.registry, known.topics)
        topics = [each._asdict() for each in about.topics]
        verdict = Verdict(
            placing.place_of(article),
            {},
            embargo_until=article.embargo_until,
            kind=article.reading.kind,
            topics=known.topics,
            topical={"topics": topics, "primary": about.primary},
            read_at=article.read_at,
        )
        if not article.baseline:
            book = await self._current(version)
            matches = await self._matches(article, known, book.matcher)
            before = await self._matched_before(article, known, book.matcher)
            new = [each for each in matches if each.rule_id not in before]
            concern = concern_of(article.reading, new, book.live)
            hit = [each.rule_id for each in matches]
            verdict = replace(verdict, facts=told, concern=concern, hit=hit)
        owed = await self._settled(article, verdict, told)
        one.say(source=article.source_id, baseline=article.baseline, owed=owed)

    async def again(
        self, article: Readable, version: int, young: Collection[int]
    ) -> tuple[Mapping[str, Any], Concern]:
        """What a judged article tells, and whom it concerned by all rules but the ``young``."""
        article, _, known = self._judged(article)
        book = await self._current(version)
        matches = await self._matches(article, known, book.matcher)
        old = [each for each in matches if each.rule_id not in young]
        concern = concern_of(article.reading, old, book.live)
        return facts_of(article, self.registry, known.topics), concern

    def _judged(self, article: Readable) -> tuple[Readable, Topical, Facts]:
        """The article with its kind settled, its topics, and all that filters may ask of it."""
        said, source = article.reading, self.declared.get(article.source_id)
        publisher = said.publishers[0] if said.publishers else None
        about = self.topics.judge(said.title, said.text, publisher)
        if said.kind != "news":
            called, title = said.call.is_call, article.given_title or said.title
            said = replace(said, kind=kind.of(title, said.text, called, scores=about.kinds))
        codes = (topic.code for topic in about.topics)
        kind_of_source = None if source is None else SOURCE_KINDS[source.kind]
        known = facts.of_reading(said, codes, article.source_id, kind_of_source)
        return replace(article, reading=said), about, known

    async def _matches(self, article: Readable, known: Facts, matcher: Matcher) -> list[Match]:
        title, text = article.reading.title, article.reading.text
        trial = matcher.trial(title, text, known)
        return trial.decide(await self.analyser.analyse(trial.windows))

    async def _matched_before(
        self, article: Readable, known: Facts, matcher: Matcher
    ) -> frozenset[int]:
        """Rules that held for what its page said before: they were told then, or came later."""
        if article.earlier is None:
            return frozenset()
        earlier = replace(article, reading=article.earlier.reading)
        return frozenset(each.rule_id for each in await self._matches(earlier, known, matcher))

    async def _settled(
        self, article: Readable, verdict: Verdict, told: Mapping[str, Any]
    ) -> int | None:
        """Find the article's story and settle; once more where a likely copy came meanwhile."""
        for _ in range(_LOOKS):
            place = await self._placed(article, verdict.place)
            correction = await self._correction(article, place, told)
            settled = replace(verdict, place=place, correction=correction)
            try:
                return await self.verdicts.settle(article.id, settled)
            except UnseenTwin:
                log.info("triage.again", article=article.id)
        raise RuntimeError(f"article {article.id}: copies of it keep coming in")

    async def _placed(self, article: Readable, place: Place) -> Place:
        """Where it belongs among what is known by now."""
        likely = await self.verdicts.likely(article.id, place)
        if not (likely.alike or likely.telling):
            return place
        return await asyncio.to_thread(placing.among, article, place, likely)

    async def _correction(
        self, article: Readable, place: Place, told: Mapping[str, Any]
    ) -> Correction | None:
        """What it says otherwise than before: its own page, or the article that it corrects."""
        if article.earlier is not None:
            before, files = article.earlier.reading, article.earlier.files
            found = _changes(article, before, files)
            worth = any(each.weighty for each in found)
            return Correction(
                found,
                revision_id=article.earlier.revision_id,
                alert=_corrected(told, found) if worth else None,
                released=_released(article),
            )
        if place.tie is None or place.tie.joined_as != "correction":
            return None
        earlier = await self.verdicts.reading(place.tie.article_id)
        found = _changes(article, *earlier) if earlier else ()
        return Correction(
            found,
            earlier_id=place.tie.article_id,
            alert=_corrected(told, found) if found and not article.baseline else None,
            released=_released(article),
        )

    async def _current(self, version: int) -> _Book:
        """The rule book, kept up where it has changed; rules edited later judge later news.

        Loaded by one of those who need it; what takes seconds of a whole book goes on beside the
        loop. Changes do not: matchers share what they number words by.
        """
        async with self._loading:
            book = self._book
            if book is None or book.version < version:
                changed = await self.verdicts.rules({} if book is None else book.live)
                added = await asyncio.to_thread(_parsed, changed.added, Values(self.registry))
                if book is None:
                    matcher = await asyncio.to_thread(
                        Matcher, added, partial(spellings, registry=self.registry)
                    )
                    gc.freeze()  # a hundred thousand rules need not be looked through each time
                    live = {}
                else:
                    matcher = book.matcher.with_changes(added, changed.gone)
                    live = {k: rule for k, rule in book.live.items() if k not in changed.gone}
                live |= {each.id: each for each in changed.added}
                book = self._book = _Book(changed.version, matcher, live)
            return book


def _parsed(live: Sequence[LiveRule], values: Values) -> Mapping[int, rules.Rule]:
    """A rule that cannot be read (any more) costs its subscriber's alerts, not everybody's."""
    parse = lru_cache(_TEXTS)(partial(rules.parse, values=values))  # many say the same
    read = {}
    for each in live:
        try:
            read[each.id] = parse(each.text)
        except rules.RuleError as error:
            log.error("rule.broken", rule=each.text, of=each.subscription, why=error.message)
    return read


def _changes(
    article: Readable, before: Any, files: Mapping[str, bytes | None]
) -> tuple[Change, ...]:
    """What it says otherwise. A file's change weighs by its words, where they are read."""
    swapped = changes.files(files, article.files)
    if swapped and len(article.reading.text) < _LEFT * len(before.text):
        return swapped  # the new file could not be read: what only it said is not gone
    if article.documents:
        swapped = tuple(replace(each, weighty=False) for each in swapped)
    return changes.changes(before, article.reading) + swapped


def _released(article: Readable) -> bool:
    """Whether it says of itself that it may be published at once."""
    printed = article.reading.embargo
    return printed is not None and printed.immediate and article.embargo_until is None


def _corrected(told: Mapping[str, Any], found: Sequence[Change]) -> dict[str, Any]:
    return {**told, "changes": [changes.worded(each) for each in found]}
