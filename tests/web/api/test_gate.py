"""Keys and limits: who may ask for what, how often, and what is never repeated."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import httpx
import pytest

from service.errors import UserError
from service.store.database import Database
from service.store.keys import Keys, NoMoreKeys
from service.work import connect

Add = Callable[..., Awaitable[int]]
MakeKey = Callable[..., Awaitable[str]]

ANONYMOUS = 30  # a minute


@pytest.fixture
def keys(database: Database) -> Keys:
    return Keys(database)


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    assert set(said) >= {"type", "title", "detail", "instance"}
    return str(said["type"]).removeprefix("/api#problem-")


async def test_who_has_no_key_reads_thirty_times_a_minute(client: httpx.AsyncClient) -> None:
    left = [(await client.get("/topics")).headers["ratelimit-remaining"] for _ in range(ANONYMOUS)]
    refused = await client.get("/topics")

    assert left == [str(each) for each in reversed(range(ANONYMOUS))]
    assert (refused.status_code, slug(refused)) == (429, "limit")
    assert int(refused.headers["retry-after"]) in {1, 2}
    assert refused.headers["ratelimit-limit"] == "30"


async def test_a_key_has_a_limit_of_its_own(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    key = await make_key("a@x.example", "read", per_minute=2)

    codes = [(await client.get("/topics", headers=bearing(key))).status_code for _ in range(3)]

    assert codes == [200, 200, 429]
    assert (await client.get("/topics")).status_code == 200


async def test_without_a_key_nothing_is_read_where_that_is_off(
    strict: httpx.AsyncClient, make_key: MakeKey
) -> None:
    key = await make_key("a@x.example", "read")

    refused = await strict.get("/stories")

    assert (refused.status_code, slug(refused)) == (401, "nobody")
    assert refused.headers["www-authenticate"] == 'Bearer realm="pabal"'
    assert (await strict.get("/stories", headers=bearing(key))).status_code == 200


@pytest.mark.parametrize("spoilt", ["", "x", "Basic YTpi", "Bearer ", "Bearer pabal_x_y"])
async def test_a_key_that_is_none_is_refused_even_where_anybody_may_read(
    client: httpx.AsyncClient, spoilt: str
) -> None:
    refused = await client.get("/topics", headers={"Authorization": spoilt})

    assert (refused.status_code, slug(refused)) == (401, "nobody")


async def test_a_key_with_another_secret_is_refused(
    client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    key = await make_key("a@x.example", "read")
    other = key[:-1] + ("A" if key[-1] != "A" else "B")

    assert (await client.get("/topics", headers=bearing(other))).status_code == 401
    assert (await client.get("/topics", headers=bearing(key))).status_code == 200


async def test_a_scope_that_a_key_lacks_is_named(
    client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    key = await make_key("a@x.example", "read")

    for address in ("/subscriptions", "/operations"):
        refused = await client.get(address, headers=bearing(key))
        assert (refused.status_code, slug(refused)) == (403, "scope")
        assert "insufficient_scope" in refused.headers["www-authenticate"]


async def test_operating_ends_with_the_role(
    client: httpx.AsyncClient, make_key: MakeKey, migrated_url: str
) -> None:
    key = await make_key("o@x.example", "operate", role="operator")
    before = await client.get("/operations", headers=bearing(key))
    sql = await connect(migrated_url)
    await sql.execute("UPDATE account SET role = 'editor'")
    await sql.close()

    assert before.json()["counts"]["articles"] == 0
    assert (await client.get("/operations", headers=bearing(key))).status_code == 403


async def test_a_key_in_the_address_is_refused_and_not_repeated(
    client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    key = await make_key("a@x.example", "read")

    for address in (f"/topics?key={key}", f"/series/{key}"):
        refused = await client.get(address)
        assert (refused.status_code, slug(refused)) == (400, "request")
        assert key[20:] not in refused.text


async def test_of_a_key_only_its_hash_is_kept(make_key: MakeKey, migrated_url: str) -> None:
    key = await make_key("a@x.example", "read")
    sql = await connect(migrated_url)
    stored = json.dumps(
        [dict(row) for row in await sql.fetch("SELECT * FROM api_key")], default=str
    )
    audit = json.dumps([dict(row) for row in await sql.fetch("SELECT * FROM audit")], default=str)
    await sql.close()

    assert key.startswith("pabal_")
    assert len(key.split("_", 2)[2]) == 43
    assert key.split("_", 2)[2] not in stored + audit
    assert key.split("_")[1] in audit


async def test_a_key_is_exchanged_with_an_overlap_and_revoked_at_once(
    keys: Keys, account: Add, migrated_url: str
) -> None:
    mine = await account("a@x.example")
    old = await keys.make(mine, "일", ["read"], lasts=timedelta(days=90))
    (listed,) = await keys.listed(mine)

    new = await keys.exchange(mine, listed.id)
    assert new is not None
    both = [await keys.bearer(each) is not None for each in (old, new)]
    sql: asyncpg.Connection = await connect(migrated_url)
    await sql.execute("UPDATE api_key SET expires_at = now() WHERE id = $1", listed.id)
    await sql.close()
    after = [await keys.bearer(each) is not None for each in (old, new)]
    newest = (await keys.listed(mine))[0]
    await keys.revoke(mine, newest.id)

    assert (both, after) == ([True, True], [False, True])
    assert newest.expires_at is not None
    assert (list(newest.scopes), newest.used_at is not None) == (["read"], True)
    assert await keys.bearer(new) is None
    assert not await keys.revoke(mine, newest.id)


async def test_a_closed_account_has_no_key_that_counts(
    keys: Keys, make_key: MakeKey, migrated_url: str
) -> None:
    key = await make_key("a@x.example", "read")
    sql = await connect(migrated_url)
    await sql.execute("UPDATE account SET closed_at = now()")
    await sql.close()

    assert await keys.bearer(key) is None


async def test_keys_of_others_are_neither_listed_exchanged_nor_revoked(
    keys: Keys, account: Add
) -> None:
    mine, theirs = await account("a@x.example"), await account("b@x.example")
    key = await keys.make(theirs, "그들", ["read"])
    (listed,) = await keys.listed(theirs)

    assert await keys.listed(mine) == []
    assert await keys.exchange(mine, listed.id) is None
    assert not await keys.revoke(mine, listed.id)
    assert await keys.bearer(key) is not None


async def test_what_no_key_can_be_is_refused(keys: Keys, account: Add) -> None:
    mine = await account("a@x.example")

    for name, scopes, limit in (
        ("", ["read"], 1),
        ("a", [], 1),
        ("a", ["x"], 1),
        ("a", ["read"], 0),
    ):
        with pytest.raises(UserError):
            await keys.make(mine, name, scopes, per_minute=limit)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="operator"):
        await keys.make(mine, "a", ["operate"])
    for turn in range(20):
        await keys.make(mine, str(turn), ["read"])
    with pytest.raises(NoMoreKeys):
        await keys.make(mine, "하나 더", ["read"])


async def test_what_is_not_there_or_not_that_way_is_a_problem(client: httpx.AsyncClient) -> None:
    missing = await client.get("/nothing")
    broken = await client.get("/stories/1%0A2%0A")
    method = await client.put("/subscriptions")
    values = await client.get("/stories", params={"limit": "1000"})
    unknown = await client.get("/stories", params={"limt": "10"})

    assert (missing.status_code, slug(missing)) == (404, "nothing")
    assert (broken.status_code, slug(broken)) == (422, "values")
    assert (method.status_code, slug(method)) == (405, "method")
    assert method.headers["allow"] == "HEAD, GET, POST"
    assert (values.status_code, slug(values)) == (422, "values")
    assert values.json()["errors"][0]["where"] == "query.limit"
    assert unknown.json()["errors"][0]["where"] == "query.limt"


async def test_a_database_that_is_away_is_a_problem_that_passes(nowhere: httpx.AsyncClient) -> None:
    away = await nowhere.get("/stories")

    assert (away.status_code, slug(away)) == (503, "away")
    assert away.headers["retry-after"] == "5"
    assert "127.0.0.1" not in away.text


async def test_exchanging_a_key_again_and_again_makes_no_crowd_of_them(
    database: Database, account: Add
) -> None:
    keys, mine = Keys(database), await account("a@x.example")
    await keys.make(mine, "시험", ["read"])
    (first,) = await keys.listed(mine)

    for _ in range(39):
        await keys.exchange(mine, first.id)

    with pytest.raises(NoMoreKeys):
        await keys.exchange(mine, first.id)
    assert await keys.revoke(mine, first.id)
    assert sum(each.counts for each in await keys.listed(mine)) == 39
