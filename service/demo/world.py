"""What the replica knows: the releases published so far, and when they were first shown.

Pure: the clock is passed in. Every time called *real* is ``time.time()``, seconds since 1970, so
that it can be held against the time a message arrived at the sink.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice

SITES = frozenset({"korea_kr", "mss", "mofa", "etoday", "yna", "mk"})


@dataclass(frozen=True, slots=True)
class Release:
    """One announcement. ``id`` is its number on every site that shows it.

    ``published`` is aware, Asia/Seoul, and is what the pages print: 00:00:00 where the ministry
    gives a date only. ``ministry`` is the outlet's name on a news site. ``text`` has one paragraph
    a line. ``files`` are the names of attachments. ``sites`` is a part of SITES. ``embargo`` is
    what the release-time box of its documents prints, None for 배포 즉시: at once. ``attached`` is
    what its documents say, None for ``text``.
    """

    id: int
    ministry: str
    title: str
    text: str
    published: datetime
    files: tuple[str, ...] = ()
    sites: frozenset[str] = frozenset({"korea_kr"})
    embargo: datetime | None = None
    attached: str | None = None


class World:
    """Everything published so far, in the order it was published.

    ``published_at_real`` and ``first_shown`` are real times by release id: when it was put up, and
    when an answer with a list, feed or sitemap first held it.
    """

    def __init__(self) -> None:
        """An empty world."""
        self.published_at_real: dict[int, float] = {}
        self.first_shown: dict[int, float] = {}
        self._releases: list[Release] = []
        self._place: dict[int, int] = {}
        self._shelves: defaultdict[tuple[str, str | None], list[int]] = defaultdict(list)

    def publish(self, release: Release, at: float) -> None:
        """Put ``release`` on top of each of its sites, at real time ``at``.

        Raises ValueError for an id that was published before and for a site that is not in SITES.
        """
        if release.id in self._place:
            raise ValueError(f"release {release.id} was published before")
        if not release.sites <= SITES:
            raise ValueError(f"release {release.id} names sites that are not built")
        place = len(self._releases)
        self._releases.append(release)
        self._place[release.id] = place
        self.published_at_real[release.id] = at
        for site in release.sites:
            self._shelves[site, None].append(place)
            self._shelves[site, release.ministry].append(place)

    def newest(
        self, site: str, count: int, *, skip: int = 0, ministries: frozenset[str] | None = None
    ) -> list[Release]:
        """At most ``count`` releases of ``site``, last published first, after ``skip`` of them.

        ``ministries`` set keeps to these.
        """
        shelves = [reversed(shelf) for shelf in self._of(site, ministries)]
        places = merge(*shelves, reverse=True)
        return [self._releases[place] for place in islice(places, skip, skip + count)]

    def total(self, site: str, *, ministries: frozenset[str] | None = None) -> int:
        """How many releases ``site`` has."""
        return sum(map(len, self._of(site, ministries)))

    def find(self, site: str, release_id: int) -> Release | None:
        """The release of that number, None where ``site`` does not have it."""
        place = self._place.get(release_id)
        if place is None or site not in self._releases[place].sites:
            return None
        return self._releases[place]

    def show(self, releases: Iterable[int], at: float) -> None:
        """Remember that an answer at real time ``at`` held releases, by their ids."""
        for release_id in releases:
            self.first_shown.setdefault(release_id, at)

    def _of(self, site: str, ministries: frozenset[str] | None) -> list[list[int]]:
        names: Iterable[str | None] = (None,) if ministries is None else ministries
        return [self._shelves[site, name] for name in names if (site, name) in self._shelves]
