"""The pages behind the links of a message, asked as readers, mail programs and guessers would."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime

import asyncpg
import httpx
import pytest
from bs4 import BeautifulSoup

from service.links import Purpose, Signer
from service.store.asking import Endpoint
from service.store.database import Database
from service.store.subscriptions import Subscriptions
from service.web.app import build

SIGNER = Signer(b"a secret of this test, 32 or more")
HOSTILE = "\"><script>alert(1)</script><a href='javascript:alert(2)'>"
READER, OTHER = "reader@a.example", "other@a.example"
PAGES = ("confirm", "end", "mine", "dismiss")
# RFC 8058: what a mail program posts, in either form.
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build(database, SIGNER), client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as made:
        yield made


@pytest.fixture
async def tokens(database: Database, sql: asyncpg.Connection) -> Mapping[str, str]:
    """The links of a question to one address, which two subscriptions would tell."""
    rules = [(HOSTILE, "수출"), ("수출", "수출 ")]
    store = Subscriptions(database)
    sure = Endpoint("mail", OTHER, agreed=True)
    await store.subscribe(f"가 {HOSTILE}", rules, Endpoint("mail", READER), sure)
    await store.subscribe("나", [("관세", "관세")], Endpoint("mail", READER, agreed=True))
    return await links(sql)


async def links(sql: asyncpg.Connection, address: str = READER) -> dict[str, str]:
    row = await sql.fetchrow(
        "SELECT id, epoch, asked_at, subscription_id FROM endpoint WHERE address = $1"
        " ORDER BY id LIMIT 1",
        address,
    )
    own = (row["id"], row["epoch"])
    asked = int(row["asked_at"].timestamp()) if row["asked_at"] else 0
    return {
        "confirm": SIGNER.sign("confirm", *own, asked),
        "end": SIGNER.sign("end", *own),
        "mine": SIGNER.sign("mine", *own),
        "dismiss": SIGNER.sign("dismiss", row["subscription_id"], 1),
    }


async def tell(sql: asyncpg.Connection, title: str, rule: str = "수출") -> int:
    """An alert that the first subscription was told; its id."""
    made: int = await sql.fetchval(
        """INSERT INTO telling (reason, key, facts)
           VALUES ('alert', $1, jsonb_build_object('title', $1::text, 'url', $2::text))
           RETURNING id""",
        title, "javascript:alert(3)",
    )  # fmt: skip
    await sql.execute(
        """INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits)
           SELECT $1, subscription_id, id, channel,
                  jsonb_build_array(jsonb_build_object('rule', $2::text, 'excerpt', $3::text))
           FROM endpoint ORDER BY id LIMIT 1""",
        made, rule, f"참외의 {HOSTILE}",
    )  # fmt: skip
    return made


async def state(sql: asyncpg.Connection) -> list[object]:
    """Every row that a page could change."""
    tables = ("subscription", "endpoint", "rule", "delivery", "telling", "dismissal", "rule_book")
    return [
        [tuple(row) for row in await sql.fetch(f"SELECT * FROM {each} ORDER BY 1")]
        for each in tables
    ]


def strict(answer: httpx.Response) -> None:
    """What is true of every answer of these pages."""
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "noindex" in answer.headers["x-robots-tag"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert not answer.is_redirect
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text.replace("&lt;script", "")
    page = BeautifulSoup(answer.text, "lxml")
    assert page.find_all(["script", "iframe", "img", "object"]) == []
    for each in page.find_all(True):
        assert not [name for name in each.attrs if name.startswith("on")]
        assert each.get("action") is None
        assert not str(each.get("href", "")).startswith(("javascript:", "http", "//"))


async def test_a_question_is_answered_by_one_click_and_kept_with_time_words_and_place(
    client: httpx.AsyncClient, tokens: Mapping[str, str], sql: asyncpg.Connection
) -> None:
    asked = await client.get(f"/confirm/{tokens['confirm']}")
    strict(asked)
    assert READER in asked.text
    assert "Do you want to be told?" in asked.text
    button = BeautifulSoup(asked.text, "lxml").form
    assert button is not None

    for _ in range(2):
        done = await client.post(f"/confirm/{tokens['confirm']}")
        strict(done)
        assert (done.status_code, "You will be told" in done.text) == (200, True)
    row = await sql.fetchrow(
        "SELECT confirmed_at, consent::text FROM endpoint WHERE address = $1 ORDER BY id", READER
    )
    assert isinstance(row["confirmed_at"], datetime)
    assert button.get_text(strip=True) in row["consent"]
    assert '"ip": "192.0.2.7"' in row["consent"]
    again = await client.get(f"/confirm/{tokens['confirm']}")
    assert "You will be told" in again.text


@pytest.mark.fault(17)
@pytest.mark.parametrize("times", [10, pytest.param(90, marks=pytest.mark.faults)])
async def test_reading_pages_over_and_over_changes_nothing(
    client: httpx.AsyncClient,
    tokens: Mapping[str, str],
    sql: asyncpg.Connection,
    measured: Callable[..., None],
    times: int,
) -> None:
    vain = await tell(sql, "제목")
    subscription = await sql.fetchval("SELECT min(id) FROM subscription")
    paths = [f"/{each}/{tokens[each]}" for each in ("confirm", "end", "mine")]
    paths += [f"/mine/{tokens['mine']}/export"]
    paths += [f"/dismiss/{SIGNER.sign('dismiss', subscription, vain)}"]
    before = await state(sql)

    for path in paths:
        for method in ("GET", "HEAD"):
            for _ in range(times):
                assert (await client.request(method, path)).status_code == 200
        for method in ("PUT", "DELETE", "PATCH"):
            assert (await client.request(method, path)).status_code == 405

    after = await state(sql)
    measured(looks=len(paths) * 2 * times, changed_by_looks=int(after != before))
    assert after == before


@pytest.mark.fault(17)
async def test_one_click_ends_without_login_cookie_or_question_as_often_as_it_comes(
    client: httpx.AsyncClient, tokens: Mapping[str, str], sql: asyncpg.Connection
) -> None:
    page = await client.get(f"/end/{tokens['end']}")
    strict(page)
    assert BeautifulSoup(page.text, "lxml").form is not None

    multipart = {"files": {"List-Unsubscribe": (None, "One-Click")}}
    for body in ({"data": ONE_CLICK}, multipart, {}, {"content": b"x" * 3_000_000}):
        ended = await client.post(f"/end/{tokens['end']}", **body)
        strict(ended)
        assert (ended.status_code, "It has ended" in ended.text) == (200, True)
    rows = await sql.fetch("SELECT switched_off_why FROM endpoint ORDER BY address DESC, id")
    # Its other readers, and what else goes to the address, stay.
    assert [row["switched_off_why"] for row in rows] == ["unsubscribed", None, None]
    assert "It has ended" in (await client.get(f"/end/{tokens['end']}")).text
    # A question that was on its way confirms nothing any more.
    assert (await client.post(f"/confirm/{tokens['confirm']}")).status_code == 404


async def test_one_address_sees_and_ends_all_that_is_its_own(
    client: httpx.AsyncClient, tokens: Mapping[str, str], sql: asyncpg.Connection
) -> None:
    path = f"/mine/{tokens['mine']}"
    page = await client.get(path)
    strict(page)
    assert "나" in page.text
    assert "나오는 대로" in page.text
    assert f"<b>메일</b> {READER}" in page.text
    assert OTHER not in page.text
    stranger = await sql.fetchval("SELECT id FROM endpoint WHERE address = $1", OTHER)
    for hostile in (str(stranger), "-1", "9" * 30, "x", "１", "", "' OR 1=1 --"):
        strict(await client.post(path, data={"end": hostile}))
    strict(await client.post(path, content=b"all=1&" + b"x" * 300_000))
    strict(await client.post(path, content="&".join(["end=1"] * 10_000)))
    assert await sql.fetchval("SELECT count(switched_off_at) FROM endpoint") == 0

    one = BeautifulSoup(page.text, "lxml").find("button", attrs={"name": "end"})
    assert one is not None
    assert "1 ended" in (await client.post(path, data={"end": str(one["value"])})).text
    assert "1 ended" in (await client.post(path, data={"all": "1"})).text
    assert "Nothing is sent here" in (await client.get(path)).text


async def test_what_is_kept_is_handed_over_and_erased(
    client: httpx.AsyncClient, tokens: Mapping[str, str], sql: asyncpg.Connection
) -> None:
    path = f"/mine/{tokens['mine']}"
    saved = await client.get(f"{path}/export")
    assert saved.headers["content-disposition"].startswith("attachment")
    assert saved.headers["cache-control"] == "no-store"
    assert saved.json()["address"] == READER
    assert len(saved.json()["subscriptions"]) == 2

    erased = await client.post(path, data={"erase": "1"})
    strict(erased)
    assert "Erased" in erased.text
    rows = await sql.fetch("SELECT address FROM endpoint")
    assert [row["address"] for row in rows] == [OTHER]
    assert (await client.get(path)).status_code == 404


@pytest.mark.fault(17)
async def test_forged_and_old_tokens_are_answered_alike(
    client: httpx.AsyncClient, tokens: Mapping[str, str], sql: asyncpg.Connection
) -> None:
    old = {
        "confirm": SIGNER.sign("confirm", 1, 99, 1),
        "end": SIGNER.sign("end", 1, 99),
        "mine": SIGNER.sign("mine", 99, 0),
        "dismiss": tokens["dismiss"],
    }
    purposes: dict[str, Purpose] = {
        "confirm": "end",
        "end": "mine",
        "mine": "end",
        "dismiss": "end",
    }
    before, bodies = await state(sql), set()
    for each in PAGES:
        forged = tokens[each][:-1] + ("A" if tokens[each][-1] != "A" else "B")
        other = SIGNER.sign(purposes[each], 1, 0)
        short = SIGNER.sign("confirm" if each == "confirm" else "end", 1)
        for token in (old[each], forged, other, short, "x", "%00", "٣" * 9, "A" * 5_000):
            answer = await client.get(f"/{each}/{token}")
            strict(answer)
            bodies.add((answer.status_code, answer.text))
        posted = await client.post(f"/{each}/{forged}", data={"all": "1", "erase": "1"})
        bodies.add((posted.status_code, posted.text))
        if len(bodies) > 1:  # guessing costs: after some it is 429, with the same page
            assert {text for _, text in bodies} == {posted.text}
    assert {status for status, _ in bodies} <= {404, 429}
    assert await state(sql) == before


async def test_who_guesses_is_slowed_and_whose_link_is_good_is_not(
    client: httpx.AsyncClient, tokens: Mapping[str, str]
) -> None:
    answers = [(await client.get(f"/end/{n}")).status_code for n in range(40)]

    assert (answers[0], answers[-1]) == (404, 429)
    assert (await client.get(f"/end/{tokens['end']}")).status_code == 200


async def test_a_dismissal_shows_why_and_narrows_the_rule_by_what_is_ticked(
    client: httpx.AsyncClient, tokens: Mapping[str, str], sql: asyncpg.Connection
) -> None:
    assert tokens
    subscription = await sql.fetchval("SELECT min(id) FROM subscription")
    vain = await tell(sql, f"참외 축제 {HOSTILE}")
    for number in range(6):
        await tell(sql, f"수출 상담 {number}")
    path = f"/dismiss/{SIGNER.sign('dismiss', subscription, vain)}"

    page = await client.get(path)
    strict(page)
    assert "참외의 &#34;&gt;&lt;script&gt;" in page.text
    boxes = BeautifulSoup(page.text, "lxml").find_all("input")
    words = [str(each["value"]) for each in boxes]
    assert words[:2] == ["참외", "축제"]
    assert "of 6 others" in page.text

    name = str(boxes[0]["name"])
    for hostile in ({name: "관세 | 예산"}, {"rule-999": "참외"}, {"rule-": "참외"}):
        answer = await client.post(path, data=hostile)
        strict(answer)
        assert "No rule was changed" in answer.text
    changed = await client.post(path, data={name: ["참외", "축제", "없는말"]})
    strict(changed)
    rules = await sql.fetch("SELECT text, canonical FROM rule WHERE text LIKE '%참외%'")
    assert [tuple(each) for each in rules] == [("수출 -참외 -축제", "-참외 -축제 수출")]
    assert await sql.fetchval("SELECT count(*) FROM dismissal") == 1
    after = await client.get(path)
    assert "You have told us already" in after.text
    assert re.search("The rule has changed since", after.text)
