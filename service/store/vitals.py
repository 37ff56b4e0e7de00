"""How sources do by the rows that their polls left, and the ops items that come of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scrapers.errors import PASSES, called
from service.model import Shape
from service.pulse.model import Finding, FindingKind, Vital
from service.store import ops, signs
from service.store.database import Database, Intentions, clock
from service.store.tables import ops_item, source

_KNOWN_FOR = timedelta(hours=1)  # how old what is remembered of the eight weeks may be
_SLOW = 5.0  # declared intervals; a source that is polled at all is polled within so many
_ONE_AT_A_TIME = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("pabal pulse")))

_HASTEN = """
    UPDATE source SET next_due = now() + make_interval(secs => seconds)
    FROM unnest($1::text[], $2::float8[]) AS soon (id, seconds)
    WHERE source.id = soon.id AND next_due > now() + make_interval(secs => seconds)
        AND failures > 0 AND trouble = ANY($3)
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What is declared of a source, as its health asks for.

    ``government``: a ministry's or an agency's, not an outlet's. ``every``: seconds between polls.
    ``unsteady``: it brings what readers ask for, so that its silence says nothing. ``siblings``:
    other routes to the same posts.
    """

    government: bool
    every: float
    unsteady: bool = False
    siblings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """Ops items that were opened just now, and those that were closed."""

    opened: tuple[Finding, ...] = ()
    closed: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Remembered:
    """When posts came out and a list a day by its slot, by source, as read ``at``."""

    at: datetime
    came: Mapping[str, Sequence[datetime]]
    shapes: Mapping[str, dict[int, Shape]]


class Vitals(Intentions):
    """Intentions about the health of sources, a transaction each.

    When posts came out in eight weeks, and what lists looked like in one, is read once an hour and
    remembered: it is much, and old.
    """

    def __init__(self, database: Database) -> None:
        """Work on ``database``."""
        super().__init__(database)
        self._remembered: _Remembered | None = None

    async def now(self) -> datetime:
        """The time as the database has it."""
        async with self._database.transaction() as tx:
            return await clock(tx)

    async def vitals(self, declared: Mapping[str, Known]) -> list[Vital]:
        """Of every declared source that is not paused, by id."""
        query = (
            sa.select(source)
            .where(source.c.id.in_(declared), source.c.paused_at.is_(None))
            .order_by(source.c.id)
        )
        async with self._database.transaction() as tx:
            now = await clock(tx)
            rows = (await tx.execute(query)).all()
            ids = [row.id for row in rows]
            known = await self._history(tx, ids, now)
            came = _merged(known.came, _gathered(await tx.execute(signs.latest(ids))))
            last = _by_slot(await tx.execute(signs.shapes(ids)))
            lengths = _gathered(await tx.execute(signs.lengths(ids)))
        return [
            _vital(
                row,
                declared[row.id],
                now,
                came[row.id],
                tuple(each for _, each in sorted((known.shapes[row.id] | last[row.id]).items())),
                tuple(lengths[row.id]),
            )
            for row in rows
        ]

    async def _history(self, tx: AsyncConnection, ids: Sequence[str], now: datetime) -> _Remembered:
        known = self._remembered
        if known is None or now - known.at > _KNOWN_FOR or not known.came.keys() >= set(ids):
            came = _gathered(await tx.execute(signs.spread(ids)))
            shapes = _by_slot(await tx.execute(signs.daily_shapes(ids)))
            known = _Remembered(
                now, {each: came[each] for each in ids}, {each: shapes[each] for each in ids}
            )
            self._remembered = known
        return known

    async def open(self) -> Mapping[tuple[FindingKind, str], datetime]:
        """Since when which items are open, by kind and subject."""
        columns = (ops_item.c.kind, ops_item.c.subject, ops_item.c.first_at)
        async with self._database.transaction() as tx:
            rows = await tx.execute(sa.select(*columns).where(*_OPEN))
            return {(row.kind, row.subject): row.first_at for row in rows}

    async def hasten(self, every: Mapping[str, float]) -> None:
        """Ask sources that failed in a passing way no later than in their ordinary interval.

        ``every``: seconds by id. For when others answer again: back-off may have grown to hours.
        Whoever told us when to come back is asked then.
        """
        passing = [each for each in PASSES if each != "throttled"]
        await self._database.at_once(_HASTEN, list(every), list(every.values()), passing)

    async def pardon(self, ids: Collection[str]) -> None:
        """Count anew the failures of sources that were not asked again since an outage ended."""
        anew = sa.update(source).values(failures=1, failing_since=sa.func.now())
        await self._do(anew.where(source.c.id.in_(ids), *_FAILING))

    async def settle(self, findings: Collection[Finding]) -> Settled:
        """Open an item for each finding that has none, close those without a finding.

        Any number of schedulers may do so at once: each item is opened and closed by one of them.
        """
        found = {(each.kind, each.subject): each for each in findings}
        async with self._database.transaction() as tx:
            await tx.execute(_ONE_AT_A_TIME)
            rows = (await tx.execute(sa.select(ops_item).where(*_OPEN))).all()
            known = {(row.kind, row.subject): row for row in rows}
            opened = [each for key, each in found.items() if key not in known]
            closed = [row for key, row in known.items() if key not in found]
            if opened:
                await tx.execute(sa.insert(ops_item), [asdict(each) for each in opened])
            for row in closed:
                await ops.close(tx, row.kind, row.subject)
            for key in known.keys() & found.keys():
                if known[key].detail != found[key].detail:
                    await tx.execute(
                        sa.update(ops_item)
                        .where(ops_item.c.id == known[key].id)
                        .values(detail=found[key].detail, last_at=sa.func.now())
                    )
        return Settled(
            tuple(opened), tuple(Finding(row.kind, row.subject, row.detail) for row in closed)
        )


def _vital(
    row: Any,
    known: Known,
    now: datetime,
    came: Sequence[datetime],
    shapes: tuple[Shape, ...],
    lengths: tuple[int, ...],
) -> Vital:
    if known.unsteady:
        came = ()
    newest = max(filter(None, (row.newest_at, *came[-1:])), default=None)
    # While nobody looked, because nothing of us ran or it was paused, nothing could be seen.
    looked = row.last_ok_at is None or now - row.last_ok_at < timedelta(seconds=_SLOW * known.every)
    return Vital(
        source_id=row.id,
        government=known.government,
        every=known.every,
        failures=row.failures,
        failing_since=row.failing_since or (None if looked else row.last_ok_at),
        trouble=called(row.trouble),
        passing=row.trouble in PASSES,
        detail=row.last_error or "",
        newest_at=None if known.unsteady else newest,
        came=tuple(came),
        shapes=shapes,
        lengths=lengths,
        siblings=known.siblings,
        watched_since=row.baselined_at,
    )


def _merged(
    known: Mapping[str, Sequence[datetime]], latest: Mapping[str, Sequence[datetime]]
) -> Mapping[str, list[datetime]]:
    """When posts came out in the eight weeks before the newest, ascending."""
    merged = {}
    for source_id, times in known.items():
        came = sorted(filter(None, {*times, *latest[source_id]}))
        merged[source_id] = [at for at in came if at > came[-1] - signs.WEEKS]
    return merged


_FAILING = (source.c.failures > 0, source.c.trouble.in_(PASSES))
_OPEN = (ops_item.c.kind.in_(get_args(FindingKind)), ops_item.c.closed_at.is_(None))


def _by_slot(rows: Iterable[Any]) -> defaultdict[str, dict[int, Shape]]:
    by_source: defaultdict[str, dict[int, Shape]] = defaultdict(dict)
    for source_id, slot, shape in rows:
        by_source[source_id][slot] = Shape(**shape)
    return by_source


def _gathered(rows: Iterable[Any]) -> defaultdict[str, list[Any]]:
    """The second columns by the first."""
    by_source: defaultdict[str, list[Any]] = defaultdict(list)
    for source_id, value in rows:
        by_source[source_id].append(value)
    return by_source
