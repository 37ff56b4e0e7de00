"""My alerts, by whose they are and by whom they are not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest
from starlette.routing import Route

from notifier import registry
from notifier.errors import BadAddress
from notifier.model import Channel, ChannelOptions, Message, Receipt
from service.judging.fields import usual
from service.judging.morphemes import Morphs
from service.links import Signer
from service.preview import Tools
from service.reading.publishers import Registry
from service.store.database import Database
from service.store.sign_ins import SignIns
from service.store.subscriptions import Endpoint, Subscriptions
from service.web.app import build
from service.web.means import Means

SIGNER = Signer(b"a secret of this test, 32 or more")
URL = "https://pabal.test"
READER, OTHER = "reader@a.example", "other@a.example"
# Every way to one alert: what is read, and what changes something.
READ = ("", "/history")
CHANGED = ("", "/pause", "/resume", "/snooze", "/feeds", "/end")
ASKED = {"rules": "관세", "quiet_from": "", "quiet_to": "", "every": "daily", "embargoed": "wait",
         "language": "ko", "until": "", "remind": "3"}  # fmt: skip
STATE = """
    SELECT name, cadence, feed_epoch, ended_at, paused_at, snoozed_until, account_id,
        (SELECT array_agg(text ORDER BY id) FROM rule WHERE subscription_id = subscription.id),
        (SELECT array_agg(switched_off_at ORDER BY id) FROM endpoint
            WHERE subscription_id = subscription.id)
    FROM subscription ORDER BY id
"""


class Mail:
    """Mail as far as addresses go."""

    async def send(self, _: Message) -> Receipt:
        raise AssertionError("the pages send nothing")

    async def aclose(self) -> None:
        """Nothing is open."""

    def check_address(self, address: str) -> None:
        if "@" not in address:
            raise BadAddress("no address")


async def unasked(windows: Collection[str]) -> dict[str, Morphs]:
    raise AssertionError(f"letters should have settled {windows}")


def means() -> Means:
    options = ChannelOptions()
    channels: dict[str, Channel] = {
        name: registry.open_channel(name, options) for name in ("webhook", "feed", "console")
    }
    traits = {name: registry.traits(name) for name in (*channels, "mail")}
    tools = Tools(unasked, Registry.load(), {})
    return Means(usual(), {"mail": Mail(), **channels}, traits, tools)


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is signed in, with the token of their forms as a header."""
    transport = httpx.ASGITransport(build(database, SIGNER, URL, means=means()))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as made:
        await sign_in(made, database, READER)
        yield made


async def sign_in(client: httpx.AsyncClient, database: Database, address: str) -> None:
    client.cookies.clear()
    client.headers.pop("x-csrf", None)
    made = await SignIns(database).offer(address, None)
    await client.post(f"/sign-in/{SIGNER.sign('sign-in', made.id, made.asked_at)}")
    page = (await client.get("/account")).text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    client.headers["x-csrf"] = token[1]


async def make(client: httpx.AsyncClient, **more: str) -> int:
    made = await client.post("/alerts/new", data={**ASKED, "mine": "1", **more})
    found = re.fullmatch(r"/alerts/(\d+)\?said=\w+", made.headers["location"])
    assert found is not None, made.text
    return int(found[1])


