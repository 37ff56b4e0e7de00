"""The service's own owing, digests, reminders and delivering, on simulated time."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg

from notifier.model import Message, Receipt, Traits
from service.deliver import Deliver
from service.links import Signer
from service.model import Change
from service.remind import Remind
from service.store.database import Database
from service.store.deliveries import Deliveries
from service.store.digests import Digests
from service.store.owing import Concern, Why
from service.store.reminders import Reminders
from service.store.stories import Place
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.sweep import sweep
from service.store.verdicts import Correction as Corrected
from service.store.verdicts import Verdict, Verdicts
from service.worded import Words
from tests.quarter.oracle import title
from tests.quarter.world import (
    Correction,
    Event,
    Kill,
    Pause,
    Person,
    Release,
    Snooze,
    World,
)
from tests.rhythm.clock import Clock

CHANNEL = "quarter"
_HOUR = timedelta(hours=1)
_TAKE = """
    DELETE FROM pgqueuer WHERE execute_after <= now() AND entrypoint = 'deliver'
    RETURNING convert_from(payload, 'UTF8') AS channel
"""
_CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_ARTICLE = """
    INSERT INTO article (source_id, key, url, title, summary, text, baseline, collected_at, late,
        read_at, read_title, read_text, publishers, kind, embargo_until, call_end, facts)
    VALUES ('quarter', $1, 'https://a.example/' || $1, $1, '', '', false, now(), $2,
        now(), $1, '', '{}', 'notice', $3, $4, $5) RETURNING id
"""
_CHANGED = """
    WITH before AS (SELECT id, facts FROM article WHERE key = $1),
    changed AS (
        UPDATE article SET call_end = $2, facts = $3, triaged_at = NULL, read_at = now()
        WHERE key = $1)
    INSERT INTO revision (article_id, title, text, facts) SELECT id, '', '', facts FROM before
    RETURNING article_id, id
