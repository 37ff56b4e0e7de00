"""Bodies as they come off the wire: packed, cut, padded, lying about their size."""

from __future__ import annotations

import gzip
import os
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from scrapers.body import read_body
from scrapers.errors import Broken, ScrapeError, ServerTrouble, TooLarge

URL = "https://press.example.go.kr/list"
MIB = 2**20
STEP = 2**16
TEXT = "보도자료 ".encode() * 9_000


async def _in_pieces(body: bytes, length: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), length):
        yield body[start : start + length]


async def _read(body: bytes, encoding: str, *, piece: int = STEP, size: int = 10 * MIB) -> bytes:
    headers = {"Content-Encoding": encoding}
    response = httpx.Response(200, headers=headers, content=_in_pieces(body, piece))
    return await read_body(response, URL, size=size, ratio=100)


def _bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize("piece", [1, 1_000, STEP])
@pytest.mark.parametrize(
    ("pack", "encoding"),
    [
        (bytes, ""),
        (bytes, "identity"),
        (gzip.compress, "gzip"),
        (gzip.compress, "X-GZIP"),
        (zlib.compress, "deflate"),
        (_bare_deflate, "deflate"),
    ],
)
async def test_a_body_is_unpacked_however_it_is_cut(
    pack: Callable[[bytes], bytes], encoding: str, piece: int
) -> None:
    assert await _read(pack(TEXT), encoding, piece=piece) == TEXT


@pytest.mark.parametrize("length", [0, 1, STEP - 1, STEP, STEP + 1, 3 * STEP])
@pytest.mark.parametrize("fill", [bytes, os.urandom])
async def test_gzip_members_are_joined_and_padding_is_dropped(
    length: int, fill: Callable[[int], bytes]
) -> None:
    member = fill(length)
    packed = gzip.compress(member) * 2 + bytes(4)
    assert await _read(packed, "gzip", piece=1_000) == member * 2
    assert await _read(packed, "gzip", piece=len(packed)) == member * 2


@pytest.mark.parametrize("encoding", ["gzip", "deflate", ""])
async def test_an_empty_body_is_empty_whatever_it_says(encoding: str) -> None:
    assert await _read(b"", encoding) == b""


@pytest.mark.parametrize(
    ("body", "encoding", "error"),
    [
        (gzip.compress(TEXT)[:-9], "gzip", ServerTrouble),
        (zlib.compress(TEXT)[:-5], "deflate", ServerTrouble),
        (TEXT, "gzip", Broken),
        (TEXT, "br", Broken),
        (gzip.compress(TEXT), "gzip, gzip", Broken),
    ],
)
async def test_a_body_that_is_not_what_it_says_is_refused(
    body: bytes, encoding: str, error: type[ScrapeError]
) -> None:
    with pytest.raises(error) as raised:
        await _read(body, encoding)
    assert type(raised.value) is error
    assert raised.value.url == URL


async def test_the_size_cap_holds_to_the_byte() -> None:
    assert len(await _read(bytes(5_000), "", size=5_000)) == 5_000
    with pytest.raises(TooLarge, match="over 5000 bytes"):
        await _read(bytes(5_001), "", size=5_000)
    with pytest.raises(TooLarge, match="over 5000 bytes"):
        await _read(gzip.compress(bytes(5_001)), "gzip", size=5_000)


async def test_the_ratio_counts_only_over_one_mebibyte() -> None:
    assert len(await _read(gzip.compress(bytes(MIB)), "gzip")) == MIB
    with pytest.raises(TooLarge, match="over 100 times its sent size"):
        await _read(gzip.compress(bytes(MIB + 1)), "gzip")


@pytest.mark.parametrize("wbits", [31, 15], ids=["gzip", "deflate"])
async def test_a_bomb_is_put_out_before_it_fills_the_memory(wbits: int) -> None:
    packer = zlib.compressobj(9, wbits=wbits)
    bomb = b"".join(packer.compress(bytes(MIB)) for _ in range(200)) + packer.flush()
    assert len(bomb) < 210_000
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            await _read(bomb, "gzip" if wbits == 31 else "deflate", piece=len(bomb))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 24 * MIB