async def test_an_alert_to_ones_own_address_needs_no_question(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    ident = await make(
        client, rules="수출\n관세 -전시회", every="weekly", weekday="fri", at="09:30"
    )

    row = await sql.fetchrow("SELECT * FROM subscription")
    assert (row["id"], row["name"], row["remind"]) == (ident, "수출", [3])
    assert row["cadence"] == "weekly fri 09:30"
    to = await sql.fetchrow("SELECT channel, address, consent ->> 'by' AS by FROM endpoint")
    assert tuple(to) == ("mail", READER, "account")
    assert await sql.fetchval("SELECT count(*) FROM delivery") == 0
    assert "관세 -전시회" in (await client.get("/alerts")).text


async def test_somebody_elses_address_is_asked_first(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    await make(client, channel="mail", address=OTHER)

    told = await sql.fetch(
        "SELECT address, confirmed_at IS NOT NULL FROM endpoint ORDER BY address"
    )
    assert [tuple(each) for each in told] == [(OTHER, False), (READER, True)]
    assert await sql.fetchval("SELECT count(*) FROM delivery") == 1


async def test_nobody_has_to_find_a_name_that_is_free(
    client: httpx.AsyncClient, database: Database, sql: asyncpg.Connection
) -> None:
    await Subscriptions(database).subscribe("수출", [("통상", "통상")], Endpoint("feed", "-"))

    first, second = await make(client, rules="수출"), await make(client, name=" 수출 ")

    shown = (await client.get("/alerts")).text
    assert f'<a href="/alerts/{first}">수출</a>' in shown  # that somebody else has one is not told
    assert f'<a href="/alerts/{second}">수출 2</a>' in shown
    assert "수출 #" not in shown
    assert await sql.fetchval("SELECT array_agg(text) FROM rule WHERE text = '통상'") == ["통상"]


async def test_a_change_that_fails_leaves_no_name_and_no_record(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    await sql.execute(
        "INSERT INTO suppressed (channel, address, why) VALUES ('mail', $1, '')", OTHER
    )
    refused = {**ASKED, "name": "헛것", "channel": "mail", "address": OTHER}

    said = await client.post("/alerts/new", data=refused)

    assert said.status_code == 422
    assert await sql.fetchval("SELECT count(*) FROM subscription") == 0
    assert await sql.fetchval("SELECT count(*) FROM audit WHERE what LIKE 'alert.%'") == 0


async def test_a_change_leaves_what_the_form_says_and_nothing_else(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    ident = await make(client, rules="수출\n관세", urgent="긴급", channel="feed")
    mail = await sql.fetchval("SELECT id FROM endpoint WHERE channel = 'mail'")

    await client.post(f"/alerts/{ident}", data={**ASKED, "rules": "관세\n통상", "leave": str(mail)})

    rules = await sql.fetch("SELECT text, urgent FROM rule ORDER BY id")
    assert [tuple(each) for each in rules] == [("관세", False), ("통상", False)]
    on = await sql.fetch("SELECT channel FROM endpoint WHERE switched_off_at IS NULL")
    assert [each["channel"] for each in on] == ["feed"]
    what = await sql.fetch("SELECT what, who FROM audit WHERE what LIKE 'alert.%' ORDER BY id")
    assert [tuple(each) for each in what] == [("alert.make", READER), ("alert.change", READER)]


async def test_the_secret_of_a_webhook_is_shown_once(client: httpx.AsyncClient) -> None:
    hook = {"channel": "webhook", "address": "https://hook.example/a"}
    shown = await client.post("/alerts/new", data={**ASKED, **hook})

    assert re.search("whsec_[A-Za-z0-9+/=]{32,}", shown.text)
    link = re.search(r'href="(/alerts/\d+)"', shown.text)
    assert link is not None
    assert "whsec_" not in (await client.get(link[1])).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"rules": "(수출"},
        {"rules": ""},
        {"mine": ""},
        {"every": "monthly"},
        {"quiet_from": "21:00"},
        {"remind": "soon"},
        {"until": "2001-01-01"},
        {"language": "fr"},
        {"channel": "console"},
        {"channel": "mail", "address": "nobody"},
        {"address": OTHER},
    ],
)
async def test_what_can_never_work_is_said_and_nothing_saved(
    client: httpx.AsyncClient, sql: asyncpg.Connection, wrong: dict[str, str]
) -> None:
    filled = {name: text for name, text in {**ASKED, "mine": "1", **wrong}.items() if text}

    said = await client.post("/alerts/new", data=filled)

    assert said.status_code == 422
    assert 'role="alert"' in said.text
    assert await sql.fetchval("SELECT count(*) FROM subscription WHERE ended_at IS NULL") == 0


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    ("method", "way"), [*(("GET", way) for way in READ), *(("POST", way) for way in CHANGED)]
)
async def test_an_alert_of_another_account_is_never_shown_changed_or_ended(
    client: httpx.AsyncClient, database: Database, sql: asyncpg.Connection, method: str, way: str
) -> None:
    ident = await make(client, rules="비밀스러운규칙")
    before = await sql.fetch(STATE)
    await sign_in(client, database, OTHER)

    answers = [
        await client.request(method, f"/alerts/{number}{way}", data={**ASKED, "until": "1d"})
        for number in (ident, ident + 1, "x", "9" * 30)
    ]

    assert [each.status_code for each in answers] == [404] * 4
    assert not any("비밀스러운규칙" in each.text or READER in each.text for each in answers)
    assert await sql.fetch(STATE) == before
    assert "비밀스러운규칙" not in (await client.get("/alerts")).text


@pytest.mark.fault(21)
async def test_every_way_to_an_alert_is_tried_by_somebody_else(database: Database) -> None:
    app = build(database, SIGNER, URL, means=means())
    ways = {
        (method, each.path.removeprefix("/alerts/{number}"))
        for each in app.routes
        if isinstance(each, Route) and each.path.startswith("/alerts/{number}")
        for method in (each.methods or set()) - {"HEAD"}
    }

    assert ways == {*(("GET", way) for way in READ), *(("POST", way) for way in CHANGED)}


