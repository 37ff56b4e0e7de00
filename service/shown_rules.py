"""What looking back on rules found, for a person's eye and as the records of docs/formats.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from service.audit import Ailing, Audit
from service.judging.fields import KINDS
from service.model import SEOUL, Span
from service.preview import Brought, Preview

_DAY = timedelta(days=1)
_NAMES = 3  # of the subscriptions that have a rule
_FEW = 10  # a week; fewer are told to the tenth


def estimate(found: Preview) -> str:
    """In a line or two: how many it would have brought, and how many a week."""
    if found.held_from is None:
        return (
            f"{_time(found)[0]} 사이에 저장된 글이 없어 아직 어림할 수 없습니다 / "
            "nothing of that time is stored yet: no estimate"
        )
    korean, english = _time(found)
    line = f"{korean}이라면 소식 {found.stories:,}건"
    also = f"would have brought {found.stories:,} stories in {english}"
    if found.per_week:
        rate = f"{found.per_week:,.0f}" if found.per_week >= _FEW else f"{found.per_week:.1f}"
        line, also = f"{line}, 한 주에 약 {rate}건", f"{also}, about {rate} a week"
    return f"{line} / {also}" + _shortfall(found)


def show_preview(rule: str, found: Preview) -> None:
    """Print all of a preview on standard output."""
    console = Console(highlight=False)
    console.print(Text.assemble("규칙 / rule  ", (rule, "bold")), soft_wrap=True)
    console.print(Text(estimate(found)), soft_wrap=True)
    if found.held_from is None:
        return
    console.print(
        Text(f"사본까지 글 {found.articles:,}건 / of {found.articles:,} articles, copies too")
    )
    if found.stories:
        kinds = {KINDS.get(kind, (kind,))[0]: count for kind, count in found.kinds.items()}
        console.print(Text(f"종류 / kind    {_counted(kinds)}"))
        console.print(Text(f"출처 / source  {_counted(found.sources)}"))
    for each in found.newest:
        console.print()
        console.print(_headline(each), soft_wrap=True)
        console.print(Padding(_marked(each.excerpt.text, each.excerpt.marks), (0, 0, 0, 2)))
    if len(found.newest) < found.stories:
        console.print(
            f"\n… {found.stories - len(found.newest):,}건 더 (more with --json)", style="dim"
        )


def titles(found: Preview) -> Iterator[str]:
    """The newest, a line each."""
    for each in found.newest:
        yield f"{each.came.astimezone(SEOUL):%m-%d} {each.publisher or '—'}: {each.title}"


def show_audit(found: Audit) -> None:
    """Print an audit on standard output."""
    console = Console(highlight=False)
    silent = len(found.never) + len(found.stale)
    console.print(
        f"규칙 {found.rules:,}가지 가운데 {silent:,}가지가 잠잠합니다 / "
        f"{silent:,} of {found.rules:,} rules are silent"
    )
    if silent and found.held_from is not None:
        console.print(
            f"{_day(found.held_from)}부터 사본까지 글 {found.articles:,}건에서 까닭을 찾음 / "
            f"looked for reasons in {found.articles:,} articles, copies too"
        )
    since = f"{_day(found.since)} 뒤로 맞은 적 없음 / no hit since"
    for heading, some in (
        ("한 번도 맞은 적 없음 / never a hit", found.never),
        (since, found.stale),
    ):
        if some:
            console.print()
            console.print(Text(f"■ {heading}: {len(some):,}", style="bold"))
        for each in some:
            for line in _ailing(each):
                console.print(line, soft_wrap=True)


def preview_records(rule: str, found: Preview) -> Iterator[dict[str, Any]]:
    """A record for each story, newest first, and one for all of them."""
    for each in found.newest:
        yield {
            "type": "story",
            "id": each.article_id,
            "source": each.source_id,
            "url": each.url,
            "title": each.title,
            "title_marks": _pairs(each.in_title),
            "publisher": each.publisher,
            "published_at": _iso(each.came),
            "published_precision": each.precision,
            "kind": each.kind,
            "excerpt": each.excerpt.text,
            "marks": _pairs(each.excerpt.marks),
        }
    yield {
        "type": "summary",
        "rule": rule,
        "since": _iso(found.since),
        "until": _iso(found.until),
        "held_from": found.held_from and _iso(found.held_from),
        "articles": found.articles,
        "stories": found.stories,
        "per_week": found.per_week and round(found.per_week, 2),
        "kinds": dict(found.kinds),
        "sources": dict(found.sources),
    }


def audit_records(found: Audit) -> Iterator[dict[str, Any]]:
    """A record for each silent rule, and one for all of them."""
    for each in (*found.never, *found.stale):
        yield {
            "type": "rule",
            "rule": each.rule.text,
            "canonical": each.rule.canonical,
            "subscriptions": list(each.rule.subscriptions),
            "created_at": _iso(each.rule.created_at),
            "last_hit": each.rule.last_hit and f"{_day(each.rule.last_hit)}",
            "reasons": [reason._asdict() for reason in each.reasons],
        }
    yield {
        "type": "summary",
        "since": _iso(found.since),
        "until": _iso(found.until),
        "held_from": found.held_from and _iso(found.held_from),
        "articles": found.articles,
        "rules": found.rules,
        "never": len(found.never),
        "stale": len(found.stale),
    }


def _time(found: Preview) -> tuple[str, str]:
    """The time that was asked for, Korean and English."""
    back = found.until - found.since
    if back > _DAY:
        return f"지난 {round(back / _DAY)}일", f"{round(back / _DAY)} days"
    hours = round(back / timedelta(hours=1))
    return f"지난 {hours}시간", f"{hours} hours"


def _shortfall(found: Preview) -> str:
    """What is to be said where the store does not go back far enough."""
    if found.held_from is None or found.held_from - found.since < _DAY:
        return ""
    days = (found.until - found.held_from) / _DAY
    return (
        f"\n저장된 글은 {_day(found.held_from)}부터라서 {days:.1f}일치로 셈했습니다 / "
        f"stored since then only: counted over {days:.1f} days"
    )


def _headline(each: Brought) -> Text:
    at = each.came.astimezone(SEOUL)
    when = f"{at:%Y-%m-%d}" if each.precision in {None, "day"} else f"{at:%Y-%m-%d %H:%M}"
    line = Text.assemble((f"{when}  {each.publisher or each.source_id}  ", "dim"))
    line.append_text(_marked(each.title, each.in_title, style="bold"))
    return line


def _marked(text: str, marks: Iterable[Span], style: str = "") -> Text:
    """The hits between «», which are seen without colours too."""
    line, at = Text(style=style), 0
    for start, end in marks:
        if start >= at:
            line.append(text[at:start])
            line.append(f"«{text[start:end]}»", "yellow")
            at = end
    return line.append(text[at:])


def _ailing(each: Ailing) -> Iterator[Text]:
    rule = each.rule
    more = len(rule.subscriptions) - _NAMES
    whose = ", ".join(rule.subscriptions[:_NAMES]) + (f" 외 {more:,}" if more > 0 else "")
    last = f", 마지막 {_day(rule.last_hit)}" if rule.last_hit else ""
    made = f"  ({whose}; {_day(rule.created_at)} 만듦{last})"
    yield Text.assemble("  ", (rule.text.strip(), "bold"), (made, "dim"))
    for reason in each.reasons:
        yield Text(f"    · {reason.korean}")
        yield Text(f"      {reason.english}", style="dim")


def _counted(counts: Mapping[str, int]) -> str:
    return " · ".join(f"{name} {count:,}" for name, count in counts.items())


def _pairs(spans: Iterable[Span]) -> list[list[int]]:
    return [list(span) for span in spans]


def _iso(at: datetime) -> str:
    return at.astimezone(SEOUL).isoformat()


def _day(at: datetime) -> str:
    return f"{at.astimezone(SEOUL):%Y-%m-%d}"
