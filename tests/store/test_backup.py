"""A backup is the database at one moment; restored it is the same, row for row, or nothing is."""

from __future__ import annotations

import asyncio
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.dialects import postgresql as pg

from service.errors import UserError
from service.ops.backup import Manifest, back_up, new_file, read_manifest, restore
from service.store.backup import snapshot
from service.store.database import Database
from service.store.migrate import migrate
from service.store.tables import metadata
from service.work import connect
from tests.store.test_migrate import alembic

NOW = datetime(2026, 10, 5, 9, 0, 1, 234567, tzinfo=UTC)
ODD = "쉼표, 탭\t줄\n역슬래시 \\N \\. '따옴표\" 끝"
VALUES: dict[type[Any], object] = {
    sa.Text: ODD, sa.BigInteger: 1, sa.Integer: 1, sa.SmallInteger: 1, sa.Float: 0.1 + 0.2,
    sa.Boolean: True, sa.DateTime: NOW, sa.Date: date(2026, 10, 5), sa.LargeBinary: b"\0\\x\xff\n",
    pg.UUID: UUID(int=7), pg.JSONB: {"말": [None, ODD, 1.5]}, pg.TSVECTOR: "수출:1 바우처:2",
}  # fmt: skip
KNOWN = {"role": "editor", "language": "en", "embargoed": "badge", "reason": "alert"}


def value(column: sa.Column[Any]) -> object:
    """Something that the column takes, as odd as it may be."""
    if column.name in KNOWN:
        return KNOWN[column.name]
    kind = column.type
    if isinstance(kind, sa.ARRAY):
        item = kind.item_type
        return [next(each for known, each in VALUES.items() if isinstance(item, known))] * 2
    return next(each for known, each in VALUES.items() if isinstance(kind, known))


async def fill(url: str) -> None:
    """Put a row into every table that has none."""
    database = Database(url, size=1)
    async with database.transaction() as tx:
        for table in metadata.sorted_tables:
            if not await tx.scalar(sa.select(sa.exists(sa.select(1).select_from(table)))):
                row = {each.name: value(each) for each in table.columns if not each.computed}
                parents = {key.parent.name for key in table.foreign_keys}
                if text := parents & {"source_id"}:
                    row |= dict.fromkeys(text, ODD)
                await tx.execute(table.insert(), row)
        await tx.execute(sa.text("SELECT setval('article_id_seq', 40)"))
    await database.close()


async def rows(url: str) -> dict[str, list[str]]:
    """Every row of every table of ours, as PostgreSQL writes it."""
    sql = await connect(url)
    try:
        names = await sql.fetch(
            """SELECT relname FROM pg_class WHERE relkind = 'r'
                 AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'pgqueuer%'"""
        )
        found = {}
        for (name,) in names:
            read = await sql.fetch(f'SELECT t::text FROM "{name}" AS t ORDER BY 1')
            found[name] = [row[0] for row in read]
        return found
    finally:
        await sql.close()


async def backed_up(url: str, to: Path) -> Manifest:
    with new_file(to) as file:
        return await back_up(url, file, version="0", now=NOW)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def beside(path: Path) -> list[str]:
    return [each.name for each in path.iterdir()]


@pytest.fixture
async def made(migrated_url: str, tmp_path: Path) -> Path:
    """A backup of a database with a row in every table."""
    await fill(migrated_url)
    await backed_up(migrated_url, tmp_path / "whole.zip")
    return tmp_path / "whole.zip"


@pytest.mark.fault(25)
async def test_every_row_of_every_table_comes_back_and_numbers_go_on(
    made: Path, migrated_url: str, database_url: str
) -> None:
    said = await restore(database_url, made, replace=False)

    before, after = await rows(migrated_url), await rows(database_url)
    assert set(metadata.tables) <= set(before)
    assert all(before.values())
    assert after == before
    assert said.rows == sum(map(len, before.values())) - 1  # alembic_version is in the manifest
    assert mode(made) == 0o600
    sql = await connect(database_url)
    assert await sql.fetchval("SELECT nextval('article_id_seq')") == 41
    await sql.close()


async def test_a_database_with_rows_is_given_up_only_where_that_is_asked(
    made: Path, database_url: str
) -> None:
    await migrate(database_url)
    sql = await connect(database_url)
    await sql.execute("INSERT INTO source (id) VALUES ('mine')")
    await sql.close()

    with pytest.raises(UserError, match="source"):
        await restore(database_url, made, replace=False)
    assert (await rows(database_url))["source"][0].startswith("(mine,")
    await restore(database_url, made, replace=True)
    assert not any("mine" in row for row in (await rows(database_url))["source"])


async def test_where_others_are_connected_nothing_is_restored(
    made: Path, database_url: str
) -> None:
    sql = await connect(database_url)
    try:
        with pytest.raises(UserError, match="stop every Pabal"):
            await restore(database_url, made, replace=False)
    finally:
        await sql.close()


