"""What came beside what was to come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from notifier.model import Alert, Digest, Message, Reminder, Traits
from tests.quarter.oracle import Expected, Sign
from tests.quarter.times import quiet_end
from tests.quarter.world import World

_FORGIVEN = 2  # ticks; how much later what a restart interrupted may come
_EXAMPLES = 4
Key = tuple[int, int, Sign]  # person, endpoint, what one sees


class Score:
    """``lines`` to print; ``wrong``: how much is not as it was to be."""

    def __init__(
        self,
        world: World,
        expected: Sequence[Expected],
        got: Sequence[tuple[datetime, Message]],
        restarts: Sequence[datetime],
    ) -> None:
        """``restarts`` are those of the service."""
        self.lines: list[str] = []
        self.wrong = 0
        self._persons = {each.number: each for each in world.persons}
        self._restarts = restarts
        self._forgiven = _FORGIVEN * world.tick
        first: dict[str, tuple[datetime, Message]] = {}
        for at, message in got:
            first.setdefault(message.id, (at, message))
        wanted = self._wanted(expected)
        came: dict[Key, list[datetime]] = defaultdict(list)
        for at, message in first.values():
            came[_key(message)].append(at)
        self._digests(wanted, came)
        for name, kinds in (("at once", ("alert", "correction")), ("reminders", ("reminder",))):
            self._exactly(name, _of(wanted, kinds), _of(came, kinds))
        moved = sum(
            len(each) for key, each in wanted.items() if key[2][-1] and key[2][0] == "reminder"
        )
        self.lines.append(f"  of them {moved} that say that the deadline has moved")
        self._quiet(expected, came)
        repeats = len(got) - len(first)
        most = len(restarts) * Traits().at_once
        said = (
            f"repeated with the same id: {repeats}, of {most} under way at {len(restarts)} restarts"
        )
        self._add(said, max(0, repeats - most))

    def _wanted(self, expected: Sequence[Expected]) -> dict[Key, list[datetime]]:
        wanted: dict[Key, list[datetime]] = defaultdict(list)
        for each in expected:
            for endpoint in range(self._persons[each.person].endpoints):
                wanted[each.person, endpoint, each.sign].append(each.at)
        return wanted

    def _digests(
        self, wanted: Mapping[Key, Sequence[datetime]], came: Mapping[Key, Sequence[datetime]]
    ) -> None:
        """Each by its window, then what is in it."""
        made = Counter(_windows(came))
        expected = Counter(_windows(wanted))
        missing, twice = expected - made, made - expected
        said = f"digests: expected {expected.total()}, made {made.total()}"
        wrong = missing.total() + twice.total()
        self._add(f"{said}, missing {missing.total()}, twice {twice.total()}", wrong)
        self._exactly("  with their items", _of(wanted, ("digest",)), _of(came, ("digest",)))

    def _exactly(
        self,
        name: str,
        wanted: Mapping[Key, Sequence[datetime]],
        came: Mapping[Key, Sequence[datetime]],
    ) -> None:
        missing = [key for key in wanted if len(came.get(key, ())) < len(wanted[key])]
        extra = [key for key in came if len(wanted.get(key, ())) < len(came[key])]
        late = [
            (key, at, then)
            for key in wanted
            for at, then in zip(sorted(wanted[key]), sorted(came.get(key, ())), strict=False)
            if not self._in_time(at, then)
        ]
        numbers = [sum(map(len, each.values())) for each in (wanted, came)]
        self._add(
            f"{name}: expected {numbers[0]}, got {numbers[1]}, missing {len(missing)}, "
            f"not expected {len(extra)}, at another time {len(late)}",
            len(missing) + len(extra) + len(late),
        )
        for what, keys in (("missing", missing), ("not expected", extra), ("another time", late)):
            self.lines += [f"    {what}: {each}" for each in keys[:_EXAMPLES]]

    def _in_time(self, at: datetime, then: datetime) -> bool:
        """A restart may put off what it interrupted."""
        forgiven = any(timedelta(0) <= at - each <= self._forgiven for each in self._restarts)
        return at <= then <= at + self._forgiven if forgiven else at == then

    def _quiet(self, expected: Sequence[Expected], came: Mapping[Key, Sequence[datetime]]) -> None:
        urgent = {(each.person, each.sign) for each in expected if each.urgent}
        at_night = [
            (key[0], key[2]) in urgent
            for key, times in came.items()
            for at in times
            if quiet_end(self._persons[key[0]], at)
        ]
        loud = at_night.count(False)
        self._add(f"in quiet hours: {loud}, and {at_night.count(True)} that were urgent", loud)

    def _add(self, line: str, wrong: int) -> None:
        self.wrong += wrong
        self.lines.append(f"{line}{'   WRONG' if wrong else ''}")


def _of(
    every: Mapping[Key, Sequence[datetime]], kinds: Sequence[str]
) -> dict[Key, Sequence[datetime]]:
    return {key: each for key, each in every.items() if key[2][0] in kinds}


def _windows(every: Mapping[Key, Sequence[datetime]]) -> Iterable[tuple[object, ...]]:
    for (person, endpoint, sign), times in every.items():
        if sign[0] == "digest":
            yield from [(person, endpoint, sign[1])] * len(times)


def _key(message: Message) -> Key:
    person, _, endpoint = message.address.partition("/")
    return int(person), int(endpoint), _sign(message)


def _sign(message: Message) -> Sign:
    """As the oracle signs it."""
    content = message.content
    if isinstance(content, Digest):
        shown = tuple((each.title, "".join(each.changes)) for each in content.alerts)
        since, until = map(datetime.fromisoformat, (content.since, content.until))
        return "digest", until, since, len(shown) + content.more, shown
    if isinstance(content, Reminder):
        return _alert("reminder", content.alert, content.was)
    assert isinstance(content, Alert)
    return _alert("correction" if content.changes else "alert", content, None)


def _alert(kind: str, alert: Alert, was: str | None) -> Sign:
    change = "".join(alert.changes)
    return kind, alert.title, change, alert.apply_by, alert.days_left, was
