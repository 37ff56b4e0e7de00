"""Alarm: ops items that stand are told to those who run the service, and that they are over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from service.store.alarms import Alarms, Stands

log = structlog.get_logger()

_SETTLED = timedelta(minutes=5)  # what is over by then wakes nobody
_MOST = 20  # lines of one notice


@dataclass(frozen=True, slots=True)
class Alarm:
    """The step with its tools. ``url``: the public address of the pages, None where nobody knows.

    ``pace`` divides the wait until something counts as standing.
    """

    alarms: Alarms
    url: str | None
    pace: float

    async def look(self) -> None:
        """Tell what came up or is over since the last look; nearly always there is nothing."""
        if told := await self.alarms.ring(_SETTLED / self.pace, self._facts):
            log.info("alarm.told", subscriptions=told)

    def _facts(self, news: Sequence[Stands]) -> Mapping[str, object]:
        """The fields of notifier.model.Notice: what stands first, then what is over."""
        news = sorted(news, key=lambda each: each.over)
        up = sum(not each.over for each in news)
        more = f" +{len(news) - 1}" if len(news) > 1 else ""
        title = "살펴볼 것 · to look at" if up else "끝났습니다 · over"
        lines = [
            f"✓ {each.kind} {each.subject}: 끝났습니다 · over"
            if each.over
            else f"✗ {each.kind} {each.subject}: {each.detail}"
            for each in news[:_MOST]
        ]
        left = [f"… +{len(news) - _MOST}"] if len(news) > _MOST else []
        link = f"{self.url}/desk" if self.url else ""
        return {"title": f"{title}: {news[0].subject}{more}", "lines": lines + left, "link": link}
