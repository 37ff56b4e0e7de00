"""Listed: what a walk down a publisher's list found, page by page."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from scrapers.errors import Trouble
from scrapers.model import Listing, Post, Request
from service.model import Found, Shape


@dataclass(frozen=True, slots=True)
class Listed:
    """What a walk down a list found. ``last`` is its last page, ``fresh`` what was not known.

    What is pinned, or stood on a page before, says nothing of where a list stands and is not among
    its ``rows``. ``sighted`` are keys that another route has already. ``gap``: reading ended before
    it reached what is known; it can go on at ``more``, None: it cannot, and what lies behind may be
    lost. ``trouble`` is what ailed the list though it was read.
    """

    pages: int = 0
    seen: int = 0
    rows: tuple[Found, ...] = ()
    last: tuple[Found, ...] = ()
    fresh: Mapping[str, Found] = field(default_factory=dict)
    sighted: frozenset[str] = frozenset()
    more: Request | None = None
    gap: bool = False
    trouble: Trouble | None = None

    def and_then(
        self,
        posts: Sequence[tuple[Post, Found]],
        unknown: Collection[str],
        listing: Listing,
        *,
        checks: bool,
    ) -> Listed:
        """With one more page of ``posts``, of which those with keys in ``unknown`` are new."""
        known = {each.key for _, each in posts} - set(unknown) if checks else set()
        above = {each.key for each in self.rows}
        last = tuple(each for post, each in posts if not post.pinned and each.key not in above)
        return Listed(
            self.pages + 1,
            self.seen + len(posts),
            (*self.rows, *last),
            last,
            {**self.fresh, **{each.key: each for _, each in posts if each.key in unknown}},
            self.sighted | known,
            listing.more,
            trouble=self.trouble or listing.trouble,
        )

    @property
    def found(self) -> tuple[Found, ...]:
        """Lists are newest first; rows are numbered, opened and judged in the order of events."""
        return tuple(reversed(list(self.fresh.values())))

    @property
    def shape(self) -> Shape | None:
        """What the list looked like; None where it was not read."""
        rows = self.rows
        if not rows:
            return None
        return Shape(
            rows=len(rows),
            dated=sum(each.published_at is not None for each in rows),
            issued=sum(bool(each.publisher) for each in rows),
            teased=sum(bool(each.summary or each.text) for each in rows),
            title=int(statistics.median(len(each.title) for each in rows)),
        )

    @property
    def oldest(self) -> datetime | None:
        """The oldest date; None without any."""
        return min((each.published_at for each in self.rows if each.published_at), default=None)

    @property
    def met(self) -> bool:
        """Whether anything known came up."""
        return any(each.key not in self.fresh for each in self.rows)

    def reached(self, since: datetime) -> bool:
        """Whether all that stands behind the last page is known, or older than ``since``.

        Its end says so. What is known further up may have been put on top again, and stand above
        pages that nobody has read; without dates it needs something known on a later page too.
        """
        end = self._below(self.last)
        dates = [each.published_at for each in end if each.published_at]
        if dates:
            return self.met and max(dates) <= since
        return len(end) < len(self.last) and (not end or self.pages > 1)

    @property
    def blind(self) -> bool:
        """Whether nothing says of what stands below everything known if it is new."""
        return self.met and not any(each.published_at for each in self._below(self.rows))

    def slid(self, before: datetime | None) -> frozenset[str]:
        """Keys of what is older than ``before`` and stands below everything known.

        There it came from further down, as rows above were withdrawn or pages grew longer; news
        with a slip in its date stands above.
        """
        if before is None:
            return frozenset()
        end = self._below(self.rows)
        return frozenset(
            each.key for each in end if each.published_at and each.published_at < before
        )

    def _below(self, rows: Sequence[Found]) -> list[Found]:
        """Those of ``rows`` that stand below everything known."""
        return list(takewhile(lambda each: each.key in self.fresh, reversed(rows)))
