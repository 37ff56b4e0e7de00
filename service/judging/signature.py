"""A few numbers of a release, to find its likely twins by.

A signature is a bottom-k sketch: of all five letters in a row those few whose mixed bytes come
first. Two texts share about as large a part of their signatures as of their shingles, so that
twins are found by equal numbers, without reading a text. It is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from hashlib import blake2b
from itertools import compress, count

from service.judging.letters import SHINGLE, compared
from service.judging.titles import bare

_OF_TEXT, _OF_TITLE = 16, 4
_ENOUGH = 3 * _OF_TEXT
"""How many shingles are looked at, about, to find the first of them."""


def _mixer(place: int) -> bytes:
    return bytes(sorted(range(256), key=lambda byte: blake2b(bytes((place, byte))).digest()))


_MIXERS = tuple(map(_mixer, range(SHINGLE)))
"""All bytes in another order for each place in a shingle: tabulation hashing."""


def signature(title: str, text: str) -> tuple[int, ...]:
    """At most 16 numbers for a text and 4 for a title, sorted, each of 64 bits with a sign.

    Of two texts that share half of their shingles it is all but sure that three numbers are equal.
    """
    of_title = _first(compared(bare(title)), _OF_TITLE, b"title")
    return tuple(sorted({*of_title, *_first(compared(text), _OF_TEXT, b"text")}))


def _first(plain: str, most: int, kind: bytes) -> list[int]:
    """The hashes of the ``most`` shingles that come first by their mixed bytes."""
    raw = plain.encode("utf-16-le", "surrogatepass")
    order = mixed(raw[::2])
    for limit in (min(256, 256 * _ENOUGH // max(1, len(order)) + 1), 256):
        found = {(order[i], raw[2 * i : 2 * (i + SHINGLE)]) for i in below(limit, order)}
        if len(found) >= most:
            break
    return [hashed(shingle, kind) for _, shingle in sorted(found)[:most]]


def mixed(low: bytes) -> bytes:
    """One byte for each shingle, of the low bytes of its letters."""
    size = len(low) - SHINGLE + 1
    if size < 1:
        return b""
    parts = (
        int.from_bytes(low[place : place + size].translate(mixer))
        for place, mixer in enumerate(_MIXERS)
    )
    return reduce(int.__xor__, parts).to_bytes(size)


def below(limit: int, order: bytes) -> Iterator[int]:
    """The places whose byte is less than ``limit``, of 256."""
    return compress(count(), order.translate(b"\1" * limit + bytes(256 - limit)))


def hashed(shingle: bytes, kind: bytes) -> int:
    """64 bits with a sign; of one ``kind`` equal for equal letters alone."""
    return int.from_bytes(blake2b(shingle, digest_size=8, person=kind).digest(), signed=True)
