"""What holds for every route there is: hostile addresses, forms of others, roles."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from starlette.routing import Mount, Route

from service.judging.fields import usual
from service.links import Signer
from service.preview import Tools
from service.reading.publishers import Registry
from service.store.database import Database
from service.store.tables import account, session, source
from service.web.api.app import PATH
from service.web.app import build
from service.web.dressing import TEMPLATES
from service.web.means import Means
from service.web.shell import COOKIE
from tests.web.conftest import nothing

SIGNER = Signer(b"a secret of this test, 32 or more")
ROLES = {"operator": 1, "editor": 2, "reader": 3}  # by their sessions

IN_PATHS = ("%00", "..%2f..%2fx", "9" * 20, "9" * 5000, "%ED%A0%80", "%0d%0aX:%20y", "%D9%A3")
IN_QUERIES = ("%00", "%ED%A0%80", "9" * 20, "9" * 5000, "0001-01-01", "9999-12-31", "(" * 600)
ASKED = (
    *("q", "after", "before", "part", "month", "from", "to", "ministry", "topic", "have", "last"),
    *("lang", "cursor", "limit", "since", "until", "source", "rule", "next", "order"),
)


@pytest.fixture
async def app(migrated_url: str) -> AsyncIterator[FastAPI]:
    database = Database(migrated_url, size=3)
    async with database.transaction() as tx:
        await tx.execute(sa.insert(source).values(id="a"))
        for role, number in ROLES.items():
            row = sa.insert(account).values(address=f"{role}@example.org", role=role)
            made = await tx.scalar(row.returning(account.c.id))
            ends = datetime.now(UTC) + timedelta(days=1)
            digest = sha256(role.encode()).digest()
            row = sa.insert(session).values(sha256=digest, account_id=made, expires_at=ends)
            assert await tx.scalar(row.returning(session.c.id)) == number
    yield build(database, SIGNER, means=Means(usual(), tools=Tools(nothing, Registry.load(), {})))
    await database.close()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as made:
        yield made


def paths(app: FastAPI, method: str) -> list[str]:
    """Every address of a method, with its places; of the API too."""

    def found() -> Iterator[str]:
        for each in app.routes:
            if isinstance(each, Route) and method in (each.methods or ()):
                yield each.path
        (api,) = (each.app for each in app.routes if isinstance(each, Mount))
        assert isinstance(api, FastAPI)
        said = api.openapi()["paths"]
        yield from (PATH + path for path in said if method.lower() in said[path])

    return sorted(set(found()))


def by(role: str) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={role}"}


@pytest.mark.fault(21)
async def test_no_address_makes_the_service_fail(app: FastAPI, client: httpx.AsyncClient) -> None:
    failed = []
    known = paths(app, "GET")
    assert {"/", "/release/{number}", "/desk/sources/{source_id}", f"{PATH}/stories"} <= set(known)

    for path in known:
        asked = [re.sub(r"\{[^}]+\}", each, path) for each in IN_PATHS]
        if "{" not in path:
            asked = [f"{path}?{'&'.join(['ministry=x&topic=y&open=1'] * 1500)}"]
            for said in IN_QUERIES:
                asked.append(f"{path}?{'&'.join(f'{name}={said[:2500]}' for name in ASKED)}")
                if path in {"/", f"{PATH}/stories"} and "-" in said:
                    asked += [f"{path}?{name}={said}" for name in ASKED]
        for each in asked:
            status = (await client.get(each, headers=by("operator"))).status_code
            if status >= 500 and status != 501:
                failed.append((status, each[:100]))

    assert failed == []


async def test_whatever_may_be_got_may_be_asked_for_its_head(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    for path in paths(app, "GET"):
        if not path.startswith((PATH, "/stream")):
            where = re.sub(r"\{[^}]+\}", "1", path)
            head = await client.head(where, headers=by("operator"))
            assert head.status_code == (await client.get(where, headers=by("operator"))).status_code


def test_no_page_has_what_the_policy_forbids() -> None:
    for page in TEMPLATES.glob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(
            r"<style|<script(?! src)|\sstyle=|\son[a-z]+=|\bhx-on|\|\s*safe\b", text
        ), page.name


async def test_nothing_is_done_in_a_session_without_the_token_of_its_pages(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    for path in paths(app, "POST"):
        where = re.sub(r"\{[^}]+\}", "1", path)
        for headers in ({}, {"Sec-Fetch-Site": "cross-site"}):
            answer = await client.post(where, data={"do": "drop"}, headers=by("operator") | headers)
            assert answer.status_code in {401, 403, 404}, path


async def test_a_lesser_role_changes_nothing_in_the_cockpit(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    doors = [each for each in paths(app, "POST") if each.startswith("/desk")]
    assert len(doors) > 4

    for path in doors:
        for role in ("reader", "editor"):
            where = re.sub(r"\{[^}]+\}", "1", path)
            token = {"csrf": SIGNER.sign("csrf", ROLES[role], 7)}
            answer = await client.post(where, data=token, headers=by(role))
            assert answer.status_code == 403, (path, role)