"""


@dataclass(slots=True)
class Mailbox:
    """A channel that keeps what it is handed, with the time. ``alarm`` rings at its ``ringing``."""

    now: Callable[[], datetime]
    got: list[tuple[datetime, Message]] = field(default_factory=list)
    alarm: asyncio.Event = field(default_factory=asyncio.Event)
    ringing: int = -1

    async def send(self, message: Message) -> Receipt:
        """Keep it."""
        self.got.append((self.now(), message))
        if len(self.got) == self.ringing:
            self.alarm.set()
        await asyncio.sleep(0)
        return Receipt("kept")

    async def aclose(self) -> None:
        """Nothing is open."""

    def check_address(self, address: str) -> None:
        """Any will do."""


class _Service:
    """The service from a start to its end."""

    def __init__(self, url: str, mailbox: Mailbox) -> None:
        self.database, other = Database(url), Database(url, size=2)
        self.databases = (self.database, other)
        self.verdicts = Verdicts(self.database)
        self.subscriptions = Subscriptions(self.database)
        self.digests = [Digests(each) for each in self.databases]
        self.reminders = [Remind(Reminders(each)) for each in self.databases]
        words = Words(Signer(b"invented" * 4), None)
        deliveries = Deliveries(self.database)
        self.deliver = Deliver(
            deliveries, {CHANNEL: mailbox}, {CHANNEL: Traits(trusted=True)}, words, 1.0
        )

    async def close(self) -> None:
        for each in self.databases:
            await each.close()


class Driver:
    """Lives through a script. ``restarts``: after each, the moments at which more is forgiven."""

    def __init__(self, url: str, clock: Clock, seed: int) -> None:
        """``url``: of a migrated database that has ``clock``."""
        self.mailbox = Mailbox(clock.now)
        self.restarts: list[datetime] = []
        self._url = url
        self._clock = clock
        self._sql: asyncpg.Connection = clock.connection
        self._chance = random.Random(seed)
        self._service = _Service(url, self.mailbox)
        self._swept = clock.at

    async def live(self, world: World, told: Callable[[datetime], None]) -> None:
        """Subscribe everybody, then go from moment to moment; ``told`` is called once a day."""
        await self._sql.execute("INSERT INTO source (id) VALUES ('quarter')")
        for each in world.persons:
            await self._subscribe(each)
        day = self._clock.at.date()
        for now, events in world.script:
            await self._clock.set(now)
            for event in events:
                await self._happen(event)
            if any(isinstance(event, Kill) for event in events):
                await self._killed()
            else:
                await self._work()
            if now.date() != day:
                day = now.date()
                told(now)
        await self._service.close()

    async def _subscribe(self, who: Person) -> None:
        places = [
            Endpoint(CHANNEL, f"{who.number}/{each}", agreed=True) for each in range(who.endpoints)
        ]
        await self._service.subscriptions.subscribe(
            str(who.number),
            [("무엇이든", "무엇이든")],
            *places,
            cadence=who.cadence,
            remind=who.remind,
            expires_at=who.expires_at,
        )

    async def _happen(self, event: Event) -> None:
        if isinstance(event, Release):
            await self._release(event)
        elif isinstance(event, Correction):
            await self._correct(event)
        elif isinstance(event, Snooze):
            await self._service.subscriptions.snooze(str(event.number), event.until)
        elif isinstance(event, Pause):
            silence = self._service.subscriptions
            await (silence.unmute if event.over else silence.mute)(str(event.number))

    async def _release(self, event: Release) -> None:
        name, end, said = title(event.number), _end(event.apply_by), _call(event.apply_by)
        made = await self._sql.fetchval(_ARTICLE, name, event.late, event.until, end, said)
        ids = await self._ids(list(event.concerned))
        concerned = {ids[who]: int(urgent) for who, urgent in event.concerned.items()}
        whys = [Why([{"rule": "무엇이든", "excerpt": name}], urgent) for urgent in (False, True)]
        facts, concern = _facts(name, event.apply_by), Concern(whys, concerned)
        verdict = Verdict(Place([name]), facts, concern, event.until, "notice")
        await self._service.verdicts.settle(made, verdict)

    async def _correct(self, event: Correction) -> None:
        name = title(event.number)
        row = await self._sql.fetchrow(_CHANGED, name, _end(event.apply_by), _call(event.apply_by))
        facts = _facts(name, event.apply_by)
        told = {**facts, "changes": [event.change]}
        change = Change("신청 (apply)", "", event.change, weighty=True)
        corrected = Corrected([change], revision_id=row["id"], alert=told)
        verdict = Verdict(Place([name]), facts, kind="notice", correction=corrected)
        await self._service.verdicts.settle(row["article_id"], verdict)

    async def _ids(self, numbers: Sequence[int]) -> dict[int, int]:
        rows = await self._sql.fetch(
            "SELECT name, id FROM subscription WHERE name = ANY($1)", list(map(str, numbers))
        )
        return {int(row["name"]): row["id"] for row in rows}

    async def _work(self) -> None:
        """What schedulers and worker do, in any order; on the hour there are two of each."""
        many = 2 if self._clock.at.minute == 0 else 1
        steps = [
            *(each.tell_all for each in self._service.digests[:many]),
            *(each.look for each in self._service.reminders[:many]),
        ]
        self._chance.shuffle(steps)
        if many == 1:
            for step in steps:
                await step()
        else:
            await asyncio.gather(*(step() for step in steps))
        since = self._clock.at - self._swept
        if not timedelta(0) <= since < _HOUR or self._restarted():
            self._swept = self._clock.at
            await self._service.subscriptions.end_expired()
            await sweep(self._service.database)
        while rows := await self._sql.fetch(_TAKE):
            for channel in {row["channel"] for row in rows}:
                await self._service.deliver.deliver(channel)

    def _restarted(self) -> bool:
        return any(timedelta(0) <= self._clock.at - each < _HOUR for each in self.restarts)

    async def _killed(self) -> None:
        """Begin to work, cut every connection in the middle of it, and start anew."""
        after = (0, 3, 40)[len(self.restarts) % 3]
        self.mailbox.alarm.clear()
        self.mailbox.ringing = len(self.mailbox.got) + after
        work = asyncio.create_task(self._work())
        if after:
            alarm = asyncio.create_task(self.mailbox.alarm.wait())
            await asyncio.wait({work, alarm}, return_when=asyncio.FIRST_COMPLETED)
            alarm.cancel()
        else:
            await asyncio.sleep(0.02)
        await self._sql.execute(_CUT)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await self._service.close()
        self.restarts.append(self._clock.at)
        self._service = _Service(self._url, self.mailbox)


def _facts(name: str, apply_by: str | None) -> dict[str, Any]:
    return {
        "title": name,
        "url": "https://a.example/1",
        "publisher": None,
        "source": "quarter",
        "published_at": None,
        "published_precision": None,
        "summary": "",
        "apply_by": apply_by,
    }


def _end(apply_by: str | None) -> date | None:
    return None if apply_by is None else date.fromisoformat(apply_by[:10])


def _call(apply_by: str | None) -> str:
    """A reading as it is kept."""
    end = None if apply_by is None else apply_by[:10]
    clock = (apply_by or "")[11:] or None
    return json.dumps({"call": {"is_call": end is not None, "end": end, "end_clock": clock}})
