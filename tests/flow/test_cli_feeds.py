"""The addresses of a subscription's feeds, at the keyboard and then in a feed reader."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest
from typer.testing import CliRunner

from notifier.channels.web_push import public_key
from service.__main__ import main
from service.links import Signer
from service.store.database import Database
from service.web.app import build
from service.work import connect
from tests.conftest import logging_as_before

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
    logging_as_before()


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


async def test_a_subscription_that_is_only_read_says_where(pabal: Pabal) -> None:
    code, said, _ = await pabal("subscribe", "나 둘", "--rule", "수출", "--to", "feed")
    assert code == 0
    assert "pabal feeds '나 둘'" in said
    assert "받겠느냐고" not in said  # nobody else can be behind it
    code, said, _ = await pabal("feeds", "나 둘", PABAL_URL=URL)
    assert (code, said.count(URL)) == (0, 4)


async def test_mail_without_a_server_and_a_missing_address_say_what_is_missing(
    pabal: Pabal,
) -> None:
    code, _, said = await pabal("subscribe", "나", "--rule", "수출", "--to", "mail:a@b.example")
    assert code == 2
    assert "PABAL_MAIL_SERVER" in said
    code, _, said = await pabal("bounces")
    assert code == 2
    assert "PABAL_URL" in said
    code, said, _ = await pabal("bounces", PABAL_URL=URL)
    assert said == f"{URL}/bounces/{Signer(SECRET.encode()).sign('bounces')}\n"


async def test_a_key_for_web_push_is_printed_with_its_public_half(pabal: Pabal) -> None:
    code, said, _ = await pabal("vapid")
    first, second = said.splitlines()
    assert code == 0
    assert public_key(first.removeprefix("PABAL_VAPID_KEY=")) == second.rpartition(": ")[2]
