"""Bytes and letters, hurt where they stand, whatever they mean."""

from __future__ import annotations

import re
from random import Random

from tests.fuzz.words import NUMBERS, WORDS

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_PUMPED = 400_000


def some(rng: Random) -> int:
    """How often to hurt: mostly once or twice."""
    return rng.choice((1, 1, 1, 2, 2, 3, 8, 30))


def raw(rng: Random, content: bytes) -> bytes:
    """Bytes changed, cut out, doubled, cut off."""
    hurt = bytearray(content)
    for _ in range(some(rng)):
        at = rng.randrange(len(hurt) + 1)
        to = at + rng.randrange(1, 300)
        step = rng.randrange(6)
        if step < 3:
            hurt[at : at + 1] = bytes([rng.randrange(256)])
        elif step == 3:
            hurt[at:to] = b""
        elif step == 4:
            hurt[at:at] = hurt[at:to]
        else:
            hurt[at:to] = bytes([rng.choice((0, 255))]) * (to - at)
    return bytes(hurt[: rng.randrange(len(hurt) + 1)] if rng.random() < 0.05 else hurt)


def text(rng: Random, whole: str) -> str:
    """Lines shuffled, cut, repeated, joined; strange letters, other digits; now and then much."""
    for _ in range(some(rng)):
        whole = rng.choice(_TEXT_STEPS)(rng, whole)[:_PUMPED]
    return whole


def _lines(rng: Random, whole: str) -> str:
    lines = whole.split("\n")
    at, to = sorted(rng.randrange(len(lines) + 1) for _ in "12")
    part = lines[at:to]
    step = rng.randrange(4)
    if step == 0:
        rng.shuffle(part)
    elif step == 1:
        part = part[: rng.randrange(3)]
    elif step == 2:
        part *= rng.choice((2, 3, 40))
    else:
        part = [rng.choice((" ", "", "\t", "\n\n")).join(part)]
    return "\n".join([*lines[:at], *part, *lines[to:]])


def _letters(rng: Random, whole: str) -> str:
    at = rng.randrange(len(whole) + 1)
    word = rng.choice(WORDS) if rng.random() < 0.8 else chr(rng.randrange(0x110000))
    return whole[:at] + word * rng.choice((1, 1, 2, 50)) + whole[at + rng.choice((0, 0, 1, 20)) :]


def _digits(rng: Random, whole: str) -> str:
    places = [match.span() for match in _NUMBER.finditer(whole)]
    if not places:
        return whole
    at, to = rng.choice(places)
    drawn = "".join(rng.choice("0123456789") for _ in range(rng.choice((1, 2, 4, 4, 9))))
    return whole[:at] + rng.choice((drawn, drawn, rng.choice(NUMBERS))) + whole[to:]


def _marks(rng: Random, whole: str) -> str:
    old, new = (rng.choice(" \n\t.~-()<>‘’“”,·:/") for _ in "12")
    return whole.replace(old, new, rng.choice((1, 5, -1)))


def _pumped(rng: Random, whole: str) -> str:
    """A piece so often that what is not linear shows."""
    at = rng.randrange(len(whole) + 1)
    part = whole[at : at + rng.choice((1, 2, 5, 20, 80, 400))]
    piece = rng.choice((part, part, rng.choice(WORDS))) or "가"
    most = rng.choice((300, 300, *[3_000] * 6, 30_000, 30_000, _PUMPED))
    return whole[:at] + piece * (most // len(piece)) + whole[at:]


_TEXT_STEPS = (_lines, _lines, _letters, _letters, _letters, _digits, _digits, _marks, _pumped)
