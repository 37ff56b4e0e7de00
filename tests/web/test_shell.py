"""What every page stands in: who may, forms of ours only, languages, what no answer lacks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from service.links import Signer
from service.store.accounts import Accounts, Role, Who
from service.web.shell import COOKIE, Guard, Shell, add_refusals, ip_of, need, shell, who_of

SIGNER = Signer(b"a secret of this test, 32 or more")


@dataclass
class Doors:
    """Sessions that need no database: the token is the role."""

    async def who(self, digest: bytes) -> Who | None:
        roles: tuple[Role, ...] = ("reader", "editor", "operator")
        for number, role in enumerate(roles, 1):
            if sha256(role.encode()).digest() == digest:
                return Who(number, f"{role}@example.org", role, "ko", number)
        return None


def _app(house: Shell) -> FastAPI:
    app = FastAPI()
    doors: Accounts = Doors()  # type: ignore[assignment]
    app.add_middleware(Guard, accounts=doors, away=_away, house=house)
    add_refusals(app, house)

    @app.get("/who")
    async def who(request: Request) -> Response:
        found = who_of(request)
        return PlainTextResponse(found.address if found else "nobody")

    @app.get("/only/{role}")
    async def only(request: Request, role: Role) -> Response:
        return PlainTextResponse(need(request, role).role)

    @app.post("/form")
    async def form(request: Request) -> Response:
        return PlainTextResponse(",".join((await house.form(request)).get("said", ())))

    @app.get("/refused")
    async def refused(request: Request) -> Response:
        return house.refuse(request, 404, "shell.missing")

    return app


async def _away(_: Request, _error: Exception) -> Response:
    return PlainTextResponse("away", 503)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(_app(shell(SIGNER, None)))
    async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as made:
        yield made


def _signed_in(role: str) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={role}"}


async def test_whoever_has_no_session_is_nobody(client: httpx.AsyncClient) -> None:
    assert (await client.get("/who")).text == "nobody"
    assert (await client.get("/who", headers=_signed_in("guessed"))).text == "nobody"
    assert (await client.get("/who", headers=_signed_in("editor"))).text == "editor@example.org"


@pytest.mark.parametrize(
    ("role", "needed", "status"),
    [
        ("reader", "reader", 200),
        ("reader", "editor", 403),
        ("reader", "operator", 403),
        ("editor", "editor", 200),
        ("editor", "operator", 403),
        ("operator", "reader", 200),
        ("operator", "operator", 200),
    ],
)
async def test_a_role_may_what_lesser_roles_may(
    client: httpx.AsyncClient, role: str, needed: str, status: int
) -> None:
    answer = await client.get(f"/only/{needed}", headers=_signed_in(role))

    assert answer.status_code == status


async def test_nobody_is_sent_to_sign_in_and_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/only/reader?page=2")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fonly%2Freader%3Fpage%3D2"
    fragment = await client.get("/only/reader", headers={"HX-Request": "true"})
    assert fragment.headers["hx-redirect"].startswith("/sign-in?next=")


async def test_a_form_needs_the_token_of_its_session(client: httpx.AsyncClient) -> None:
    own, other = SIGNER.sign("csrf", 1, 7), SIGNER.sign("csrf", 2, 7)
    link = SIGNER.sign("end", 1, 7)
    headers = _signed_in("reader")

    async def sent(token: str | None) -> int:
        data = {"said": "yes"} | ({} if token is None else {"csrf": token})
        return (await client.post("/form", data=data, headers=headers)).status_code

    assert [await sent(each) for each in (own, other, link, "", None)] == [200, 403, 403, 403, 403]
    by_header = await client.post("/form", data={"said": "yes"}, headers=headers | {"X-CSRF": own})
    assert by_header.text == "yes"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://pabal.test"}, 200),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 200),
    ],
)
async def test_a_form_of_another_site_is_not_taken(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await client.post("/form", data={"said": "yes"}, headers=headers)

    assert answer.status_code == status


async def test_a_language_is_kept_once_it_was_asked_for(client: httpx.AsyncClient) -> None:
    first = await client.get("/refused")
    english = await client.get("/refused?lang=en")
    then = await client.get("/refused")

    assert '<html lang="ko">' in first.text
    assert '<html lang="en">' in english.text
    assert "HttpOnly" in english.headers["set-cookie"]
    assert '<html lang="en">' in then.text
    assert "/refused?lang=ko" in then.text


async def test_no_answer_lacks_what_guards_it(client: httpx.AsyncClient) -> None:
    for path in ("/who", "/refused", "/only/reader", "/not/there"):
        policy = (await client.get(path)).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "script-src 'self';" in policy


async def test_a_form_is_as_long_as_twenty_rules_and_no_longer(client: httpx.AsyncClient) -> None:
    said = "가" * 500 + "\n"

    for rules, status in ((20, 200), (50, 413)):
        answer = await client.post("/form", data={"said": said * rules})
        assert answer.status_code == status
    assert (await client.post("/form", content="a=1&" * 601)).status_code == 413


async def test_what_is_kept_for_everybody_sets_no_cookie(client: httpx.AsyncClient) -> None:
    for path in ("/static/pabal.css", "/api/v1/topics", "/metrics"):
        assert "set-cookie" not in (await client.get(f"{path}?lang=en")).headers


async def test_over_https_the_language_goes_over_nothing_else() -> None:
    transport = httpx.ASGITransport(_app(shell(SIGNER, "https://pabal.test")))
    async with httpx.AsyncClient(transport=transport, base_url="https://pabal.test") as client:
        kept = (await client.get("/refused?lang=en")).headers["set-cookie"]
    assert kept.endswith("; Secure")


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_a_network_counts_as_one(host: str | None, counted: str) -> None:
    client = None if host is None else (host, 1)
    assert ip_of(Request({"type": "http", "client": client})) == counted


async def test_a_token_in_a_page_is_another_one_each_time(client: httpx.AsyncClient) -> None:
    pages = [(await client.get("/refused", headers=_signed_in("reader"))).text for _ in range(2)]
    tokens = [re.findall(r'name="csrf" value="([^"]+)"', page)[0] for page in pages]

    assert tokens[0] != tokens[1]
    assert [SIGNER.read("csrf", each)[0] for each in tokens] == [1, 1]  # type: ignore[index]
