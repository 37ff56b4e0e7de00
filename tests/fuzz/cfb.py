"""Compound files, in which HWP 5 keeps its streams: taken apart, and written anew."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from dochan.cfb import OleFileIO

_SECTOR, _SMALL, _CUTOFF = 512, 64, 4096
_FREE, _END, _TABLE, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def streams(content: bytes) -> dict[str, bytes]:
    """What a compound file holds, by path."""
    with OleFileIO(content) as ole:
        paths = ["/".join(path) for path in ole.listdir()]
        return {path: ole.openstream(path).read() for path in paths}


def write(held: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams by path, at most one folder deep and 6 MB in all."""
    body = _Body()
    small = _Body(_SMALL)
    entries = _entries(sorted(held, key=lambda path: (path.count("/"), len(path), path.upper())))
    for entry in entries:
        data = held.get(entry.path, b"")
        if entry.kind == _STREAM:
            entry.start = (small if len(data) < _CUTOFF else body).add(data)
            entry.size = len(data)
    entries[0].start, entries[0].size = body.add(bytes(small.data)), len(small.data)
    minis = body.add(_words(small.table, _SECTOR // 4))
    directory = body.add(b"".join(entry.packed() for entry in entries))
    first = len(body.table)
    tables = -(-first // (_SECTOR // 4 - 1))  # it chains itself, too
    table = _words([*body.table, *[_TABLE] * tables], _SECTOR // 4)
    places = list(range(first, first + tables))
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        0, len(places), directory, 0, _CUTOFF, minis, -(-len(small.table) // 128), _END, 0,
    )  # fmt: skip
    listed = struct.pack("<109I", *[*places, *[_FREE] * (109 - len(places))])
    return header + listed + bytes(body.data) + table


class _Body:
    """Sectors one after the other, and the table that chains them."""

    def __init__(self, size: int = _SECTOR) -> None:
        self.data = bytearray()
        self.table: list[int] = []
        self._size = size

    def add(self, data: bytes) -> int:
        """Where the chain of ``data`` begins."""
        start, count = len(self.table), -(-len(data) // self._size)
        if not count:
            return _END
        self.table += [*range(start + 1, start + count), _END]
        self.data += data.ljust(count * self._size, b"\0")
        return start


class _Entry:
    """A line of the directory; those of one folder hang on each other's right side."""

    def __init__(self, path: str, kind: int) -> None:
        self.path, self.kind = path, kind
        self.start, self.size, self.right, self.child = 0, 0, _NONE, _NONE

    def packed(self) -> bytes:
        name = self.path.rpartition("/")[2].encode("utf-16-le") + b"\0\0"
        return struct.pack(
            "<64sHBBIII36xIQ",
            name, len(name), self.kind, 1, _NONE, self.right, self.child, self.start, self.size,
        )  # fmt: skip


def _entries(paths: list[str]) -> list[_Entry]:
    entries = [_Entry("Root Entry", _ROOT)]
    folders = {path.partition("/")[0]: 0 for path in paths if "/" in path}
    for folder in folders:
        folders[folder] = len(entries)
        entries.append(_Entry(folder, _STORAGE))
    last: dict[int, int] = {}
    children = [*folders.values(), *range(len(entries), len(entries) + len(paths))]
    entries += [_Entry(path, _STREAM) for path in paths]
    for number in sorted(children, key=lambda number: _order(entries[number])):
        path = entries[number].path
        parent = folders[path.partition("/")[0]] if "/" in path else 0
        if parent in last:
            entries[last[parent]].right = number
        else:
            entries[parent].child = number
        last[parent] = number
    while len(entries) % 4:
        entries.append(_Entry("", 0))
    return entries


def _order(entry: _Entry) -> tuple[int, str]:
    name = entry.path.rpartition("/")[2]
    return len(name), name.upper()


def _words(numbers: list[int], least: int) -> bytes:
    """Four bytes each, filled up to whole sectors."""
    count = -(-max(len(numbers), 1) // least) * least
    return struct.pack(f"<{count}I", *[*numbers, *[_FREE] * (count - len(numbers))])