@pytest.mark.parametrize("way", ["/new", *(f"/1{way}" for way in CHANGED)])
async def test_without_the_token_of_a_page_nothing_is_changed(
    client: httpx.AsyncClient, sql: asyncpg.Connection, way: str
) -> None:
    ident = await make(client)
    before = await sql.fetch(STATE)
    del client.headers["x-csrf"]

    refused = await client.post(
        f"/alerts{way}".replace("/1", f"/{ident}"), data={**ASKED, "mine": "1", "csrf": "guess"}
    )

    assert refused.status_code == 403
    assert await sql.fetch(STATE) == before


@pytest.mark.parametrize("way", ["", "/new", "/1", "/1/history"])
async def test_nobody_is_sent_to_sign_in(client: httpx.AsyncClient, way: str) -> None:
    client.cookies.clear()

    sent = await client.get(f"/alerts{way}")

    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/sign-in?next=")


async def test_an_alert_is_silenced_woken_and_ended_by_buttons(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    ident = await make(client)
    feeds = (await client.get(f"/alerts/{ident}")).text

    await client.post(f"/alerts/{ident}/snooze", data={"until": "3d"})
    assert await sql.fetchval("SELECT snoozed_until > now() + '2 days' FROM subscription")
    await client.post(f"/alerts/{ident}/resume")
    await client.post(f"/alerts/{ident}/pause")
    state = await sql.fetchrow("SELECT snoozed_until, paused_at IS NOT NULL FROM subscription")
    assert tuple(state) == (None, True)
    await client.post(f"/alerts/{ident}/feeds")
    token = re.search(r"/feed/([\w-]+)\.atom", feeds)
    assert token is not None
    assert (await client.get(f"/feed/{token[1]}.atom")).status_code == 404
    assert (await client.post(f"/alerts/{ident}/end")).status_code == 303
    assert (await client.get(f"/alerts/{ident}")).status_code == 404


async def test_whoever_signs_in_adopts_what_goes_to_that_address_alone(
    client: httpx.AsyncClient, database: Database
) -> None:
    store = Subscriptions(database)
    theirs, also = Endpoint("mail", OTHER.upper(), agreed=True), Endpoint("mail", READER)
    await store.subscribe("혼자", [("수출", "수출")], theirs)
    await store.subscribe("같이", [("관세", "관세")], theirs, also)
    await make(client, name="남의 것", channel="mail", address=OTHER)

    await sign_in(client, database, OTHER)

    shown = (await client.get("/alerts")).text
    assert "혼자" in shown
    assert "같이" not in shown
    assert "남의 것" not in shown


async def test_what_was_sent_is_shown_with_the_rule_and_its_words_and_an_embargo_is_kept(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    ident = await make(client)
    for title, lifts in (("바우처 모집", None), ("아직 비밀", "2999-01-01")):
        await sql.execute(
            """WITH told AS (
                   INSERT INTO telling (reason, key, facts, embargo_until)
                   VALUES ('alert', $1::text, jsonb_build_object('title', $1::text),
                       $2::timestamptz)
                   RETURNING id)
               INSERT INTO delivery
                   (telling_id, subscription_id, endpoint_id, channel, hits, outcome, settled_at)
               SELECT told.id, subscription_id, endpoint.id, 'mail', $3::jsonb,
                   CASE WHEN $2::timestamptz IS NULL THEN 'dead' END, now()
               FROM endpoint, told""",
            title,
            lifts and datetime.fromisoformat(lifts).replace(tzinfo=UTC),
            '[{"rule": "관세 <b>", "excerpt": "새 관세 안내", "marks": [[2, 4]]}]',
        )
    await sql.execute("UPDATE delivery SET last_error = '550 no such mailbox'")

    shown = (await client.get(f"/alerts/{ident}/history")).text

    assert "바우처 모집" in shown
    assert "새 <mark>관세</mark> 안내" in shown
    assert "<code>관세 &lt;b&gt;</code>" in shown
    assert "550 no such mailbox" in shown
    assert "아직 비밀" not in shown


async def test_a_rule_is_tried_on_the_last_month_before_it_is_saved(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    await sql.execute("INSERT INTO source (id) VALUES ('korea_kr')")
    await sql.execute(
        """INSERT INTO article (source_id, key, url, title, summary, baseline, discovered_at,
               read_at, read_title, read_text, publishers, kind, facts)
           SELECT 'korea_kr', day, 'https://a.example/1', '관세 상담', '', false, $1, $1,
               '관세 상담', '관세 상담을 받을 기업을 모집합니다.', '{mss}', 'notice', '{}'
           FROM unnest(ARRAY['1', '2']) AS day""",
        datetime.now(UTC) - timedelta(days=10),
    )

    shown = await client.post("/alerts/preview", data={"rules": "관세\n(수출"})
    tried = await client.post("/alerts/preview", data={"rules": "관세"})

    assert "note bad" in shown.text
    assert "<b>2건</b>" in tried.text
    assert "관세 상담" in tried.text
    assert "<html" not in tried.text
    assert await sql.fetchval("SELECT count(*) FROM subscription") == 0
