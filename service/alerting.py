"""What an alert tells: the facts of an article, in the fields of notifier.model.Alert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from service.judging.excerpt import marked
from service.judging.extract import extract
from service.judging.topics import korean_names
from service.model import Call, Contact, Embargo, Match, Reading
from service.reading.publishers import Registry
from service.store.triage import LiveRule, Readable

_SEOUL = ZoneInfo("Asia/Seoul")
_SUMMARY = 200
_CONDITION = 60
# A row of every subscriber holds all of it.
_CONTACTS, _FILES = 5, 10
_NAME, _LINK = 200, 500


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
        "published_at": said.published_at and said.published_at.astimezone(_SEOUL).isoformat(),
        "published_precision": said.precision,
        "summary": (article.summary or said.text)[:_SUMMARY],
        "kind": said.kind,
        "embargo": _embargo(said.embargo, article.embargo_until),
        "apply_by": _apply_by(said.call),
        "topics": [korean_names()[each] for each in topics],
        "contacts": list(_contacts(said.contacts)),
        "files": list(_files(article.links)),
        "extract": extract(said, article.summary),
    }


def addressed(
    article: Readable,
    facts: Mapping[str, Any],
    matches: Sequence[Match],
    live: Mapping[int, LiveRule],
) -> dict[str, Any]:
    """The alert for the subscription whose rules these ``matches`` are."""
    hits = [_hit(article.reading, each, live[each.rule_id].text) for each in matches]
    return {**facts, "subscription": live[matches[0].rule_id].subscription, "hits": hits}


def _hit(said: Reading, match: Match, rule: str) -> dict[str, Any]:
    shown = marked(said, match)
    return {"rule": rule, "excerpt": shown.text, "marks": shown.marks}


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
