"""Nobody gets through a page's door by guessing, nor by changing what they were given."""

from __future__ import annotations

import random
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import get_args

import pytest

from service.links import Purpose, Signer

SIGNER = Signer(b"a secret of this test, 32 or more")
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


def numbers(purpose: Purpose) -> tuple[int, ...]:
    return {"bounces": (), "confirm": (12, 3, 1_800_000_000)}.get(purpose, (12, 3))


@pytest.mark.fault(17)
@pytest.mark.parametrize("count", [20_000, pytest.param(500_000, marks=pytest.mark.faults)])
def test_no_guess_opens_anything(measured: Callable[..., None], count: int) -> None:
    guessed = 0
    rng = random.Random(secrets.randbits(64))
    lengths = {len(SIGNER.sign(each, *numbers(each))) for each in PURPOSES}
    for at in range(count):
        purpose = PURPOSES[at % len(PURPOSES)]
        noise = rng.randbytes(rng.choice([*lengths]) * 3 // 4)
        ours = b"p" + noise[1:21] + b"12.3"  # in the form of one of ours
        for guess in (noise, ours):
            token = urlsafe_b64encode(guess).rstrip(b"=").decode()
            guessed += SIGNER.read(purpose, token) is not None
    measured(guesses=2 * count, guessed=guessed)
    assert guessed == 0


@pytest.mark.fault(17)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_token_with_one_bit_turned_counts(purpose: Purpose) -> None:
    token = SIGNER.sign(purpose, *numbers(purpose))
    assert SIGNER.read(purpose, token) == numbers(purpose)
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for bit in range(len(raw) * 8):
        turned = bytearray(raw)
        turned[bit // 8] ^= 1 << bit % 8
        assert SIGNER.read(purpose, urlsafe_b64encode(turned).rstrip(b"=").decode()) is None
    for bit in range(len(token) * 7):
        letters = bytearray(token.encode())
        letters[bit // 7] ^= 1 << bit % 7
        assert SIGNER.read(purpose, letters.decode()) is None


def test_no_token_opens_the_door_of_another_purpose() -> None:
    for one in PURPOSES:
        token = SIGNER.sign(one, *numbers(one))
        assert [each for each in PURPOSES if SIGNER.read(each, token) is not None] == [one]
