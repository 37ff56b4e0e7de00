"""Backfill: claim | fetch | read | store. A list read back to a day, one page a wake-up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial

from scrapers.errors import Broken, LayoutError, Refused, ScrapeError
from scrapers.fetch import Fetcher
from scrapers.model import Asking, Post, Request, Source
from service import visit
from service.lease import held
from service.model import SEOUL, Found
from service.observe import Unit, unit
from service.pace import after_failure
from service.store.backfills import Backfills, Filling, Leaf, Outcome
from service.turns import Turns

_PAUSE = 3.0  # seconds between pages at least: nobody waits for what is old
_AGAIN = 60.0  # seconds before a page that failed is tried again, then ever longer
_TRIES, _STRANGE_TRIES = 12, 4  # about a day; a strange page gets no better by itself


@dataclass(frozen=True, slots=True)
class Backfill:
    """The step with its tools. ``pace`` divides every wait."""

    declared: Mapping[str, Source]
    fetcher: Fetcher
    backfills: Backfills
    pace: float
    _turns: Turns = field(default_factory=Turns, init=False)

    async def fill(self, source_id: str) -> None:
        """Read one page of a source's open backfill, where it is due."""
        await self._turns.take(source_id, partial(self._fill, source_id))

    async def _fill(self, source_id: str) -> None:
        filling = await self.backfills.claim(source_id)
        if filling is None:
            return
        if filling.tries > _TRIES:
            await self.backfills.give_up(filling, f"{_TRIES} workers ended over the page")
            return
        source = self.declared[source_id]
        with unit("backfill", source_id, source=source_id, page=filling.pages + 1) as one:
            try:
                async with held(partial(self.backfills.renew, filling)):
                    leaf = await self._read(source, filling)
            except ScrapeError as error:
                if _behind_the_last(error, filling):
                    await self._turn(source, filling, Leaf(outcome="ended"), one)
                else:
                    await self._failed(filling, error, one)
            else:
                await self._turn(source, filling, leaf, one)

    async def _read(self, source: Source, filling: Filling) -> Leaf:
        today = filling.now.astimezone(SEOUL).date()
        request = Request(**filling.request) if filling.request else source.first(Asking(0, today))
        page = await visit.get(self.fetcher, request, source)
        # Parsing a real page takes a tenth of a second: not on the event loop.
        listing = await asyncio.to_thread(source.read_list, page)
        if listing.trouble is not None and filling.tries < _STRANGE_TRIES:
            raise LayoutError(page.url, f"the page came {listing.trouble}", listing.trouble)
        posts = [(post, visit.found(source, post)) for post in listing.posts]
        known = await self.backfills.known(filling, {each.key for _, each in posts})
        leaf = _leaf(filling, posts, known, listing.more)
        lost = None if listing.trouble is None else f"{page.url}: {listing.trouble}"
        return replace(leaf, lost=lost)

    async def _turn(self, source: Source, filling: Filling, leaf: Leaf, one: Unit) -> None:
        new = await self.backfills.turn(filling, leaf, max(source.pause, _PAUSE) / self.pace)
        one.say(seen=leaf.seen, new=new, reached=leaf.outcome)

    async def _failed(self, filling: Filling, error: ScrapeError, one: Unit) -> None:
        """Try the page again later; what was read before it stays."""
        tries = _STRANGE_TRIES if isinstance(error, Broken) else _TRIES
        last = isinstance(error, Refused) or filling.tries >= tries
        one.ended("failed", why=str(error), last=last)
        if last:
            await self.backfills.give_up(filling, str(error))
            return
        asked = error.retry_after
        wait = after_failure(_AGAIN / self.pace, failures=filling.tries - 1, retry_after=asked)
        await self.backfills.put_off(filling, str(error), wait)


def _behind_the_last(error: ScrapeError, filling: Filling) -> bool:
    """Whether the page is empty because the one before it was the last."""
    empty = isinstance(error, LayoutError) and error.trouble == "empty"
    return empty and filling.request is not None


def _leaf(
    filling: Filling,
    posts: Sequence[tuple[Post, Found]],
    known: Mapping[str, bool],
    more: Request | None,
) -> Leaf:
    """What a page brought; ``known`` says of each known key whether it was before the backfill.

    A silent one leaves to the polls what they would find by themselves, and tell: what stands above
    everything known and came since they last looked.
    """
    told, met = filling.told_from is not None, filling.met
    fresh: dict[str, Found] = {}
    for post, each in posts:
        if each.key in known:
            met = met or (not post.pinned and (known[each.key] or not told))
        elif told or met or not _came_since(filling, each):
            fresh[each.key] = each
    rows = [each for post, each in posts if not post.pinned]
    dates = [each.published_at for each in rows if each.published_at]
    outcome: Outcome | None = None
    if (dates and max(dates) < filling.since) or (told and met and not dates):
        outcome = "reached"  # of a list without dates the day is where what we had begins
    elif more is None or (posts and not rows):
        outcome = "ended"  # what is pinned stands on pages behind the last one, too
    # A slip of the pen is older than all that is yet to come: only of the last page the oldest.
    oldest = (min if outcome == "ended" else max)(dates, default=None)
    return Leaf(
        seen=len(posts),
        found=tuple(reversed(fresh.values())),
        oldest_at=oldest,
        met=met,
        more=None if more is None else asdict(more),
        outcome=outcome,
    )


def _came_since(filling: Filling, post: Found) -> bool:
    """Whether it may have come since a poll last worked."""
    if filling.looked_at is None:
        return False
    return post.published_at is None or post.published_at >= filling.looked_at
