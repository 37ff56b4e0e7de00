"""Triage: story | match | owe. Which event an article tells of, and whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import structlog

from service.analyser import Analyser
from service.judging import rules, story
from service.judging.matcher import Matcher
from service.model import Match, Span
from service.reading.publishers import Registry
from service.store.triage import LiveRule, Readable, Triage, Verdict

log = structlog.get_logger()

_SEOUL = ZoneInfo("Asia/Seoul")
_AROUND = 40  # characters shown before and after a hit
_SUMMARY = 200


@dataclass(slots=True)
class _Book:
    """The rules of one version, ready to match."""

    version: int
    matcher: Matcher
    live: Mapping[int, LiveRule]


@dataclass(slots=True)
class Judge:
    """The step with its tools."""

    triage: Triage
    analyser: Analyser
    registry: Registry
    _book: _Book | None = field(default=None, init=False)

    async def judge(self, article_id: int) -> None:
        """Judge one article; does nothing where it is judged already."""
        waiting = await self.triage.waiting(article_id)
        if waiting is None:
            return
        article, version = waiting
        keys = story.keys(article.url, article.title, article.text, article.publisher)
        alerts = {} if article.baseline else await self._alerts(article, version)
        owed = await self.triage.settle(article_id, Verdict(keys, alerts))
        log.info("triage.done", article=article_id, baseline=article.baseline, owed=owed)

    async def _alerts(self, article: Readable, version: int) -> dict[int, dict[str, object]]:
        book = await self._current(version)
        windows = book.matcher.windows(article.title, article.text)
        morphs = await self.analyser.analyse(windows)
        by_subscription: dict[int, list[Match]] = {}
        for match in book.matcher.match(article.title, article.text, morphs):
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
            matcher = Matcher(dict(_parsed(live)))
            self._book = _Book(version, matcher, {each.id: each for each in live})
        return self._book

    def _alert(
        self, article: Readable, matches: Sequence[Match], live: Mapping[int, LiveRule]
    ) -> dict[str, object]:
        """The facts an alert tells, in the fields of notifier.model.Alert."""
        named = [self.registry.by_id(each).name for each in article.publishers]
        published = article.published_at and article.published_at.astimezone(_SEOUL).isoformat()
        return {
            "subscription": live[matches[0].rule_id].subscription,
            "title": article.title,
            "url": article.url,
            "publisher": "·".join(named) or article.publisher,
            "source": article.source_id,
            "published_at": published,
            "published_precision": article.precision,
            "summary": (article.summary or article.text)[:_SUMMARY],
            "hits": [
                {"rule": live[each.rule_id].text, "excerpt": _excerpt(article, each)}
                for each in matches
            ],
        }


def _parsed(live: Sequence[LiveRule]) -> Iterator[tuple[int, rules.Rule]]:
    """A rule that cannot be read (any more) costs its subscriber's alerts, not everybody's."""
    for each in live:
        try:
            yield each.id, rules.parse(each.text)
        except rules.RuleError as error:
            log.error("rule.broken", rule=each.text, of=each.subscription, why=error.message)


def _excerpt(article: Readable, match: Match) -> str:
    """The words around the first hit, in the body before the title."""
    if match.hits:
        return _around(article.text, match.hits[0])
    return _around(article.title, match.in_title[0]) if match.in_title else ""


def _around(text: str, span: Span) -> str:
    start, end = max(0, span[0] - _AROUND), span[1] + _AROUND
    words = " ".join(text[start:end].split())
    return ("…" if start else "") + words + ("…" if end < len(text) else "")
