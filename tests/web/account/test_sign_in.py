"""Signing in by a mailed link, as readers, scanners, guessers and impatient people would."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256

import asyncpg
import httpx
import pytest

from notifier.errors import EndpointGone, TryAgain
from notifier.letter import letter
from notifier.model import SignIn
from service.admit import Admit
from service.links import Signer
from service.store.accounts import Accounts
from service.store.database import Database
from service.store.sign_ins import SignIns
from service.web.app import build
from service.web.means import Means
from tests.web.account.post import Post

SIGNER = Signer(b"a secret of this test, 32 or more")
URL = "https://pabal.test"
READER = "Reader@a.example"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def admit(database: Database, post: Post) -> Admit:
    return Admit(SignIns(database), post, SIGNER, URL, pace=1)


@pytest.fixture
async def client(database: Database, post: Post) -> AsyncIterator[httpx.AsyncClient]:
    app = build(database, SIGNER, URL, means=Means(channels={"mail": post}))
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as made:
        yield made


async def link(database: Database, address: str = READER) -> str:
    made = await SignIns(database).offer(address, None)
    return f"/sign-in/{SIGNER.sign('sign-in', made.id, made.asked_at)}"


async def test_an_address_is_asked_for_a_link_mailed_and_its_button_signs_in(
    client: httpx.AsyncClient, admit: Admit, post: Post
) -> None:
    assert 'type="email"' in (await client.get("/sign-in?next=/alerts/new?rule=x")).text
    asked = await client.post("/sign-in", data={"address": READER})
    await admit.admit()

    (message,) = post.handed
    assert asked.status_code == 200
    assert message.address == READER
    assert isinstance(message.content, SignIn)
    said = letter(message)
    assert said.action == ("로그인하기", message.content.link)
    entered = await client.post(message.content.link)
    assert (entered.status_code, entered.headers["location"]) == (303, "/alerts/new?rule=x")
    assert READER in (await client.get("/account")).text


async def test_the_cookie_is_out_of_reach_and_its_value_is_nowhere_in_the_store(
    client: httpx.AsyncClient, database: Database, sql: asyncpg.Connection
) -> None:
    entered = await client.post(await link(database))
    cookie = next(
        each for each in entered.headers.get_list("set-cookie") if each.startswith("__Host-")
    )
    value = re.fullmatch(r"__Host-pabal=([\w-]{43}); .*", cookie)

    assert value is not None
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    stored = await sql.fetchval("SELECT sha256 FROM session")
    assert stored == sha256(value[1].encode()).digest()


async def test_a_scanner_that_follows_the_link_uses_nothing_up(
    client: httpx.AsyncClient, database: Database, sql: asyncpg.Connection
) -> None:
    path = await link(database)

    for method in ("GET", "HEAD", "GET"):
        assert (await client.request(method, path)).status_code == 200

    assert await sql.fetchval("SELECT count(*) FROM session") == 0
    assert (await client.post(path)).status_code == 303


async def test_a_link_counts_once(client: httpx.AsyncClient, database: Database) -> None:
    path = await link(database)
    await client.post(path)
    client.cookies.clear()

    again = await client.post(path)

    assert again.status_code == 404
    assert "__Host-pabal" not in client.cookies
    assert (await client.get(path)).status_code == 404


async def test_a_link_counts_for_half_an_hour(
    client: httpx.AsyncClient, database: Database, sql: asyncpg.Connection
) -> None:
    path = await link(database)
    await sql.execute("UPDATE sign_in SET expires_at = now()")

    assert (await client.post(path)).status_code == 404


@pytest.mark.parametrize(
    "token",
    ["x", SIGNER.sign("sign-in", 1, 1), SIGNER.sign("confirm", 1, 1, 1), SIGNER.sign("sign-in", 1)],
)
async def test_a_guess_is_answered_like_a_link_that_is_over(
    client: httpx.AsyncClient, database: Database, sql: asyncpg.Connection, token: str
) -> None:
    await link(database)

    shown, entered = await client.get(f"/sign-in/{token}"), await client.post(f"/sign-in/{token}")

    assert (shown.status_code, entered.status_code) == (404, 404)
    assert await sql.fetchval("SELECT count(*) FROM session") == 0


@pytest.mark.fault(21)
async def test_three_mails_go_to_one_address_before_it_waits_and_an_asker_does_not_learn_it(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    answers = [
        (await client.post("/sign-in", data={"address": address}))
        for address in (READER, READER.lower(), READER.upper(), READER, READER)
    ]

    assert {each.status_code for each in answers} == {200}
    assert await sql.fetchval("SELECT count(*) FROM sign_in") == 3
    for hours, made in ((1, 4), (1, 4), (1, 5), (3, 5), (1, 6)):  # who waits gets one more
        await sql.execute(
            "UPDATE sign_in SET asked_at = asked_at - make_interval(hours => $1)", hours
        )
        for _ in range(2):
            assert (await client.post("/sign-in", data={"address": READER})).status_code == 200
        assert await sql.fetchval("SELECT count(*) FROM sign_in") == made


async def test_who_signs_in_often_gets_a_link_each_time(
    client: httpx.AsyncClient, admit: Admit, post: Post
) -> None:
    for _ in range(4):
        client.cookies.clear()
        await client.post("/sign-in", data={"address": READER})
        await admit.admit()
        content = post.handed[-1].content
        assert isinstance(content, SignIn)
        assert (await client.post(content.link)).status_code == 303


async def test_ten_mails_an_hour_are_asked_for_from_one_place(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    answers = [
        (await client.post("/sign-in", data={"address": f"a{number}@a.example"})).status_code
        for number in range(11)
    ]

    assert answers == [200] * 10 + [429]
    assert await sql.fetchval("SELECT count(*) FROM sign_in") == 10


async def test_the_answer_is_the_same_whether_an_address_is_known_closed_or_suppressed(
    client: httpx.AsyncClient, database: Database, sql: asyncpg.Connection
) -> None:
    await link(database, "known@a.example")
    await link(database, "closed@a.example")
    await Accounts(database).close("CLOSED@a.example")
    await sql.execute("INSERT INTO suppressed VALUES ('mail', 'never@a.example', 'complaint')")
    pages = set()

    for name in ("known", "closed", "never", "stranger"):
        answer = await client.post("/sign-in", data={"address": f"{name}@a.example"})
        pages.add((answer.status_code, answer.text.replace(name, "…")))

    assert len(pages) == 1
    owed = await sql.fetch("SELECT address FROM sign_in WHERE due_at IS NOT NULL ORDER BY id")
    assert [each["address"] for each in owed] == ["known@a.example", "stranger@a.example"]


async def test_a_form_of_another_site_sends_nothing(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}

    refused = await client.post("/sign-in", data={"address": READER}, headers=foreign)

    assert refused.status_code == 403
    assert await sql.fetchval("SELECT count(*) FROM sign_in") == 0


async def test_signing_in_anew_ends_the_session_that_the_browser_had(
    client: httpx.AsyncClient, database: Database, sql: asyncpg.Connection
) -> None:
    await client.post(await link(database))
    first = client.cookies["__Host-pabal"]
    page = await client.get(path := await link(database))
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None

    await client.post(path, data={"csrf": csrf[1]})

    assert client.cookies["__Host-pabal"] != first
    assert await sql.fetchval("SELECT count(*) FROM session") == 1


async def test_signing_out_ends_the_session_and_only_ones_own_can_be_ended(
    client: httpx.AsyncClient, database: Database, sql: asyncpg.Connection
) -> None:
    await client.post(await link(database, "other@a.example"))
    other = await sql.fetchval("SELECT id FROM session")
    client.cookies.clear()
    await client.post(await link(database))
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/account")).text)
    assert csrf is not None

    ended = await client.post(f"/account/sessions/{other}/end", data={"csrf": csrf[1]})
    unsigned = await client.post("/sign-out")
    left = await client.post("/sign-out", data={"csrf": csrf[1]})

    assert (ended.status_code, unsigned.status_code, left.status_code) == (404, 403, 303)
    assert await sql.fetchval("SELECT array_agg(id) FROM session") == [other]
    assert (await client.get("/account")).headers["location"] == "/sign-in?next=%2Faccount"
    what = await sql.fetch("SELECT what, who FROM audit ORDER BY id")
    by_hand = [each["what"] for each in what if each["who"] == "terminal"]
    assert by_hand == ["sign-in.link", "sign-in.link"]
    own = [each["what"] for each in what if each["who"] != "terminal"]
    assert own == ["sign-in", "sign-in", "sign-out"]


async def test_next_leads_nowhere_else(client: httpx.AsyncClient, database: Database) -> None:
    for away in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        await client.get("/sign-in", params={"next": away})

    assert (await client.post(await link(database))).headers["location"] == "/alerts"


async def test_without_a_mail_server_the_page_says_what_the_operator_can_do(
    database: Database,
) -> None:
    transport = httpx.ASGITransport(build(database, SIGNER, URL))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        shown = await client.get("/sign-in")
        asked = await client.post("/sign-in", data={"address": READER})

    assert "pabal sign-in" in shown.text
    assert asked.status_code == 503


async def test_a_mail_that_fails_is_tried_again_and_one_that_nobody_gets_is_not(
    admit: Admit, post: Post, database: Database, sql: asyncpg.Connection
) -> None:
    await SignIns(database).ask(READER, "en", "192.0.2.1")
    post.trouble = TryAgain("451 later")
    await admit.admit()
    assert await sql.fetchval("SELECT due_at > now() FROM sign_in") is True
    await sql.execute("UPDATE sign_in SET due_at = now()")
    post.trouble = EndpointGone("550 nobody")

    await admit.admit()

    assert [each.attempt for each in post.handed] == [1, 2]
    assert await sql.fetchval("SELECT due_at FROM sign_in") is None
    assert await sql.fetchval("SELECT address FROM suppressed") == READER.lower()


async def test_a_session_ends_after_a_year_however_often_it_is_seen(
    client: httpx.AsyncClient, database: Database, sql: asyncpg.Connection
) -> None:
    await client.post(await link(database))
    await sql.execute(
        "UPDATE session SET seen_at = now() - interval '2 hours', "
        "created_at = now() - interval '364 days'"
    )

    assert (await client.get("/account")).status_code == 200

    left = await sql.fetchval("SELECT expires_at - now() FROM session")
    assert left <= timedelta(days=1)
