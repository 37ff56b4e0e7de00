"""What is an account's own: made, changed, ended, tried; and what others never see of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

Add = Callable[..., Awaitable[int]]
MakeKey = Callable[..., Awaitable[str]]

WANTED = {"name": "수출", "rules": ["수출"], "endpoints": ["webhook:https://x.example/in"]}


def bearing(key: str, once: str = "") -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} | ({"Idempotency-Key": once} if once else {})


@pytest.fixture
async def mine(make_key: MakeKey) -> str:
    return await make_key("a@x.example", "alerts", "read")


async def test_a_subscription_is_made_shown_changed_and_ended(
    client: httpx.AsyncClient, mine: str
) -> None:
    made = await client.post("/subscriptions", json=WANTED, headers=bearing(mine))
    said = made.json()
    address = f"/subscriptions/{said['subscription']['id']}"
    shown = (await client.get(address, headers=bearing(mine))).json()
    change = {
        "rules": ["통상", "관세"],
        "endpoints": ["webhook:https://x.example/other"],
        "cadence": "daily 08:00",
        "remind": [7, 1],
        "muted": True,
        "language": "en",
    }
    changed = (await client.patch(address, json=change, headers=bearing(mine))).json()
    ended = await client.delete(address, headers=bearing(mine))
    gone = await client.get(address, headers=bearing(mine))

    assert (made.status_code, made.headers["location"]) == (201, f"/api/v1{address}")
    assert said["secrets"][WANTED["endpoints"][0]].startswith("whsec_")
    assert said["standing"] == ["asked"]
    assert shown == said["subscription"]
    assert "whsec_" not in str(shown)
    after = changed["subscription"]
    assert (after["rules"], after["remind"], after["muted"]) == (["통상", "관세"], [7, 1], True)
    assert after["endpoints"] == [{"to": "webhook:https://x.example/other", "agreed": False}]
    assert (after["cadence"], after["language"]) == ("daily 08:00", "en")
    assert (ended.status_code, ended.content) == (204, b"")
    assert gone.status_code == 404


async def test_what_is_left_out_of_a_change_stays(client: httpx.AsyncClient, mine: str) -> None:
    wanted = WANTED | {"urgent": ["긴급"], "cadence": "weekly mon 08:00"}
    made = (await client.post("/subscriptions", json=wanted, headers=bearing(mine))).json()
    before = made["subscription"]

    changed = await client.patch(
        f"/subscriptions/{before['id']}", json={"urgent": ["속보"]}, headers=bearing(mine)
    )

    assert changed.json()["subscription"] == before | {"urgent": ["속보"]}


async def test_a_webhook_gives_its_secret_once(client: httpx.AsyncClient, mine: str) -> None:
    asked = {"name": "들어오는 곳", "url": "https://x.example/in", "rules": ["종류:공고"]}

    made = (await client.post("/webhooks", json=asked, headers=bearing(mine))).json()
    listed = await client.get("/subscriptions", headers=bearing(mine))

    assert made["secret"].startswith("whsec_")
    assert made["standing"] == "asked"
    assert [each["id"] for each in listed.json()["items"]] == [made["subscription"]["id"]]
    assert made["secret"] not in listed.text


async def test_the_same_request_again_makes_nothing_new(
    client: httpx.AsyncClient, mine: str
) -> None:
    asked = {"name": "한 번", "url": "https://x.example/in", "rules": ["수출"]}

    first = await client.post("/webhooks", json=asked, headers=bearing(mine, "k-1"))
    again = await client.post("/webhooks", json=asked, headers=bearing(mine, "k-1"))
    other = await client.post(
        "/webhooks", json=asked | {"rules": ["통상"]}, headers=bearing(mine, "k-1")
    )
    listed = (await client.get("/subscriptions", headers=bearing(mine))).json()["items"]

    assert again.status_code == 201
    assert again.json() == first.json()
    assert (other.status_code, other.json()["type"]) == (409, "/api#problem-conflict")
    assert len(listed) == 1


async def test_the_same_request_again_makes_nothing_of_what_was_ended(
    client: httpx.AsyncClient, mine: str
) -> None:
    made = await client.post("/subscriptions", json=WANTED, headers=bearing(mine, "k-1"))
    await client.delete(
        f"/subscriptions/{made.json()['subscription']['id']}", headers=bearing(mine)
    )

    again = await client.post("/subscriptions", json=WANTED, headers=bearing(mine, "k-1"))
    listed = (await client.get("/subscriptions", headers=bearing(mine))).json()["items"]

    assert (again.status_code, again.json()["type"]) == (409, "/api#problem-conflict")
    assert "retry-after" not in again.headers
    assert listed == []


async def test_a_request_that_failed_may_be_sent_again_mended(
    client: httpx.AsyncClient, mine: str
) -> None:
    for turn in range(10):
        asked = WANTED | {"name": f"{turn}", "endpoints": [f"webhook:https://x.example/{turn}"]}
        await client.post("/subscriptions", json=asked, headers=bearing(mine))

    refused = await client.post("/subscriptions", json=WANTED, headers=bearing(mine, "k-2"))
    feed = WANTED | {"endpoints": ["feed:-"]}
    mended = await client.post("/subscriptions", json=feed, headers=bearing(mine, "k-2"))

    assert refused.status_code == 409  # ten were asked and have not answered
    assert mended.status_code == 201


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"rules": ["("]}, "rules.0"),
        ({"cadence": "sometimes"}, "cadence"),
        ({"quiet": "late"}, "quiet"),
        ({"until": "2020-01-01"}, "until"),
        ({"endpoints": ["nowhere:x"]}, "endpoints.0"),
        ({"endpoints": ["webhook:http://"]}, "endpoints.0"),
    ],
)
async def test_what_can_never_work_is_refused_and_named(
    client: httpx.AsyncClient, mine: str, change: dict[str, Any], where: str
) -> None:
    refused = await client.post("/subscriptions", json=WANTED | change, headers=bearing(mine))

    assert refused.status_code == 422
    assert refused.json()["detail"].startswith(where)


async def test_a_channel_for_operators_is_refused(client: httpx.AsyncClient, mine: str) -> None:
    refused = await client.post(
        "/subscriptions", json=WANTED | {"endpoints": ["console:-"]}, headers=bearing(mine)
    )

    assert refused.status_code == 403


async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient, mine: str) -> None:
    headers = bearing(mine) | {"Content-Type": "application/json"}
    large = await client.post("/subscriptions", content=b" " * 70_000, headers=headers)
    broken = await client.post("/subscriptions", content=b"{", headers=headers)

    assert (large.status_code, large.json()["type"]) == (413, "/api#problem-large")
    assert (broken.status_code, broken.json()["type"]) == (400, "/api#problem-request")


async def test_a_rule_is_tried_on_what_is_stored(
    client: httpx.AsyncClient, mine: str, article: Add, migrated_url: str
) -> None:
    from service.work import connect  # noqa: PLC0415

    number = await article(read_title="해외 전시회 참가", read_text="기업을 돕는다")
    sql = await connect(migrated_url)
    await sql.execute("UPDATE article SET read_published_at = now() - interval '2 days'")
    await sql.close()

    tried = await client.post("/rules/preview", json={"rule": '"전시회"'}, headers=bearing(mine))

    assert tried.status_code == 200
    assert [each["id"] for each in tried.json()["newest"]] == [number]
    assert tried.json()["stories"] == 1


ROUTES = [
    ("GET", "/subscriptions/{}", None),
    ("PATCH", "/subscriptions/{}", {"muted": True}),
    ("DELETE", "/subscriptions/{}", None),
    ("GET", "/deliveries?subscription={}", None),
]


@pytest.mark.fault(21)
@pytest.mark.parametrize(("method", "address", "body"), ROUTES)
async def test_what_is_of_another_account_is_as_if_it_were_not(
    client: httpx.AsyncClient,
    mine: str,
    make_key: MakeKey,
    method: str,
    address: str,
    body: dict[str, Any] | None,
) -> None:
    other = await make_key("b@x.example", "alerts", "read")
    made = (await client.post("/subscriptions", json=WANTED, headers=bearing(mine))).json()
    number = made["subscription"]["id"]

    theirs = await client.request(method, address.format(number), json=body, headers=bearing(other))
    none = await client.request(method, address.format(10**9), json=body, headers=bearing(other))
    listed = await client.get("/subscriptions", headers=bearing(other))
    still = await client.get(f"/subscriptions/{number}", headers=bearing(mine))

    assert theirs.status_code == none.status_code == 404
    assert theirs.json() | {"instance": ""} == none.json() | {"instance": ""}
    assert listed.json()["items"] == []
    assert still.json() == made["subscription"]


async def test_a_key_of_once_is_another_one_for_another_account(
    client: httpx.AsyncClient, mine: str, make_key: MakeKey
) -> None:
    other = await make_key("b@x.example", "alerts")

    first = await client.post("/subscriptions", json=WANTED, headers=bearing(mine, "same"))
    second = await client.post("/subscriptions", json=WANTED, headers=bearing(other, "same"))

    assert first.status_code == second.status_code == 201
    assert first.json()["subscription"]["id"] != second.json()["subscription"]["id"]


async def test_deliveries_are_cut_into_pages(
    client: httpx.AsyncClient, mine: str, add: Add, migrated_url: str
) -> None:
    from service.work import connect  # noqa: PLC0415

    made = (await client.post("/subscriptions", json=WANTED, headers=bearing(mine))).json()
    number = made["subscription"]["id"]
    sql = await connect(migrated_url)
    place = await sql.fetchval("SELECT id FROM endpoint WHERE subscription_id = $1", number)
    await sql.close()
    for turn in range(3):
        telling = await add("telling", reason="alert", key=f"{turn}", facts={"title": f"일 {turn}"})
        owed = {"telling_id": telling, "subscription_id": number, "endpoint_id": place}
        await add("delivery", **owed, channel="webhook", hits=[{"rule": "수출", "excerpt": "수출"}])

    asked = {"subscription": number, "limit": 2}
    first = (await client.get("/deliveries", params=asked, headers=bearing(mine))).json()
    rest = await client.get(
        "/deliveries", params=asked | {"cursor": first["next"]}, headers=bearing(mine)
    )

    shown = [each["title"] for each in [*first["items"], *rest.json()["items"]]]
    assert shown == ["일 2", "일 1", "일 0"]
    assert first["items"][0]["rules"] == ["수출"]
    assert rest.json()["next"] is None


async def test_a_request_of_once_that_breaks_off_at_its_end_has_made_nothing(
    client: httpx.AsyncClient, mine: str, sql: asyncpg.Connection
) -> None:
    await sql.execute("ALTER TABLE request ADD CONSTRAINT broken CHECK (made IS NULL)")
    try:
        broken = await client.post("/subscriptions", json=WANTED, headers=bearing(mine, "a"))
        assert broken.status_code == 500
        assert await sql.fetchval("SELECT count(*) FROM subscription") == 0
    finally:
        await sql.execute("ALTER TABLE request DROP CONSTRAINT broken")

    again = await client.post("/subscriptions", json=WANTED, headers=bearing(mine, "a"))
    assert (again.status_code, again.json()["subscription"]["name"]) == (201, "수출")
