"""A delivery → the message that a channel is handed. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from notifier.model import Alert, Content, Digest, Hit, Links, Message, Notice, Question, Reminder
from service.links import Purpose, Signer
from service.model import DueDelivery, Telling

_ALERTS = TypeAdapter(Alert)
_KEPT = 500  # alerts: of a hot one the facts are read once


class Words:
    """Words deliveries; ``url`` is the public address of the pages, None where there are none."""

    def __init__(self, signer: Signer, url: str | None) -> None:
        """``url`` without a slash at its end."""
        self._signer = signer
        self._url = url
        self._alerts: OrderedDict[int, tuple[Mapping[str, Any], Alert]] = OrderedDict()

    def message(self, due: DueDelivery, today: date) -> Message:
        """The message of a delivery. ``today`` in Korea: days are counted from it.

        Another version may have owed it, with fewer facts than ours, or with more.
        """
        return Message(
            due.message_id,
            due.address,
            due.secret,
            self._content(due, today),
            due.attempt,
            due.language,
            Links(
                self._page("end", due.endpoint_id, due.epoch),
                self._page("mine", due.endpoint_id, due.epoch),
            ),
            "" if due.story_id is None else str(due.story_id),
        )

    def _content(self, due: DueDelivery, today: date) -> Content:
        facts = due.facts
        if due.reason == "confirm":
            return self._question(due)
        if due.reason == "notice":
            link = facts.get("link", "")
            return Notice(due.subscription, facts["title"], tuple(facts["lines"]), link)
        if due.reason == "digest":
            return self._digest(due, today)
        alert = self._alert(due, due, today)
        return Reminder(alert, facts.get("was")) if due.reason == "reminder" else alert

    def _question(self, due: DueDelivery) -> Question:
        asked_at = int(due.facts.get("asked_at", 0))
        code = self._signer.sign("confirm", due.endpoint_id, due.epoch, asked_at)
        link = f"{self._url}/confirm/{code}" if self._url else ""
        return Question(due.subscription, tuple(due.facts.get("rules", ())), link, code)

    def _digest(self, due: DueDelivery, today: date) -> Digest:
        alerts = tuple(self._alert(due, each, today) for each in due.items)
        return Digest(
            due.subscription,
            due.facts["since"],
            due.facts["until"],
            alerts,
            max(0, due.facts["total"] - len(alerts)),
            self._page("rest", due.subscription_id, due.telling_id),
        )

    def _alert(self, due: DueDelivery, item: Telling, today: date) -> Alert:
        """One thing in the eyes of one subscriber."""
        alert = self._told(item)
        return replace(
            alert,
            subscription=due.subscription,
            hits=tuple(map(_hit, item.hits)),
            embargo=alert.embargo if item.badge else None,
            days_left=_days_left(alert.apply_by, today),
            dismiss=self._page("dismiss", due.subscription_id, item.telling_id),
        )

    def _told(self, item: Telling) -> Alert:
        """One thing as everybody is told of it. The same facts are the same object, as claimed."""
        known = self._alerts.get(item.telling_id)
        if known is not None and known[0] is item.facts:
            return known[1]
        alert = _ALERTS.validate_python({**item.facts, "subscription": "", "hits": ()})
        self._alerts[item.telling_id] = (item.facts, alert)
        if len(self._alerts) > _KEPT:
            self._alerts.popitem(last=False)
        return alert

    def _page(self, purpose: Purpose, *numbers: int) -> str:
        if self._url is None:
            return ""
        page = "digest" if purpose == "rest" else purpose
        return f"{self._url}/{page}/{self._signer.sign(purpose, *numbers)}"


def _hit(said: Mapping[str, Any]) -> Hit:
    marks = tuple((first, last) for first, last in said.get("marks", ()))
    return Hit(said["rule"], said["excerpt"], marks)


def _days_left(apply_by: str | None, today: date) -> int | None:
    """Days until the last one to apply, which is written ``2026-06-30`` or with a clock time."""
    return None if apply_by is None else (date.fromisoformat(apply_by[:10]) - today).days
