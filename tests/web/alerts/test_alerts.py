"""My alerts, by whose they are and by whom they are not."""

from __future__ import annotations

import asyncio
import re

import asyncpg
import httpx
import pytest

from service.store.database import Database
from service.store.subscriptions import Endpoint, Subscriptions
from service.wanted import LONGEST_NAME, MOST_RULES
from tests.web.alerts.mine import ASKED, OTHER, READER, make, sign_in


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


async def test_an_alert_of_ops_items_is_kept_without_a_rule(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    ident = await make(client)
    bare = {**ASKED, "rules": "", "remind": "5"}

    refused = await client.post(f"/alerts/{ident}", data=bare)
    assert (refused.status_code, "규칙을 하나 이상" in refused.text) == (422, True)

    await sql.execute("UPDATE subscription SET ops = true")
    assert "규칙이 없어도 됩니다" in (await client.get(f"/alerts/{ident}")).text
    assert (await client.post(f"/alerts/{ident}", data=bare)).status_code == 303
    kept = await sql.fetchrow("SELECT ops, remind FROM subscription")
    assert tuple(kept) == (True, [5])
    assert await sql.fetchval("SELECT count(*) FROM rule") == 0


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


async def test_who_presses_twice_has_one_alert(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    form = {**ASKED, "mine": "1", "csrf": client.headers.pop("x-csrf"), "rules": "수출"}

    twice = await asyncio.gather(*(client.post("/alerts/new", data=form) for _ in range(2)))
    other = await client.post("/alerts/new", data={**form, "rules": "통상"})  # by the back button

    assert len({each.headers["location"] for each in twice}) == 1
    assert (twice[0].status_code, other.status_code) == (303, 303)
    assert await sql.fetchval("SELECT array_agg(name ORDER BY id) FROM subscription") == [
        "수출",
        "통상",
    ]


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


async def test_a_window_that_stood_open_does_not_undo_what_was_changed_in_another(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    ident = await make(client, rules="수출")

    async def saved(was: str, rules: str, **more: str) -> httpx.Response:
        form = {**ASKED, "was": was, "rules": rules, **more}
        return await client.post(f"/alerts/{ident}", data=form)

    def known(page: httpx.Response) -> str:
        (was,) = re.findall(r'name="was" value="(\w+)"', page.text)
        return str(was)

    stood = known(await client.get(f"/alerts/{ident}"))
    assert (await saved(stood, "수출\n통상")).status_code == 303
    assert known(await saved(stood, "수출\n관세", look="1")) == stood
    refused = await saved(stood, "수출\n관세")

    assert refused.status_code == 422
    assert "관세</textarea>" in refused.text, "what was typed stays"
    rules = "SELECT array_agg(text ORDER BY id) FROM rule"
    assert await sql.fetchval(rules) == ["수출", "통상"]
    assert (await saved(known(refused), "수출\n관세")).status_code == 303
    assert await sql.fetchval(rules) == ["수출", "관세"]


async def test_a_rule_with_line_breaks_stays_one_when_the_form_is_saved(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    ident = await make(client, rules="수출 바우처\n통상\t관세", urgent="수출 바우처")
    await sql.execute("UPDATE rule SET text = translate(text, E' \t', E'\n\u2028')")
    before = await sql.fetch("SELECT text, canonical, urgent FROM rule ORDER BY id")

    shown = (await client.get(f"/alerts/{ident}")).text
    boxes = dict(re.findall(r'<textarea id="(\w+)"[^>]*>([^<]*)</textarea>', shown))
    await client.post(f"/alerts/{ident}", data={**ASKED, **boxes, "remind": "5"})

    assert await sql.fetchval("SELECT remind FROM subscription") == [5]
    assert await sql.fetch("SELECT text, canonical, urgent FROM rule ORDER BY id") == before


async def test_the_form_takes_as_much_as_the_api(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    shown = await client.get(f"/alerts/{await make(client, rules=_numbered(MOST_RULES))}")
    more = await client.post("/alerts/new", data={**ASKED, "rules": _numbered(MOST_RULES + 1)})

    assert await sql.fetchval("SELECT count(*) FROM rule") == MOST_RULES
    assert "maxlength" not in shown.text, "the server says what is too long"
    assert f"at most {MOST_RULES} rules" in more.text


async def test_a_name_may_be_as_long_as_by_the_api(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    longest = "수출" * (LONGEST_NAME // 2)
    empty = await client.get("/alerts/new")
    made = await make(client, name=longest)
    longer = await client.post("/alerts/new", data={**ASKED, "mine": "1", "name": f"{longest}!"})

    assert await sql.fetchval("SELECT name FROM subscription WHERE id = $1", made) == longest
    assert "maxlength" not in empty.text, "the server says what is too long"
    assert (longer.status_code, f"at most {LONGEST_NAME} characters" in longer.text) == (422, True)


def _numbered(count: int) -> str:
    return "\n".join(f"수출바우처{number}" for number in range(count))


async def test_the_secret_of_a_webhook_is_shown_once(client: httpx.AsyncClient) -> None:
    hook = {"channel": "webhook", "address": "https://hook.example/a"}
    shown = await client.post("/alerts/new", data={**ASKED, **hook})

    assert re.search("whsec_[A-Za-z0-9+/=]{32,}", shown.text)
    link = re.search(r'href="(/alerts/\d+)"', shown.text)
    assert link is not None
    assert "whsec_" not in (await client.get(link[1])).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"quiet_from": "21:00"}, "둘 다 적거나 둘 다 비워"), ({"remind": "soon"}, "칸을 비우고")],
)
async def test_what_is_wrong_in_the_form_is_said_in_its_own_terms(
    client: httpx.AsyncClient, typed: dict[str, str], words: str
) -> None:
    said = await client.post("/alerts/new", data={**ASKED, "mine": "1", **typed})
    assert words in said.text


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