def harm(path: Path, hurt: Callable[[bytes], bytes]) -> None:
    path.write_bytes(hurt(path.read_bytes()))


def torn(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def flipped(whole: bytes) -> bytes:
    at = whole.index(b"article.copy") + 40  # within what is packed
    return whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]


def locked(whole: bytes) -> bytes:
    """The same with its members said to be encrypted."""
    said = bytearray(whole)
    for found in re.finditer(b"PK\1\2", whole):
        said[found.start() + 8] |= 1
    return bytes(said)


@pytest.mark.parametrize(
    "hurt", [torn, flipped, locked, lambda _: b"", lambda _: b"PK\5\6" + bytes(18)]
)
async def test_a_file_that_is_not_whole_is_refused_and_nothing_is_touched(
    made: Path, database_url: str, hurt: Callable[[bytes], bytes]
) -> None:
    harm(made, hurt)

    with pytest.raises(UserError, match="not a whole backup"):
        await restore(database_url, made, replace=True)
    assert await rows(database_url) == {}


def rewritten(path: Path, change: Callable[[dict[str, Any]], None], **members: bytes) -> None:
    """Write the backup anew with another manifest, and other members."""
    with zipfile.ZipFile(path) as file:
        kept = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(kept.pop("manifest.json"))
    change(manifest)
    with zipfile.ZipFile(path, "w") as file:
        for name, content in (kept | members).items():
            file.writestr(name, content)
        file.writestr("manifest.json", json.dumps(manifest))


async def test_a_newer_schema_is_refused_by_its_version(made: Path, database_url: str) -> None:
    rewritten(made, lambda manifest: manifest.update(revision="9999", version="7.0"))

    with pytest.raises(UserError, match=r"newer Pabal") as refused:
        await restore(database_url, made, replace=False)
    assert "7.0" in str(refused.value)


async def test_rows_that_do_not_fit_leave_everything_as_it_was(
    made: Path, database_url: str
) -> None:
    await migrate(database_url)
    before = await rows(database_url)

    def bare(manifest: dict[str, Any]) -> None:
        [part] = [each for each in manifest["parts"] if each["table"] == "suppressed"]
        part["columns"] = ["channel"]

    rewritten(made, bare)
    with pytest.raises(UserError, match="suppressed"):
        await restore(database_url, made, replace=True)
    assert await rows(database_url) == before


async def test_a_backup_of_an_older_schema_is_brought_up_to_date(
    migrated_url: str, database_url: str, tmp_path: Path
) -> None:
    await fill(migrated_url)
    await alembic(migrated_url, lambda config: command.downgrade(config, "0006"))
    old = await backed_up(migrated_url, tmp_path / "old.zip")
    assert old.revision == "0006"

    await restore(database_url, tmp_path / "old.zip", replace=False)

    found = await rows(database_url)
    assert set(metadata.tables) <= set(found)
    assert found["delivery"] == (await rows(migrated_url))["delivery"]


async def test_what_is_written_meanwhile_is_whole_in_it_or_not_at_all(
    migrated_url: str, database_url: str, tmp_path: Path
) -> None:
    """Stories are copied before their articles: without one moment for all, keys would dangle."""
    done = asyncio.Event()

    async def write() -> None:
        sql = await connect(migrated_url)
        await sql.execute("INSERT INTO source (id) VALUES ('a')")
        while not done.is_set():
            await sql.execute(
                """WITH told AS (INSERT INTO story DEFAULT VALUES RETURNING id)
                   INSERT INTO article (source_id, key, url, title, summary, baseline, story_id)
                   SELECT 'a', 'k' || id, 'https://a.example/', '제목', '', false, id FROM told"""
            )
        await sql.close()

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    for number in range(3):
        await backed_up(migrated_url, tmp_path / f"{number}.zip")
    done.set()
    await writing

    made: Manifest = await restore(database_url, tmp_path / "2.zip", replace=False)
    counts = {part.table: part.rows for part in made.parts}
    assert counts["article"] == counts["story"] > 0


async def test_a_file_that_is_there_is_never_written_over(made: Path, migrated_url: str) -> None:
    before = read_manifest(made)

    with pytest.raises(UserError, match="already"):
        await backed_up(migrated_url, made)
    assert read_manifest(made) == before
    assert beside(made.parent) == [made.name]


async def test_a_database_that_never_was_ours_has_no_backup(
    database_url: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="nothing of Pabal"):
        await backed_up(database_url, tmp_path / "none.zip")
    assert beside(tmp_path) == []


async def test_no_table_is_copied_before_one_that_it_refers_to(migrated_url: str) -> None:
    async with snapshot(migrated_url) as found:
        order = [each.name for each in await found.tables()]

    parents = [(key.column.table.name, table.name)
               for table in metadata.tables.values() for key in table.foreign_keys]  # fmt: skip
    assert all(order.index(a) < order.index(b) for a, b in parents if a != b)


def test_what_it_is_can_be_read_without_a_database(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such"):
        read_manifest(tmp_path / "none.zip")
