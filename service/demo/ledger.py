"""The ledger: what the world published against what was stored, owed and received."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from service.demo.sink import Receipt
from service.store.evidence import OwedRow, StoredRow

Reads = Callable[[str, str], bool]
"""Does a title and a body concern the subscriber? The plain reading, with no index behind it."""


@dataclass(frozen=True, slots=True)
class Published:
    """One release on one site as the source that reads it should store it.

    Times are seconds since 1970: put up, and first shown in an answer (None: nobody looked).
    """

    source_id: str
    release_id: int
    at: float
    shown: float | None


@dataclass(slots=True)
class Ledger:
    """The figures. Latencies are in seconds, one per alert received first."""

    published: int = 0
    appearances: int = 0
    seen: int = 0
    stored: int = 0
    not_stored: list[str] = field(default_factory=list)
    copies: int = 0
    joined: int = 0
    merged: list[int] = field(default_factory=list)
    owed: int = 0
    sent: int = 0
    corrections: int = 0
    missed: list[int] = field(default_factory=list)
    not_owed: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    repeats: int = 0
    kills: int = 0
    in_flight_at_kills: int = 0
    from_publication: list[float] = field(default_factory=list)
    from_showing: list[float] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Nothing lost or hidden, nothing twice, nothing that nobody asked for.

        After a kill a message may come again with the same id, once for each that was under way.
        """
        lost = self.not_stored or self.missed or self.merged
        wrong = self.not_owed or self.twice or self.strangers
        return not lost and not wrong and self.repeats <= self.in_flight_at_kills


def draw_up(
    published: Sequence[Published],
    stored: Sequence[StoredRow],
    owed: Sequence[OwedRow],
    received: Sequence[Receipt],
    reads: Reads,
    *,
    release_of: Callable[[StoredRow], int],
    distinct: bool,
    kills: int = 0,
    in_flight_at_kills: int = 0,
) -> Ledger:
    """Hold everything against everything else.

    What is owed is read plainly off the stored rows: a story concerns the subscriber where any of
    its articles that is not of the silent baseline does. ``distinct``: two releases are one event
    only where one's title stands in the other's; any other story of two hides one of them.
    """
    news = [row for row in stored if not row.baseline]
    rows = Counter((row.source_id, release_of(row)) for row in stored)
    wanted = {(each.source_id, each.release_id) for each in published}
    together = list(_together(stored, release_of))
    ledger = Ledger(
        published=len({each.release_id for each in published}),
        appearances=len(published),
        seen=sum(each.shown is not None for each in published),
        stored=sum(rows[each] == 1 for each in wanted),
        not_stored=sorted(f"{s} {r}" for s, r in wanted if rows[s, r] != 1),
        copies=len(news) - len({row.story_id for row in news}),
        joined=sum(len(titles) - 1 for _, titles in together),
        merged=[story for story, titles in together if distinct and not _nested(titles)],
        kills=kills,
        in_flight_at_kills=in_flight_at_kills,
    )
    due = {row.story_id for row in news if row.story_id and reads(row.title, row.text)}
    _tell(ledger, due, owed, Counter(each.message_id for each in received))
    story_of = {row.message_id: row.story_id for row in owed}
    _time(ledger, news, published, _first_receipts(received, story_of), release_of)
    return ledger


def _tell(
    ledger: Ledger, due: set[int], owed: Sequence[OwedRow], receipts: Mapping[str, int]
) -> None:
    """Write down what came, how often each message did, of the stories that are ``due``."""
    told_of = {row.message_id: (row.story_id, row.revision_id) for row in owed}
    told = Counter(told_of[each] for each in receipts if each in told_of)
    got = {story_id for story_id, _ in told}
    ledger.owed = len(due)
    ledger.sent = len(receipts)
    ledger.corrections = sum(revision_id != 0 for _, revision_id in told)
    ledger.missed = sorted(due - got)
    ledger.not_owed = sorted(got - due)
    ledger.twice = sorted({story_id for (story_id, _), times in told.items() if times > 1})
    ledger.strangers = sorted(set(receipts) - set(told_of))
    ledger.repeats = sum(receipts.values()) - len(receipts)


def _time(
    ledger: Ledger,
    news: Sequence[StoredRow],
    published: Sequence[Published],
    first: Mapping[int, float],
    release_of: Callable[[StoredRow], int],
) -> None:
    """Write down how long each story took from its first appearance to its ``first`` receipt."""
    appeared = {(each.source_id, each.release_id): each for each in published}
    puts: defaultdict[int, list[float]] = defaultdict(list)
    shows: defaultdict[int, list[float]] = defaultdict(list)
    for row in news:
        each = appeared.get((row.source_id, release_of(row)))
        if each is not None and row.story_id is not None:
            puts[row.story_id].append(each.at)
            shows[row.story_id].extend([] if each.shown is None else [each.shown])
    for story_id, at in first.items():
        ledger.from_publication += [at - min(puts[story_id])] if puts[story_id] else []
        ledger.from_showing += [at - min(shows[story_id])] if shows[story_id] else []


def _together(
    stored: Sequence[StoredRow], release_of: Callable[[StoredRow], int]
) -> Iterator[tuple[int, Sequence[str]]]:
    """Stories that hold several releases, each with the titles of those."""
    titles: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for row in stored:
        if row.story_id is not None:
            titles[row.story_id].setdefault(release_of(row), row.title)
    for story_id, found in sorted(titles.items()):
        if len(found) > 1:
            yield story_id, list(found.values())


def _nested(titles: Sequence[str]) -> bool:
    """Whether the shortest title stands in all of them."""
    shortest = min(titles, key=len)
    return all(shortest in each for each in titles)


def _first_receipts(
    received: Iterable[Receipt], story_of: Mapping[str, int]
) -> Mapping[int, float]:
    """When each story was first told of."""
    first: dict[int, float] = {}
    for receipt in received:
        story_id = story_of.get(receipt.message_id)
        if story_id is not None:
            first[story_id] = min(receipt.at, first.get(story_id, receipt.at))
    return first


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that ``share`` of all values do not exceed; None for none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
