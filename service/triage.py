"""Triage: story | match | owe. Which event an article tells of, and whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from scrapers.model import Source
from service.analyser import Analyser
from service.judging import facts, rules, story
from service.judging.facts import Facts, SourceKind
from service.judging.fields import Values
from service.judging.matcher import Matcher
from service.judging.names import spellings
from service.judging.topics import Topics
from service.model import Call, Embargo, Match, Reading, Span
from service.reading import kind
from service.reading.clean import clean, clean_line
from service.reading.publishers import Registry
from service.store.triage import LiveRule, Readable, Triage, Verdict

log = structlog.get_logger()

_SEOUL = ZoneInfo("Asia/Seoul")
_AROUND = 40  # characters shown before and after a hit
_SUMMARY = 200
_CONDITION = 60


@dataclass(slots=True)
class _Book:
    """The rules of one version, ready to match."""

    version: int
    matcher: Matcher
    live: Mapping[int, LiveRule]


@dataclass(slots=True)
class Judge:
    """The step with its tools."""

    declared: Mapping[str, Source]
    triage: Triage
    analyser: Analyser
    registry: Registry
    topics: Topics
    _book: _Book | None = field(default=None, init=False)

    async def judge(self, article_id: int) -> None:
        """Judge one article; does nothing where it is judged already."""
        waiting = await self.triage.waiting(article_id)
        if waiting is None:
            return
        read, version = waiting
        article, known = self._judged(read)
        alerts = {} if article.baseline else await self._alerts(article, known, version)
        verdict = Verdict(_keys(article), alerts, article.embargo_until, article.reading.kind)
        owed = await self.triage.settle(article_id, verdict)
        log.info("triage.done", article=article_id, baseline=article.baseline, owed=owed)

    def _judged(self, article: Readable) -> tuple[Readable, Facts]:
        """The article with its kind settled, and all that filters may ask of it."""
        said, source = article.reading, self.declared.get(article.source_id)
        publisher = said.publishers[0] if said.publishers else None
        found = self.topics.judge(said.title, said.text, publisher)
        if said.kind != "news":
            called, title = said.call.is_call, article.given_title or said.title
            said = replace(said, kind=kind.of(title, said.text, called, scores=found.kinds))
        topics = (code for code, _ in found.topics)
        known = facts.of_reading(said, topics, article.source_id, _origin(source))
        return replace(article, reading=said), known

    async def _alerts(
        self, article: Readable, known: Facts, version: int
    ) -> dict[int, dict[str, object]]:
        book = await self._current(version)
        title, text = article.reading.title, article.reading.text
        morphs = await self.analyser.analyse(book.matcher.windows(title, text, known))
        by_subscription: dict[int, list[Match]] = {}
        for match in book.matcher.match(title, text, morphs, known):
            subscription_id = book.live[match.rule_id].subscription_id
            by_subscription.setdefault(subscription_id, []).append(match)
        return {
            each: self._alert(article, matches, book.live)
            for each, matches in by_subscription.items()
        }

    async def _current(self, version: int) -> _Book:
        """The rule book, loaded again where it has changed; rules edited later judge later news."""
        if self._book is None or self._book.version < version:
            version, live = await self.triage.rules()
            spell = partial(spellings, registry=self.registry)
            matcher = Matcher(dict(_parsed(live, Values(self.registry))), spell)
            self._book = _Book(version, matcher, {each.id: each for each in live})
        return self._book

    def _alert(
        self, article: Readable, matches: Sequence[Match], live: Mapping[int, LiveRule]
    ) -> dict[str, object]:
        """The facts an alert tells, in the fields of notifier.model.Alert."""
        said = article.reading
        named = [self.registry.by_id(each).name for each in said.publishers]
        return {
            "subscription": live[matches[0].rule_id].subscription,
            "title": said.title,
            "url": article.url,
            "publisher": "·".join(named) or article.publisher,
            "source": article.source_id,
            "published_at": said.published_at and said.published_at.astimezone(_SEOUL).isoformat(),
            "published_precision": said.precision,
            "summary": (article.summary or said.text)[:_SUMMARY],
            "hits": [
                {"rule": live[each.rule_id].text, "excerpt": _excerpt(said, each)}
                for each in matches
            ],
            "kind": said.kind,
            "embargo": _embargo(said.embargo, article.embargo_until),
            "apply_by": _apply_by(said.call),
        }


def _parsed(live: Sequence[LiveRule], values: Values) -> Iterator[tuple[int, rules.Rule]]:
    """A rule that cannot be read (any more) costs its subscriber's alerts, not everybody's."""
    for each in live:
        try:
            yield each.id, rules.parse(each.text, values)
        except rules.RuleError as error:
            log.error("rule.broken", rule=each.text, of=each.subscription, why=error.message)


def _origin(source: Source | None) -> SourceKind | None:
    if source is None:
        return None
    return "news" if source.kind == "news" else "government"


def _keys(article: Readable) -> tuple[str, ...]:
    """Identity by address, by the web page's text, and by the text of the documents.

    Any of them suffices: a portal gives web page and document, a feed of the ministry perhaps only
    the one or the other.
    """
    title, text = clean_line(article.given_title), clean(article.given_text)
    keys = story.keys(article.url, title, text, article.publisher)
    for each in (text, *map(clean, article.documents[:1]), article.reading.text):
        keys += story.titled_key(title, each)
    return tuple(dict.fromkeys(keys))


def _embargo(printed: Embargo | None, until: datetime | None) -> str | None:
    """The badge of news that may not be published yet, for those who are told all the same."""
    if until is not None:
        at = f"{until.astimezone(_SEOUL):%Y-%m-%d %H:%M}"
        return f"엠바고 {at}까지 · embargoed until {at} KST"
    if printed is not None and printed.condition is not None:
        return f"엠바고 {printed.condition[:_CONDITION]} · embargoed on a condition"
    return None


def _apply_by(call: Call) -> str | None:
    """The last day to apply, with its time of day where one is given."""
    if not call.is_call or call.end is None:
        return None
    return f"{call.end} {call.end_clock or ''}".rstrip()


def _excerpt(said: Reading, match: Match) -> str:
    """The words around the first hit, in the body before the title."""
    if match.hits:
        return _around(said.text, match.hits[0])
    return _around(said.title, match.in_title[0]) if match.in_title else ""


def _around(text: str, span: Span) -> str:
    start, end = max(0, span[0] - _AROUND), span[1] + _AROUND
    words = " ".join(text[start:end].split())
    return ("…" if start else "") + words + ("…" if end < len(text) else "")
