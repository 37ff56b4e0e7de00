"""``pabal backup`` and ``restore``: the whole database as one file, without PostgreSQL's programs.

The file is a ZIP: a member for each table in PostgreSQL's text form of COPY, and ``manifest.json``
last, which says of each how many rows it has and what its SHA-256 is. A torn file has no manifest.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import asyncpg
from pydantic import BaseModel, ConfigDict, ValidationError

from service.errors import UserError
from service.store.backup import Loading, Snapshot, Table, loading, snapshot
from service.store.migrate import known, migrate

_FORM = "pabal-backup-1"
_MANIFEST = "manifest.json"
_CHUNK = 1 << 18
# RuntimeError: of a member that is encrypted, or packed in a way that is not known here.
_TORN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValidationError, RuntimeError)


class Part(BaseModel):
    """One table: what its member of the file holds."""

    model_config = ConfigDict(frozen=True)

    table: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


class Manifest(BaseModel):
    """What a backup is, and of when. ``parts``: none before those that it refers to."""

    model_config = ConfigDict(frozen=True)

    form: str
    version: str
    revision: str
    made_at: datetime
    parts: tuple[Part, ...]
    sequences: dict[str, int]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(part.rows for part in self.parts)


@contextmanager
def new_file(path: Path, *, public: bool = False) -> Iterator[IO[bytes]]:
    """A file that is there only if the block ends well, and that nobody else may read.

    A public one others may read, and it takes the place of the file before. Raises UserError where
    something else is there already, or where it cannot be written.
    """
    if path.exists() and not (public and path.is_file()):  # a device or pipe is not replaced
        raise UserError(
            f"{path}: 이미 있습니다. 다른 이름을 주십시오 (is there already: give another name)"
        )
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    # It has addresses, and the secret that links are signed with.
    mode = 0o666 if public else 0o600
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                part.rename(path)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error


async def back_up(url: str, to: IO[bytes], *, version: str, now: datetime) -> Manifest:
    """Write all rows of ``url``, as they are at one moment, to an open file."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as file:
        async with snapshot(url) as rows:
            parts = [await _copy(rows, table, file) for table in await rows.tables()]
            manifest = Manifest(
                form=_FORM,
                version=version,
                revision=rows.revision,
                made_at=now,
                parts=tuple(parts),
                sequences=dict(await rows.sequences()),
            )
        file.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


def read_manifest(path: Path) -> Manifest:
    """Read a backup through and hold every part against its sum; returns what it is.

    Raises UserError where it is no backup, is torn, or was changed.
    """
    try:
        with zipfile.ZipFile(path) as file:
            manifest = Manifest.model_validate_json(file.read(_MANIFEST))
            for part in manifest.parts:
                _check(file, part)
            if sorted(file.namelist()) != sorted([_MANIFEST, *map(_member, manifest.parts)]):
                raise zipfile.BadZipFile("other members than its manifest says")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
    except _TORN as error:
        why = next(iter(str(error).splitlines()), type(error).__name__)
        raise UserError(f"{path}: 온전한 백업이 아닙니다 (not a whole backup): {why}") from None
    if manifest.form != _FORM or manifest.revision not in known():
        raise UserError(
            f"{path}: 더 새로운 파발이 만들었습니다 ({manifest.version}, {manifest.revision}). "
            "그 판으로 되살리십시오. (made by a newer Pabal: restore it with that one)"
        )
    return manifest


async def restore(url: str, path: Path, *, replace: bool) -> Manifest:
    """Make the database at ``url`` what it was when the backup was made, then bring it up to date.

    All or nothing: whatever goes wrong, it stays as it was. ``replace`` gives up what is there.
    Raises UserError as ``read_manifest`` does, and where the database is not empty or in use.
    """
    manifest = await asyncio.to_thread(read_manifest, path)
    with zipfile.ZipFile(path) as file:
        async with loading(url, manifest.revision, replace=replace) as into:
            for part in manifest.parts:
                await _load(into, file, part)
            await into.set_sequences(manifest.sequences)
    await migrate(url)
    return manifest


async def _copy(rows: Snapshot, table: Table, file: zipfile.ZipFile) -> Part:
    digest = hashlib.sha256()
    with file.open(f"{table.name}.copy", "w", force_zip64=True) as member:

        async def write(chunk: bytes) -> None:
            digest.update(chunk)
            member.write(chunk)

        count = await rows.copy(table, write)
    return Part(table=table.name, columns=table.columns, rows=count, sha256=digest.hexdigest())


async def _load(into: Loading, file: zipfile.ZipFile, part: Part) -> None:
    try:
        with file.open(_member(part)) as member:
            count = await into.load(Table(part.table, part.columns), _chunks(member))
    except asyncpg.PostgresError as error:
        raise UserError(f"{part.table}: 들어가지 않습니다 (does not fit): {error}") from error
    if count != part.rows:
        raise UserError(f"{part.table}: {count}/{part.rows}")


async def _chunks(member: IO[bytes]) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(member.read, _CHUNK):
        yield chunk


def _check(file: zipfile.ZipFile, part: Part) -> None:
    digest = hashlib.sha256()
    with file.open(_member(part)) as member:
        while chunk := member.read(_CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != part.sha256:
        raise zipfile.BadZipFile(f"{part.table} is not what was backed up")


def _member(part: Part) -> str:
    return f"{part.table}.copy"
