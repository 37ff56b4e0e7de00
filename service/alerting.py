"""What an alert tells: the facts of an article, in the fields of notifier.model.Alert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from service.judging.excerpt import marked
from service.judging.extract import extract
from service.judging.taxonomy import subjects
from service.model import SEOUL, Call, Contact, Embargo, Match, Reading, Span
from service.reading.publishers import Registry
from service.store.owing import Concern, Why, badge
from service.store.rows import Readable
from service.store.rulebook import LiveRule

_SUMMARY = 200
_CONDITION = 60
_CONTACTS, _FILES = 5, 10
_NAME, _LINK = 200, 500
_Reason = tuple[str, bool, tuple[Span, ...], tuple[Span, ...]]  # a rule, urgent, and its hits


def facts_of(article: Readable, registry: Registry, topics: Sequence[str]) -> dict[str, Any]:
    """All but whom it is for and why: those differ from subscription to subscription.

    ``topics`` are codes, the likeliest first.
    """
    said = article.reading
    named = [registry.by_id(each).name for each in said.publishers]
    return {
        "title": said.title,
        "url": article.url,
        "publisher": "·".join(named) or article.publisher,
        "source": article.source_id,
        "published_at": said.published_at and said.published_at.astimezone(SEOUL).isoformat(),
        "published_precision": said.precision,
        "summary": (article.summary or said.text)[:_SUMMARY],
        "kind": said.kind,
        "embargo": _embargo(said.embargo, article.embargo_until),
        "apply_by": _apply_by(said.call),
        "topics": [subjects()[each].korean for each in topics],
        "contacts": list(_contacts(said.contacts)),
        "files": list(_files(article.links)),
        "extract": extract(said, article.summary),
    }


def concern_of(said: Reading, matches: Iterable[Match], live: Mapping[int, LiveRule]) -> Concern:
    """Whom an article concerns and why; ``matches`` are those of all rules.

    An urgent rule alone concerns nobody. Equal rules have equal hits: those are made once.
    """
    reasons: dict[_Reason, int] = {}
    why: dict[int, tuple[int, ...]] = {}
    for match in matches:
        rule = live[match.rule_id]
        reason = rule.text, rule.urgent, match.hits, match.in_title
        number = (reasons.setdefault(reason, len(reasons)),)
        own = why.get(rule.subscription_id)
        why[rule.subscription_id] = own + number if own else number
    numbered = list(reasons)
    # Very many readers, few different reasons.
    told = {each: [numbered[number] for number in each] for each in dict.fromkeys(why.values())}
    told = {each: own for each, own in told.items() if not all(urgent for _, urgent, *_ in own)}
    places = {each: place for place, each in enumerate(told)}
    of = {reader: places[each] for reader, each in why.items() if each in places}
    return Concern([_why(said, own) for own in told.values()], of)


def _why(said: Reading, reasons: Sequence[_Reason]) -> Why:
    hits = {text: marked(said, Match(0, *spans)) for text, _, *spans in reasons}
    return Why(
        [{"rule": rule, "excerpt": each.text, "marks": each.marks} for rule, each in hits.items()],
        any(urgent for _, urgent, _, _ in reasons),
    )


def _contacts(contacts: Sequence[Contact]) -> Iterator[str]:
    """A line for each whom one can phone, as printed."""
    lines = (
        " ".join(filter(None, [each.department, each.rank, each.name, each.phone]))
        for each in contacts
        if each.phone
    )
    yield from (line[:_NAME] for line in islice(dict.fromkeys(lines), _CONTACTS))


def _files(links: Sequence[tuple[str, str]]) -> Iterator[dict[str, str]]:
    shown = ({"name": name[:_NAME], "url": url} for name, url in links if len(url) <= _LINK)
    yield from islice(shown, _FILES)


def _embargo(printed: Embargo | None, until: datetime | None) -> str | None:
    """The badge of news that may not be published yet, for those who are told all the same."""
    if until is not None:
        return badge(until)
    if printed is not None and printed.condition is not None:
        return f"엠바고 {printed.condition[:_CONDITION]} · embargoed on a condition"
    return None


def _apply_by(call: Call) -> str | None:
    """The last day to apply, with its time of day where one is given."""
    if not call.is_call or call.end is None:
        return None
    return f"{call.end} {call.end_clock or ''}".rstrip()
