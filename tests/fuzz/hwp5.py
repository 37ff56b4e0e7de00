"""HWP 5 from inside: a small document of our own, and the records that its streams are made of."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

from tests.fuzz import cfb

PARAGRAPH, TEXT, CONTROL, CELL, TABLE = 66, 67, 71, 72, 77
_PROPERTIES, _MAPPINGS = 16, 17
_LONG = 0xFFF  # in place of a size that stands in the four bytes behind

Record = tuple[int, int, bytes]
"""Tag, level and what it says."""


def document(lines: Iterable[str]) -> bytes:
    """A document: paragraphs, and behind them a table of two cells."""
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000300, 1)
    anchor = struct.pack("<H4s8xHH", 11, b" lbt", 11, 13)
    section = [record for line in lines for record in _paragraph(line, 0)]
    section += [(PARAGRAPH, 0, struct.pack("<I18x", 9)), (TEXT, 1, anchor)]
    section += [(CONTROL, 1, b" lbt".ljust(46, b"\0"))]
    section += [(TABLE, 2, struct.pack("<IHHHHHHHHHHH", 0, 1, 2, 0, 0, 0, 0, 0, 2, 1, 0, 0))]
    for column in (0, 1):
        cell = struct.pack("<II4HII4HH", 1, 0, column, 0, 1, 1, 9, 9, 0, 0, 0, 0, 1)
        section += [(CELL, 2, cell), *_paragraph("칸", 2)]
    about = [(_PROPERTIES, 0, bytes(26)), (_MAPPINGS, 0, bytes(72))]
    streams = {
        "FileHeader": header.ljust(256, b"\0"),
        "DocInfo": packed(joined(about)),
        "BodyText/Section0": packed(joined(section)),
    }
    return cfb.write(streams)


def _paragraph(text: str, level: int) -> list[Record]:
    letters = f"{text.replace(chr(9), ' ')}\r".encode("utf-16-le")
    head = struct.pack("<I18x", len(letters) // 2)
    return [(PARAGRAPH, level, head), (TEXT, level + 1, letters)]


def parted(data: bytes) -> list[Record]:
    """The records of a stream, unpacked."""
    found = []
    at = 0
    while at + 4 <= len(data):
        head = int.from_bytes(data[at : at + 4], "little")
        size, at = head >> 20, at + 4
        if size == _LONG:
            size, at = int.from_bytes(data[at : at + 4], "little"), at + 4
        found.append((head & 1023, head >> 10 & 1023, data[at : at + size]))
        at += size
    return found


def joined(records: Iterable[Record]) -> bytes:
    """A stream of these records."""
    return b"".join(
        struct.pack("<II", tag & 1023 | (level & 1023) << 10 | _LONG << 20, len(said)) + said
        for tag, level, said in records
    )


def packed(data: bytes) -> bytes:
    """As the streams are kept: deflated, without a header."""
    squeezer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return squeezer.compress(data) + squeezer.flush()
