"""Rules that bring nothing, and why: what of them stands in the stored articles of a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scrapers.errors import called
from scrapers.model import Source
from service.judging.audit import Reason, Surroundings, reasons
from service.judging.fields import Values
from service.judging.logic import Field, Rule, atoms
from service.judging.rules import RuleError, parse
from service.judging.survey import Survey
from service.preview import SOURCE_KINDS, Looked, Tools
from service.reading.publishers import Registry
from service.since import Since
from service.store.overview import Health
from service.store.past import Past, SilentRule

_FAILING = 3  # polls in a row
_KINDS = frozenset(SOURCE_KINDS.values())
_NONE_OF_KIND = "이런 출처를 하나도 살피지 않습니다", "no source of this kind is polled here"


@dataclass(frozen=True, slots=True)
class Ailing:
    """A rule that brings nothing, and why."""

    rule: SilentRule
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """Of all live rules those that ``never`` had a hit, and those that had none ``since`` (stale).

    ``held_from`` and ``articles`` as in Preview; ``rules`` counts different rules.
    """

    since: datetime
    until: datetime
    held_from: datetime | None
    articles: int
    rules: int
    never: tuple[Ailing, ...]
    stale: tuple[Ailing, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """All sources that are ``declared``, those that this service polls, and their ``health``."""

    declared: Mapping[str, Source]
    polled: Mapping[str, Source]
    health: Sequence[Health]

    def trouble(self, source: str) -> tuple[str, str] | None:
        """What is wrong with a source or a kind of them, Korean and English; None: nothing is."""
        if source in _KINDS:
            polled = any(SOURCE_KINDS[each.kind] == source for each in self.polled.values())
            return None if polled else _NONE_OF_KIND
        if source not in self.declared:
            return "이런 출처는 (이제) 없습니다", "no such source is declared (any more)"
        if source not in self.polled:
            return "이 서비스가 살피지 않는 출처입니다", "it is not polled here"
        known = next((each for each in self.health if each.source_id == source), None)
        if known is None or (known.last_ok_at is None and not known.failures):
            return "아직 한 번도 읽지 않았습니다", "it was not read yet"
        if known.failures >= _FAILING or known.last_ok_at is None:
            korean, english = called(known.trouble)
            return f"읽지 못하고 있습니다: {korean}", f"it is failing: {english}"
        return None


async def audit(
    past: Past,
    since: Since,
    tools: Tools,
    state: Sources,
) -> Audit:
    """Look for what is wrong with rules that had no hit since."""
    reach = await past.reach()
    start = since if isinstance(since, datetime) else reach.now - since
    live, silent = await past.silent_rules(start)
    parsed = [_parsed(each.canonical, Values(tools.registry)) for each in silent]
    readable = [each for each in parsed if not isinstance(each, RuleError)]
    survey = Survey(readable, tools.spell)
    looked = Looked(past, survey.questions, tools)
    await looked.start(start)
    topical = await _count(looked, start, survey) if readable else 0
    around = Surroundings(
        _time(start, looked),
        tools.registry,
        _publishing(state.declared, tools.registry),
        {each: trouble for each in _sources(readable) if (trouble := state.trouble(each))},
        topical,
    )
    ailing = [
        Ailing(each, _why(rule, reach.now - each.created_at, survey, around))
        for each, rule in zip(silent, parsed, strict=True)
    ]
    return Audit(
        start,
        looked.until,
        looked.held_from,
        looked.articles,
        live,
        tuple(each for each in ailing if each.rule.last_hit is None),
        tuple(each for each in ailing if each.rule.last_hit is not None),
    )


async def _count(looked: Looked, start: datetime, survey: Survey) -> int:
    """Count every article; returns for how many topics were judged."""
    topical = 0
    async for seen, matches in looked.back(start):
        topical += seen.topics is not None
        said = seen.reading
        survey.add(said.title, said.text, (each.rule_id for each in matches))
    return topical


def _parsed(canonical: str, values: Values) -> Rule | RuleError:
    try:
        return parse(canonical, values)
    except RuleError as error:  # once it could be read: a field's value is gone
        return error


def _why(
    rule: Rule | RuleError, age: timedelta, survey: Survey, around: Surroundings
) -> tuple[Reason, ...]:
    if isinstance(rule, RuleError):
        return (Reason("broken", f"읽을 수 없는 규칙입니다: {rule.message}", "it cannot be read"),)
    return reasons(rule, age, survey, around)


def _sources(rules: Sequence[Rule]) -> frozenset[str]:
    """Every source that a filter names."""
    every = frozenset[object]().union(*map(atoms, rules))
    return frozenset(
        each.value for each in every if isinstance(each, Field) and each.name == "source"
    )


def _publishing(declared: Mapping[str, Source], registry: Registry) -> frozenset[str]:
    """The bodies whose releases some source has; a source without one of its own is the portal."""
    own = {each.publisher for each in declared.values() if each.publisher is not None}
    if any(each.publisher is None for each in declared.values()):
        own |= {body.id for body in registry if body.rep_code is not None}
    return frozenset(own)


def _time(start: datetime, looked: Looked) -> tuple[str, str]:
    """The time that is covered, for people."""
    days = round((looked.until - (looked.held_from or start)) / timedelta(days=1))
    return (
        (f"지난 {days}일", f"the last {days} days") if days > 1 else ("지난 하루", "the last day")
    )
