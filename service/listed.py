"""Listed: what a walk down a publisher's list found, page by page."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from scrapers.errors import Trouble
from scrapers.model import Listing, Post, Request
from service.model import Found, Shape


@dataclass(frozen=True, slots=True)
class Listed:
    """What a walk down a list found. ``more`` is where it could go on."""

    pages: int = 0
    posts: tuple[tuple[Post, Found], ...] = ()
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
        return Listed(
            self.pages + 1,
            (*self.posts, *posts),
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
        rows = [each for post, each in self.posts if not post.pinned]
        if not rows:
            return None
        return Shape(
            rows=len(rows),
            dated=sum(each.published_at is not None for each in rows),
            issued=sum(bool(each.publisher) for each in rows),
            teased=sum(bool(each.summary or each.text) for each in rows),
            title=int(statistics.median(len(each.title) for each in rows)),
        )
