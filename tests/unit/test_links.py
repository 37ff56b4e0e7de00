"""Tokens that nobody can make up."""

from __future__ import annotations

import random

import pytest

from service.links import Signer

SIGNER = Signer(b"a secret of 32 bytes, or of more")


@pytest.mark.parametrize("numbers", [(1,), (12, 0), (7, 3, 1_800_000_000), (2**63 - 1,) * 3])
def test_what_was_signed_is_read_for_the_same_purpose_alone(numbers: tuple[int, ...]) -> None:
    token = SIGNER.sign("end", *numbers)

    assert token.replace("-", "").replace("_", "").isalnum()
    assert len(token) < 120
    assert SIGNER.read("end", token) == numbers
    assert SIGNER.read("mine", token) is None
    assert Signer(b"another secret of 32 bytes, more").read("end", token) is None


def test_no_token_that_differs_in_one_letter_counts() -> None:
    token = SIGNER.sign("end", 12, 3)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    forged = {
        token[:at] + letter + token[at + 1 :]
        for at in range(len(token))
        for letter in letters
        if letter != token[at]
    }
    forged |= {token[:-1], token[1:], token + "A", token + "=", f" {token}", token.swapcase()}

    assert [each for each in forged if SIGNER.read("end", each) is not None] == []


@pytest.mark.parametrize(
    "text", ["", "=", "....", "é", "\ud800", "\0", "A" * 100_000, "%2e%2e", "-" * 27, "٣" * 40]
)
def test_any_text_may_be_read(text: str) -> None:
    assert SIGNER.read("end", text) is None


def test_noise_is_no_token() -> None:
    rng = random.Random(6)
    for _ in range(2_000):
        noise = "".join(chr(rng.randrange(1, 0x300)) for _ in range(rng.randrange(60)))
        assert SIGNER.read("confirm", noise) is None


def test_numbers_are_not_run_together() -> None:
    assert SIGNER.sign("end", 1, 23) != SIGNER.sign("end", 12, 3)


def test_neither_a_command_line_nor_a_mail_program_takes_a_token_apart() -> None:
    """None begins as an option does, nor ends as a sentence may."""
    for number in range(3_000):
        token = SIGNER.sign("confirm", number, number % 7, 1_800_000_000 + number)
        assert token[0].isalnum()
        assert token[-1].isalnum()
