"""All that is kept about one address, handed over, ended and erased."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from service.errors import UserError
from service.store.accounts import Accounts
from service.store.asking import Endpoint
from service.store.database import Database
from service.store.keys import Keys
from service.store.people import Address, Erased, Held, People
from service.store.sign_ins import SignIns
from service.store.subscriptions import Subscriptions

Add = Callable[..., Awaitable[int]]

WHO = Address("mail", "reader@a.example")
MAIL = Endpoint(WHO.channel, WHO.address, agreed=True)
OTHER = Endpoint("mail", "other@a.example", agreed=True)
EXPORT, CUSTOMS = ("수출", "수출"), ("관세", "관세")


@pytest.fixture
def people(database: Database) -> People:
    return People(database)


@pytest.fixture
async def told(database: Database, add: Add, sql: asyncpg.Connection) -> None:
    """Three subscriptions, of which two tell the address; each was told one thing."""
    subscriptions = Subscriptions(database)
    await subscriptions.subscribe("가", [EXPORT], MAIL, cadence="daily 08:00")
    await subscriptions.subscribe("나", [CUSTOMS], MAIL, OTHER)
    await subscriptions.subscribe("다", [CUSTOMS], OTHER)
    event = await add("telling", facts={"title": "제목", "url": "https://a.example/1"})
    for row in await sql.fetch("SELECT id, subscription_id FROM endpoint ORDER BY id"):
        digest = await add("telling", reason="digest", key=f"digest {row['id']} x", facts={})
        for telling in (event, digest):
            await add(
                "delivery", telling_id=telling, subscription_id=row["subscription_id"],
                endpoint_id=row["id"], channel="mail", outcome="sent",
                hits=[{"rule": "수출", "excerpt": "수출 상담"}] if telling == event else None,
            )  # fmt: skip
    await sql.execute("INSERT INTO attempt (delivery_id, number) SELECT id, 1 FROM delivery")
    await sql.execute(
        """INSERT INTO waiting (telling_id, subscription_id, window_at)
           SELECT $1, id, now() FROM subscription""",
        event,
    )
    await sql.execute(
        "INSERT INTO ops_item (kind, subject, detail) VALUES ('dead-letter', $1, '550')",
        f"{WHO.channel} {WHO.address}",
    )


async def counts(sql: asyncpg.Connection) -> dict[str, int]:
    tables = ("subscription", "rule", "endpoint", "delivery", "attempt", "waiting", "telling")
    return {each: await sql.fetchval(f"SELECT count(*) FROM {each}") for each in tables}


@pytest.mark.usefixtures("told")
async def test_an_address_sees_all_that_goes_to_it_and_can_end_one_or_all(
    people: People, sql: asyncpg.Connection
) -> None:
    held = await people.held(WHO)
    assert [(each.name, each.rules, each.cadence, each.confirmed) for each in held] == [
        ("가", ("수출",), "daily 08:00", True),
        ("나", ("관세",), "at-once", True),
    ]
    assert isinstance(held[0], Held)
    stranger = await sql.fetchval("SELECT id FROM endpoint WHERE address = $1", OTHER.address)

    assert await people.end(WHO, stranger) == 0
    assert await people.end(WHO, held[0].endpoint_id) == 1
    assert [each.name for each in await people.held(WHO)] == ["나"]
    assert await people.end(WHO) == 1
    assert await people.end(WHO) == 0
    live = await sql.fetch("SELECT name FROM subscription WHERE ended_at IS NULL ORDER BY name")
    assert [row["name"] for row in live] == ["나", "다"]


@pytest.mark.usefixtures("told")
async def test_what_is_handed_over_is_all_of_one_address_and_nothing_of_another(
    people: People,
) -> None:
    found = await people.export(WHO)

    text = json.dumps(found, ensure_ascii=False)
    assert [each["name"] for each in found["subscriptions"]] == ["가", "나"]
    assert found["subscriptions"][0]["rules"] == ["수출"]
    assert found["subscriptions"][0]["consent"]["by"] == "operator"
    assert [each["reason"] for each in found["messages"]] == ["alert", "digest"] * 2
    first = found["messages"][0]
    assert (first["title"], first["outcome"]) == ("제목", "sent")
    assert first["hits"] == [{"rule": "수출", "excerpt": "수출 상담"}]
    assert first["id"].startswith("msg_")
    assert [(each["subscription"], each["title"]) for each in found["gathered"]] == [
        ("가", "제목"), ("나", "제목"),
    ]  # fmt: skip
    assert "other@" not in text
    nobody = await people.export(Address("mail", "nobody@a.example"))
    assert (nobody["subscriptions"], nobody["messages"], nobody["never_again"]) == ([], [], None)


@pytest.mark.usefixtures("told")
async def test_what_is_erased_is_gone_and_nothing_else_is(
    people: People, sql: asyncpg.Connection
) -> None:
    before = await counts(sql)
    assert await people.erase(WHO) == Erased(2, 1, 4, suppressed=False)

    after = await counts(sql)
    # 나 has another reader and stays; of what was told to both the event stays.
    assert {each: before[each] - after[each] for each in before} == {
        "subscription": 1, "rule": 1, "endpoint": 2, "delivery": 4, "attempt": 4, "waiting": 1,
        "telling": 2,
    }  # fmt: skip
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0
    assert await people.erase(WHO) == Erased(0, 0, 0, suppressed=False)
    assert await counts(sql) == after
    rest = await people.export(WHO)
    assert (rest["subscriptions"], rest["messages"]) == ([], [])


@pytest.mark.usefixtures("told")
async def test_that_an_address_complained_outlives_it(
    people: People, sql: asyncpg.Connection
) -> None:
    await sql.execute("INSERT INTO suppressed VALUES ($1, $2, 'complaint')", *_pair())

    assert (await people.erase(WHO)).suppressed
    assert (await people.export(WHO))["never_again"]["why"] == "complaint"


def _pair() -> tuple[str, str]:
    return WHO.channel, WHO.address


async def test_whoever_signs_in_is_handed_over_and_forgotten_too(
    database: Database, people: People, sql: asyncpg.Connection
) -> None:
    link = await SignIns(database).offer(WHO.address, "editor")
    who = await Accounts(database).sign_in(link.id, link.asked_at, b"x" * 32, "a browser")
    assert who is not None
    key = await Keys(database).make(who.account_id, "장부", ["read"], by=who)
    await sql.execute(
        "INSERT INTO audit (account_id, who, what, subject, detail)"
        " VALUES ($1, $2, 'alert.make', '내 수출', '{\"rules\": [\"수출\"]}')",
        *(who.account_id, WHO.address),
    )

    subscriptions, hook = Subscriptions(database), Endpoint("slack", "https://a.example/hook")
    await subscriptions.subscribe("메신저만", [CUSTOMS], hook)
    await subscriptions.subscribe("동료도", [CUSTOMS], hook, OTHER)
    await sql.execute("UPDATE subscription SET account_id = $1", who.account_id)
    await subscriptions.subscribe("남의 것", [CUSTOMS], hook)

    whole = await people.export(WHO)
    assert [(e["name"], e["channel"]) for e in whole["subscriptions"]] == [
        ("동료도", "slack"), ("메신저만", "slack"),
    ]  # fmt: skip
    found = whole["signing_in"]
    assert (found["account"]["role"], found["sessions"][0]["agent"]) == ("editor", "a browser")
    assert (found["keys"][0]["name"], found["links"][0]["asked_by"]) == ("장부", "terminal")
    assert key.split("_", 2)[2] not in json.dumps(found)
    await people.erase(WHO)

    left = "SELECT name, array_agg(address ORDER BY address) FROM subscription AS s"
    left += " JOIN endpoint ON subscription_id = s.id GROUP BY name"
    assert {row[0]: row[1] for row in await sql.fetch(left)} == {
        "동료도": [OTHER.address], "남의 것": [hook.address],
    }  # fmt: skip
    for table in ("account", "session", "api_key", "sign_in"):
        assert await sql.fetchval(f"SELECT count(*) FROM {table}") == 0
    done = await sql.fetch("SELECT audit::text FROM audit")
    assert len(done) == 5
    assert not any(word in row[0] for row in done for word in (WHO.address, "수출"))


async def test_who_was_shut_out_is_not_let_in_by_being_forgotten(
    database: Database, people: People
) -> None:
    sign_ins, accounts = SignIns(database), Accounts(database)
    await sign_ins.offer(WHO.address, None)
    await accounts.close(WHO.address)

    await people.erase(WHO)

    with pytest.raises(UserError):
        await sign_ins.offer(WHO.address, None)
