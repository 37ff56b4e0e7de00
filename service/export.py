"""Stored articles written as JSON Lines, CSV or Parquet: pieces of a file, as they are read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

from service.errors import UserError
from service.store.past import Exported

if TYPE_CHECKING:
    import pyarrow as pa

Form = Literal["jsonl", "csv", "parquet"]
_Batches = AsyncIterator[Sequence[Exported]]

_COLUMNS = tuple(each.name for each in fields(Exported))
_BOM = "\ufeff"  # by which spreadsheets know UTF-8
# What a spreadsheet takes for the beginning of a formula, as wide letters too.
_ACTIVE = frozenset("=+-@\t\r\n＝＋－＠﹦﹢﹣﹫−")


def written(form: Form, batches: _Batches) -> AsyncGenerator[bytes, None]:
    """The pieces of a file. Raises UserError at once where Parquet is wanted and cannot be."""
    if form == "parquet":
        return _parquet(batches, _schema())
    return _csv(batches) if form == "csv" else _jsonl(batches)


def safe(text: str) -> str:
    """``text`` as no spreadsheet takes it for a formula: a quote before what looks like one.

    What stands before it and is not seen (blanks, marks of direction) does not hide it.
    """
    seen = next((each for each in text if each.isprintable() and not each.isspace()), "")
    return f"'{text}" if text[:1] in _ACTIVE or seen in _ACTIVE else text


async def _jsonl(batches: _Batches) -> AsyncGenerator[bytes, None]:
    async for batch in batches:
        yield "".join(map(_line, batch)).encode("utf-8", "replace")


def _line(each: Exported) -> str:
    said = {name: _plain(value) for name, value in asdict(each).items()}
    return json.dumps(said, ensure_ascii=False) + "\n"


async def _csv(batches: _Batches) -> AsyncGenerator[bytes, None]:
    yield (_BOM + ",".join(_COLUMNS) + "\r\n").encode()
    async for batch in batches:
        page = io.StringIO()
        rows = csv.writer(page, quoting=csv.QUOTE_MINIMAL)
        rows.writerows([_cell(value) for value in asdict(each).values()] for each in batch)
        yield page.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> object:
    """A value in a cell; what is a number stays one, also below zero."""
    if isinstance(value, list | tuple):
        return safe(";".join(value))
    return safe(value) if isinstance(value, str) else _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


async def _parquet(batches: _Batches, schema: pa.Schema) -> AsyncGenerator[bytes, None]:
    """A row group for each batch: no more than one is held."""
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow import parquet  # noqa: PLC0415

    page = _Page()
    with parquet.ParquetWriter(page, schema, compression="zstd") as file:
        async for batch in batches:
            file.write_table(pa.Table.from_pylist([asdict(each) for each in batch], schema))
            yield page.taken()
    yield page.taken()


def _schema() -> pa.Schema:
    try:
        import pyarrow as pa  # noqa: PLC0415
    except ImportError as error:
        raise UserError("pyarrow가 없습니다 (install pabal[parquet])") from error
    moment, texts = pa.timestamp("us", "UTC"), pa.list_(pa.string())
    kinds: Mapping[str, Any] = {
        **dict.fromkeys(("id", "story_id", "twin_id"), pa.int64()),
        **dict.fromkeys(("publishers", "topics"), texts),
        **dict.fromkeys(("published_at", "discovered_at", "embargo_until"), moment),
        **dict.fromkeys(("call_start", "call_end"), pa.date32()),
        "is_call": pa.bool_(),
        "share": pa.float64(),
    }
    return pa.schema([(name, kinds.get(name, pa.string())) for name in _COLUMNS])


class _Page(io.RawIOBase):
    """A file that only grows, and is taken away piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._held += piece
        self._at += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        piece = bytes(self._held)
        self._held.clear()
        return piece
