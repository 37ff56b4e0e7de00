"""What everybody is to be told in a script, and when: plain, slow, and nothing of the service's.

A person's windows are all written out beforehand, so that the next one is looked up in a list.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tests.quarter.times import DAY, closings, over, quiet_end, reminded, ten_minutes
from tests.quarter.world import BEGIN, SEOUL, Correction, Pause, Person, Release, Snooze, World

SHOWN = 30
_NEVER = (datetime.max.replace(tzinfo=SEOUL), 0, "", 0)
Sign = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """A message to every endpoint of a person, at a moment."""

    at: datetime
    person: int
    sign: Sign
    urgent: bool = False


@dataclass(slots=True)
class Story:
    """An event: until when one can apply, and what that was before."""

    number: int
    told_first: datetime
    ends: list[tuple[datetime, str | None]]

    @property
    def apply_by(self) -> str | None:
        """Until when, as known now."""
        return self.ends[-1][1]

    def said(self, at: datetime) -> str | None:
        """Until when, as known then."""
        return [by for since, by in self.ends if since <= at][-1]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell: an event, or a correction of it. ``number`` grows with each.

    An event is told as it is known when it is told, a correction as it was made.
    """

    number: int
    story: Story
    change: str
    came: datetime
    urgent: bool = False

    @property
    def apply_by(self) -> str | None:
        """Until when one can apply, as it is told."""
        return self.story.said(self.came) if self.change else self.story.apply_by


@dataclass(slots=True)
class Due:
    """A message that is owed: not sent before ``at``; ``ready`` but for what holds it back."""

    at: datetime
    ready: datetime
    kind: str
    items: Sequence[Item]
    until: datetime | None = None
    by: str | None = None
    was: str | None = None


@dataclass(slots=True)
class Life:
    """A person, and what is on its way to them."""

    who: Person
    closings: list[datetime]
    waiting: list[tuple[datetime, Item]] = field(default_factory=list)
    owed: list[Due] = field(default_factory=list)
    windows: set[datetime] = field(default_factory=set)
    told: dict[int, datetime] = field(default_factory=dict)
    heard: dict[int, datetime] = field(default_factory=dict)
    ladder: dict[tuple[datetime, int, str, int], Story] = field(default_factory=dict)
    climbed: set[tuple[int, str, int]] = field(default_factory=set)
    step: datetime = _NEVER[0]
    snoozed: datetime = BEGIN
    paused: bool = False


