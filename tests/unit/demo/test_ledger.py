"""A ledger that cannot show a fault proves nothing: each fault is planted and must be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from service.demo.ledger import Ledger, Published, draw_up, percentile
from service.demo.sink import Receipt
from service.store.evidence import OwedRow, StoredRow

PUBLISHED = (
    Published("korea_kr", 1, at=100.0, shown=101.0),
    Published("korea_kr", 2, at=110.0, shown=111.0),
    Published("mss_press", 1, at=100.0, shown=100.5),
)
STORED = (
    StoredRow("korea_kr", "0", "옛 수출 자료", "수출", baseline=True, story_id=9),
    StoredRow("korea_kr", "1", "수출 상담회", "수출", baseline=False, story_id=10),
    StoredRow("korea_kr", "2", "축제", "꽃", baseline=False, story_id=11),
    StoredRow("mss_press", "1", "수출 상담회", "수출", baseline=False, story_id=10),
)
OWED = (OwedRow("msg_a", 10, 1, "sent"),)
RECEIVED = (Receipt("msg_a", 102.0),)


def draw(
    *,
    published: tuple[Published, ...] = PUBLISHED,
    stored: tuple[StoredRow, ...] = STORED,
    owed: tuple[OwedRow, ...] = OWED,
    received: tuple[Receipt, ...] = RECEIVED,
    in_flight_at_kills: int = 0,
    distinct: bool = True,
) -> Ledger:
    reads: Callable[[str, str], bool] = lambda title, text: "수출" in title + text  # noqa: E731
    return draw_up(
        published,
        stored,
        owed,
        received,
        reads,
        release_of=lambda row: int(row.key),
        distinct=distinct,
        in_flight_at_kills=in_flight_at_kills,
    )


def test_a_run_without_fault_balances() -> None:
    ledger = draw()
    assert ledger.clean
    assert (ledger.published, ledger.appearances, ledger.seen, ledger.stored) == (2, 3, 3, 3)
    assert (ledger.copies, ledger.owed, ledger.sent) == (1, 1, 1)


def test_two_releases_in_one_story_hide_one_unless_they_may_be_one() -> None:
    together = tuple(replace(each, story_id=10) if each.key == "2" else each for each in STORED)

    hidden, joint = draw(stored=together), draw(stored=together, distinct=False)

    assert (hidden.merged, hidden.joined, hidden.clean) == ([10], 1, False)
    assert (joint.merged, joint.joined, joint.clean) == ([], 1, True)


def test_a_correction_is_told_beside_the_event_and_not_twice() -> None:
    owed = (*OWED, OwedRow("msg_b", 10, 1, "sent", revision_id=4))
    corrected = draw(owed=owed, received=(*RECEIVED, Receipt("msg_b", 103.0)))
    again = (*owed, OwedRow("msg_c", 10, 1, "sent", revision_id=4))
    twice = draw(owed=again, received=(*RECEIVED, Receipt("msg_b", 103.0), Receipt("msg_c", 104.0)))

    assert (corrected.corrections, corrected.twice, corrected.clean) == (1, [], True)
    assert (twice.twice, twice.clean) == ([10], False)


def test_latency_runs_from_the_first_of_all_copies_to_the_first_receipt() -> None:
    ledger = draw(received=(Receipt("msg_a", 103.0), Receipt("msg_a", 102.0)))
    assert ledger.from_publication == [2.0]
    assert ledger.from_showing == [1.5]


def test_the_silent_baseline_is_owed_to_nobody() -> None:
    assert draw(stored=STORED[1:]).owed == draw().owed == 1


def test_a_release_that_was_not_stored_is_seen() -> None:
    ledger = draw(stored=STORED[:-1])
    assert ledger.not_stored == ["mss_press 1"]
    assert not ledger.clean


def test_a_release_that_was_stored_twice_is_seen() -> None:
    ledger = draw(stored=(*STORED, STORED[2]))
    assert ledger.not_stored == ["korea_kr 2"]
    assert not ledger.clean


@pytest.mark.parametrize(("owed", "received"), [((), ()), (OWED, ()), ((), RECEIVED)])
def test_an_alert_that_never_came_is_missed(
    owed: tuple[OwedRow, ...], received: tuple[Receipt, ...]
) -> None:
    ledger = draw(owed=owed, received=received)
    assert ledger.missed == [10]
    assert not ledger.clean


def test_an_alert_that_nobody_asked_for_is_seen() -> None:
    ledger = draw(
        owed=(*OWED, OwedRow("msg_b", 11, 1, "sent")),
        received=(*RECEIVED, Receipt("msg_b", 112.0)),
    )
    assert ledger.not_owed == [11]
    assert not ledger.clean


def test_a_message_that_is_on_no_record_is_seen() -> None:
    ledger = draw(received=(*RECEIVED, Receipt("msg_x", 112.0)))
    assert ledger.strangers == ["msg_x"]
    assert not ledger.clean


def test_one_story_under_two_message_ids_is_sent_twice() -> None:
    ledger = draw(
        owed=(*OWED, OwedRow("msg_b", 10, 1, "sent")),
        received=(*RECEIVED, Receipt("msg_b", 112.0)),
    )
    assert ledger.twice == [10]
    assert not ledger.clean


def test_a_repeat_is_a_fault_unless_it_was_under_way_at_a_kill() -> None:
    twice = (*RECEIVED, *RECEIVED)
    assert draw(received=twice).repeats == 1
    assert not draw(received=twice).clean
    assert draw(received=twice, in_flight_at_kills=1).clean
    assert not draw(received=(*twice, *RECEIVED), in_flight_at_kills=1).clean


def test_what_nobody_was_shown_is_published_but_not_seen() -> None:
    hidden = tuple(replace(each, shown=None) for each in PUBLISHED)
    assert (draw(published=hidden).appearances, draw(published=hidden).seen) == (3, 0)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.5, 3.0), (0.99, 5.0), (1.0, 5.0)])
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert percentile([5.0, 1.0, 4.0, 2.0, 3.0], share) == expected


def test_no_values_have_no_percentile() -> None:
    assert percentile([], 0.5) is None
