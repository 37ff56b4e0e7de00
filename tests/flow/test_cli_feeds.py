"""The addresses of a subscription's feeds, at the keyboard and then in a feed reader."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest
import structlog
from typer.testing import CliRunner

from service.__main__ import main
from service.links import Signer
from service.store.database import Database
from service.web.app import build
from service.work import connect

Pabal = Callable[..., Awaitable[tuple[int, str, str]]]

SECRET = "s" * 32
URL = "https://pabal.example"


@pytest.fixture
def pabal(migrated_url: str) -> Iterator[Pabal]:
    """``await pabal("feeds", "나", PABAL_URL=…)``: exit code and both outputs of the command."""

    def run(*arguments: str, **settings: str) -> tuple[int, str, str]:
        ours: dict[str, str | None] = dict.fromkeys(n for n in os.environ if n.startswith("PABAL_"))
        common = {"PABAL_DATABASE_URL": migrated_url, "PABAL_SECRET": SECRET}
        with CliRunner().isolation(env=ours | common | settings) as streams:
            with pytest.raises(SystemExit) as ended:
                main(arguments)
            sys.stdout.flush()
            sys.stderr.flush()
            out, err = (each.getvalue().decode() for each in streams[:2])
        return int(ended.value.code or 0), out, err

    async def pabal(*arguments: str, **settings: str) -> tuple[int, str, str]:
        return await asyncio.to_thread(run, *arguments, **settings)

    yield pabal
    structlog.reset_defaults()  # the command pointed the log at a stream that is gone


async def test_addresses_are_printed_count_and_are_void_when_renewed(
    pabal: Pabal, migrated_url: str
) -> None:
    connection = await connect(migrated_url)
    await connection.execute("INSERT INTO subscription (name) VALUES ('나')")
    await connection.close()

    code, printed, _ = await pabal("feeds", "나", PABAL_URL=f"{URL}/")
    assert code == 0
    places = [line.rpartition(": ")[2] for line in printed.splitlines()]
    assert [each.rpartition(".")[2] for each in places[:3]] == ["atom", "json", "ics"]
    assert places[3].startswith(f"{URL}/stream/")

    database = Database(migrated_url, size=2)
    app = build(database, Signer(SECRET.encode()), URL)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport) as client:
        statuses = [(await client.get(each)).status_code for each in places[:3]]
        renewed = await pabal("feeds", "나", "--renew", PABAL_URL=URL)
        void = [(await client.get(each)).status_code for each in places]
    await database.close()

    assert statuses == [200] * 3
    assert void == [404] * 4
    assert renewed[1] != printed
    assert (await pabal("feeds", "나", PABAL_URL=URL))[1] == renewed[1]


async def test_what_is_missing_is_named(pabal: Pabal) -> None:
    code, _, said = await pabal("feeds", "나")
    assert code == 2
    assert "PABAL_URL" in said
    code, _, said = await pabal("feeds", "나", PABAL_URL=URL)
    assert code == 2
    assert said == "pabal: 나: 그런 구독이 없습니다 (no such subscription)\n"