class Oracle:
    """Lives through the script of a world; ``expected`` is all that is to be sent."""

    def __init__(self, world: World) -> None:
        """``world`` is what happens."""
        self.expected: list[Expected] = []
        self._lives = {each.number: Life(each, sorted(closings(each))) for each in world.persons}
        self._stories: dict[int, Story] = {}
        self._items = 0
        for now, events in world.script:
            for event in events:
                self._happen(now, event)
            for life in self._lives.values():
                self._close(life, now)
                self._remind(life, now)
                self._send(life, now)

    def _happen(self, now: datetime, event: object) -> None:
        if isinstance(event, Release):
            self._release(now, event)
        elif isinstance(event, Correction):
            self._correct(now, event)
        elif isinstance(event, Snooze):
            life = self._lives[event.number]
            life.snoozed = quiet_end(life.who, event.until) or event.until
            for due in life.owed:
                due.at = max(due.ready, life.snoozed)
            life.waiting = [(max(at, life.snoozed), item) for at, item in life.waiting]
        elif isinstance(event, Pause):
            life = self._lives[event.number]
            life.paused = not event.over
            if life.paused:
                life.waiting, life.owed = [], []

    def _release(self, now: datetime, event: Release) -> None:
        story = Story(event.number, now, [(now, event.apply_by)])
        self._stories[event.number] = story
        self._items += 1
        for number, urgent in event.concerned.items():
            life = self._lives[number]
            item = Item(self._items, story, "", now, urgent)
            ready = max(now, event.until or now)
            self._owe(life, item, ready, late=event.late)
            self._ladder(life, story)

    def _correct(self, now: datetime, event: Correction) -> None:
        story = self._stories[event.number]
        story.ends.append((now, event.apply_by))
        self._items += 1
        for life in self._lives.values():
            if story.number in life.told:
                self._owe(life, Item(self._items, story, event.change, now), now, late=False)
            self._ladder(life, story)

    def _owe(self, life: Life, item: Item, ready: datetime, *, late: bool) -> None:
        """At once, or in the window that is open when it may be told."""
        who, due = life.who, max(ready, life.snoozed)
        gathered = ten_minutes(due) if late else None
        window = gathered if item.urgent else self._window(life, due)
        by = None if item.change else item.apply_by
        if window and by and not item.urgent and f"{due.date()}" <= by[:10] <= f"{window.date()}":
            window = quiet_end(who, due)  # a call is told while there is time
        if gathered and not window:
            window = self._window(life, gathered) or gathered
        gone = who.expires_at is not None and ready >= who.expires_at
        if life.paused or gone:
            return
        if window is None:
            life.owed.append(Due(due, ready, "correction" if item.change else "alert", [item]))
        else:
            life.waiting.append((window, item))

    def _window(self, life: Life, at: datetime) -> datetime | None:
        if life.who.every == "at-once":
            return quiet_end(life.who, at)
        return life.closings[bisect_right(life.closings, at)]

    def _close(self, life: Life, now: datetime) -> None:
        for window in sorted({at for at, _ in life.waiting if at <= now}):
            items = [item for at, item in life.waiting if at == window]
            life.waiting = [each for each in life.waiting if each[0] != window]
            due = window if quiet_end(life.who, window) else quiet_end(life.who, now) or window
            over = life.who.expires_at is not None and life.who.expires_at <= window
            ready = max(item.came for item in items) if over else window
            if len(items) == 1:
                kind = "correction" if items[0].change else "alert"
                life.owed.append(Due(due, ready, kind, items))
            elif window not in life.windows:
                life.windows.add(window)
                life.owed.append(Due(due, ready, "digest", _ordered(items, now), window))
            else:
                later = self._window(life, now) or ten_minutes(now)
                life.waiting += [(later, item) for item in items]

    def _ladder(self, life: Life, story: Story) -> None:
        """When a person is reminded of a deadline as it is known now, unless that was looked at."""
        life.ladder = {step: of for step, of in life.ladder.items() if of is not story}
        if (by := story.apply_by) is not None:
            for days in life.who.remind:
                due = reminded(life.who, by, days)
                if due > story.told_first and (story.number, by, days) not in life.climbed:
                    life.ladder[due, story.number, by, days] = story
        life.step = min(life.ladder, default=_NEVER)[0]

    def _remind(self, life: Life, now: datetime) -> None:
        life.owed = life.owed and [
            due
            for due in life.owed
            if due.kind != "reminder" or due.by == due.items[0].story.apply_by
        ]
        if life.step > now or quiet_end(life.who, now):
            return
        for due, number, by, days in sorted(step for step in life.ladder if step[0] <= now):
            story = life.ladder.pop((due, number, by, days))
            life.climbed.add((number, by, days))
            nearer = any(
                reminded(life.who, by, each) <= now
                for each in range(days)
                if each in life.who.remind
            )
            if not nearer and self._open_to(life, story, due, now):
                was = story.said(life.heard[number])
                item = Item(0, story, "", now)
                at = max(now, life.snoozed)
                told_before = None if was == by else was
                life.owed.append(Due(at, now, "reminder", [item], by=by, was=told_before))
        life.step = min(life.ladder, default=_NEVER)[0]

    def _open_to(self, life: Life, story: Story, due: datetime, now: datetime) -> bool:
        """Whether a reminder that came due then has still to be sent, and can be."""
        who, by = life.who, story.apply_by
        coming = any(item.story is story for owed in life.owed for item in owed.items)
        told = life.told.get(story.number)
        return (
            by is not None
            and max(now, life.snoozed) < over(by)
            and not life.paused
            and (who.expires_at is None or now < who.expires_at)
            and not coming
            and told is not None
            and told < due
        )

    def _send(self, life: Life, now: datetime) -> None:
        if not life.owed:
            return
        going = [due for due in life.owed if due.at <= now]
        life.owed = [due for due in life.owed if due.at > now]
        for due in going:
            expires = life.who.expires_at
            if expires is not None and now >= expires and due.ready > expires:
                continue
            urgent = any(item.urgent for item in due.items)
            self.expected.append(Expected(now, life.who.number, _sign(due, now), urgent))
            for item in due.items:
                life.heard[item.story.number] = now
                if due.kind != "reminder":
                    life.told[item.story.number] = now


def _ordered(items: Sequence[Item], now: datetime) -> list[Item]:
    """Corrections, then what one must apply for within a week, then the newest."""

    def rank(item: Item) -> tuple[bool, str, int]:
        by = (item.apply_by or "")[:10]
        soon = f"{now.date()}" <= by <= f"{now.date() + 7 * DAY}"
        return not item.change, by if soon else "later", -item.number

    return sorted(items, key=rank)


def _sign(due: Due, now: datetime) -> Sign:
    """What one sees of a message."""
    first = due.items[0]
    if due.kind == "digest":
        assert due.until is not None
        shown = tuple((title(item.story.number), item.change) for item in due.items[:SHOWN])
        since = min(item.came for item in due.items)
        return due.kind, due.until, since, len(due.items), shown
    by = first.apply_by
    left = None if by is None else (date.fromisoformat(by[:10]) - now.date()).days
    return due.kind, title(first.story.number), first.change, by, left, due.was


def title(number: int) -> str:
    """What an event is called."""
    return f"소식 {number}"
