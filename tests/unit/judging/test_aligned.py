import random
import time

import pytest

from service.judging.aligned import blocks


def test_equal_sequences_have_no_differing_block() -> None:
    assert blocks("가나다라", "가나다라") == []


def test_what_stands_once_on_either_side_holds_both_together() -> None:
    assert blocks("가나다라마", "가너다라하마") == [(1, 2, 1, 2), (4, 4, 4, 5)]


def test_an_empty_side_is_one_block() -> None:
    assert blocks("", "가나") == [(0, 0, 0, 2)]
    assert blocks("가나", "") == [(0, 2, 0, 0)]


def test_short_stretches_of_repeated_words_are_compared_pair_by_pair() -> None:
    assert blocks("가나가나가나", "가나가다가나") == [(3, 4, 3, 4)]


def test_what_is_outside_of_the_blocks_is_equal() -> None:
    chance = random.Random(4)
    for _ in range(300):
        old = chance.choices("가나다라마바사아", k=chance.randrange(30))
        new = chance.choices("가나다라마바사아", k=chance.randrange(30))
        rebuilt: list[str] = []
        at = 0
        for i1, i2, j1, j2 in blocks(old, new):
            rebuilt += old[at:i1] + new[j1:j2]
            at = i2
        assert rebuilt + old[at:] == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("가" * 100_000, "나" * 100_000),
        ("가나" * 50_000, "나가가" * 30_000),
        (list(map(str, range(50_000))), list(map(str, range(50_000, 0, -1)))),
    ],
)
def test_hostile_sequences_are_compared_in_time(old: str, new: str) -> None:
    begun = time.process_time()

    blocks(old, new)

    assert time.process_time() - begun < 10
