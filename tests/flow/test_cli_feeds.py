"""The addresses of a subscription's feeds, at the keyboard and then in a feed reader."""

from __future__ import annotations

import httpx

from notifier.channels.web_push import public_key
from service.links import Signer
from service.store.database import Database
from service.web.app import build
from service.work import connect
from tests.commands import AwaitedPabal

SECRET = "s" * 32
URL = "https://pabal.example"
OURS = {"PABAL_URL": URL, "PABAL_SECRET": SECRET}


async def test_addresses_are_printed_count_and_are_void_when_renewed(
    pabal: AwaitedPabal, migrated_url: str
) -> None:
    connection = await connect(migrated_url)
    await connection.execute("INSERT INTO subscription (name) VALUES ('나')")
    await connection.close()

    printed = await pabal("feeds", "나", **(OURS | {"PABAL_URL": f"{URL}/"}))
    assert printed.returncode == 0
    places = [line.rpartition(": ")[2] for line in printed.stdout.splitlines()]
    assert [each.rpartition(".")[2] for each in places[:3]] == ["atom", "json", "ics"]
    assert places[3].startswith(f"{URL}/stream/")

    database = Database(migrated_url, size=2)
    app = build(database, Signer(SECRET.encode()), URL)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport) as client:
        statuses = [(await client.get(each)).status_code for each in places[:3]]
        renewed = await pabal("feeds", "나", "--renew", **OURS)
        void = [(await client.get(each)).status_code for each in places]
    await database.close()

    assert statuses == [200] * 3
    assert void == [404] * 4
    assert renewed.stdout != printed.stdout
    again = await pabal("feeds", "나", **OURS)
    assert again.stdout == renewed.stdout


async def test_what_is_missing_is_named(pabal: AwaitedPabal) -> None:
    refused = await pabal("feeds", "나", PABAL_SECRET=SECRET)
    assert refused.returncode == 2
    assert "PABAL_URL" in refused.stderr
    refused = await pabal("feeds", "나", **OURS)
    assert refused.returncode == 2
    assert refused.stderr == "pabal: 나: 그런 구독이 없습니다 (no such subscription)\n"


async def test_a_subscription_that_is_only_read_says_where(pabal: AwaitedPabal) -> None:
    said = await pabal("subscribe", "나 둘", "--rule", "수출", "--to", "feed")
    assert said.returncode == 0
    assert "pabal feeds '나 둘'" in said.stdout
    assert "받겠느냐고" not in said.stdout  # nobody else can be behind it
    said = await pabal("feeds", "나 둘", **OURS)
    assert (said.returncode, said.stdout.count(URL)) == (0, 4)


async def test_mail_without_a_server_and_a_missing_address_say_what_is_missing(
    pabal: AwaitedPabal,
) -> None:
    refused = await pabal("subscribe", "나", "--rule", "수출", "--to", "mail:a@b.example")
    assert refused.returncode == 2
    assert "PABAL_MAIL_SERVER" in refused.stderr
    refused = await pabal("bounces", PABAL_SECRET=SECRET)
    assert refused.returncode == 2
    assert "PABAL_URL" in refused.stderr
    said = await pabal("bounces", **OURS)
    assert said.stdout == f"{URL}/bounces/{Signer(SECRET.encode()).sign('bounces')}\n"


async def test_a_key_for_web_push_is_printed_with_its_public_half(pabal: AwaitedPabal) -> None:
    said = await pabal("vapid")
    first, second = said.stdout.splitlines()
    assert said.returncode == 0
    assert public_key(first.removeprefix("PABAL_VAPID_KEY=")) == second.rpartition(": ")[2]
