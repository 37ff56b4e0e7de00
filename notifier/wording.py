"""An alert in plain words, Korean first, for channels that people read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from notifier.model import Alert, Hit

_SEOUL = ZoneInfo("Asia/Seoul")


def lines(alert: Alert) -> str:
    """Title, publisher and time, embargo and period, matched rules with their excerpts, link.

    Of a correction what changed stands before all else. No final newline.

    Whatever was scraped stays on its own line, without control characters.
    """
    return "\n".join(
        [
            *_corrected(alert),
            _clean(alert.title),
            f"{_clean(alert.publisher or alert.source)} · {_when(alert)}",
            *_facts(alert),
            "",
            "맞은 조건 (matched rules)",
            *(_matched(hit) for hit in alert.hits),
            "",
            f"원문 (source): {_clean(alert.url)}",
        ]
    )


def _corrected(alert: Alert) -> Iterator[str]:
    if alert.changes:
        yield "정정: 알려 드린 내용이 바뀌었습니다 (a correction of what you were told)"
        yield from (f"- {_clean(each)}" for each in alert.changes)
        yield ""


def _facts(alert: Alert) -> Iterator[str]:
    if alert.embargo:
        yield _clean(alert.embargo)
    if alert.apply_by:
        last = _clean(alert.apply_by)
        yield f"신청 마감 {last} · apply by {last}"


def _matched(hit: Hit) -> str:
    """A rule may match without words, by publisher alone."""
    rule, excerpt = _clean(hit.rule), _clean(hit.excerpt)
    return f"- {rule}: {excerpt}" if excerpt else f"- {rule}"


def _when(alert: Alert) -> str:
    """Korean time; a date stays a date."""
    if alert.published_at is None:
        return "시각 미상 (time unknown)"
    at = datetime.fromisoformat(alert.published_at).astimezone(_SEOUL)
    if alert.published_precision == "day":
        return f"{at:%Y-%m-%d}"
    return f"{at:%Y-%m-%d %H:%M} KST"


def _clean(text: str) -> str:
    """One line of ``text``: a terminal escape or a bidi override must not reach a reader."""
    shown = (c if c.isprintable() else " " if c.isspace() else "" for c in text)
    return " ".join("".join(shown).split())
