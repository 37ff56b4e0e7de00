"""What belongs to one account is on no page of another's, and a secret is on none at all."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import structlog
from fastapi import FastAPI

from notifier import registry
from notifier.model import ChannelOptions
from service.judging.fields import usual
from service.links import Signer
from service.preview import Tools
from service.reading.publishers import Registry
from service.store import tables
from service.store.database import Database
from service.store.keys import Keys
from service.web.app import build
from service.web.means import Means
from service.web.shell import COOKIE
from tests.conftest import logging_as_before
from tests.web.conftest import nothing
from tests.web.test_every_route import paths

SIGNING = b"a signing secret of this test, 32+"
NAME, RULE, ADDRESS, TITLE = "남의구독7", "남의낱말7", "victim7@a.example", "남의알림7"
OWN = (NAME, RULE, ADDRESS, TITLE)
WEBHOOK = "whsec_c2VjcmV0IG9mIGEgd2ViaG9vaw=="
TELEGRAM = "7777777:telegram-token-of-this-test"
WHOM = {"victim": "reader", "other": "reader", "editor": "editor", "operator": "operator"}
MOST_ODD = "%00", "9" * 30, "'", "<x>"


class Town:
    """The application with accounts of everybody; the first has something to be looked at."""

    def __init__(self, app: FastAPI, keys: Mapping[str, str], ids: Mapping[str, int]) -> None:
        self.app, self.keys, self.ids = app, keys, ids

    @property
    def secrets(self) -> list[str]:
        """What nobody is ever shown again."""
        tails = [key.split("_", 2)[2] for key in self.keys.values()]
        cookies = [sha256(who.encode()).hexdigest() for who in WHOM]
        return [WEBHOOK, WEBHOOK[6:], TELEGRAM, SIGNING.decode(), *tails, *cookies]

    def addresses(self, method: str) -> list[str]:
        """Every route with the numbers of what is the first account's, and with odd ones."""
        known = sorted({str(each) for each in self.ids.values()})
        return [
            re.sub(r"\{[^}]+\}", each, path)
            for path in paths(self.app, method)
            for each in ((*known, *MOST_ODD) if "{" in path else ("",))
        ]

    def asking(self, who: str) -> httpx.AsyncClient:
        headers = {"Cookie": f"{COOKIE}={who}", "Authorization": f"Bearer {self.keys[who]}"}
        transport = httpx.ASGITransport(
            self.app, raise_app_exceptions=False, client=(f"127.0.0.{len(who)}", 1)
        )
        return httpx.AsyncClient(
            transport=transport, base_url="http://pabal.test", headers=headers, timeout=30
        )


async def _filled(database: Database) -> tuple[dict[str, str], dict[str, int]]:
    keys, ids = {}, {}
    async with database.transaction() as tx:

        async def add(table: sa.Table, **values: object) -> int:
            row = sa.insert(table).values(values).returning(table.c.id)
            return int((await tx.execute(row)).scalar_one())

        await tx.execute(sa.insert(tables.source).values(id="a"))
        for who, role in WHOM.items():
            address = ADDRESS if who == "victim" else f"{who}@example.org"
            ids[who] = await add(tables.account, address=address, role=role)
            ends = datetime.now(UTC) + timedelta(days=1)
            digest = sha256(who.encode()).digest()
            await add(tables.session, sha256=digest, account_id=ids[who], expires_at=ends)
        ids["mine"] = await add(tables.subscription, name=NAME, account_id=ids["victim"])
        await add(tables.rule, subscription_id=ids["mine"], text=RULE, canonical=RULE)
        for channel, to in (("mail", ADDRESS), ("webhook", f"https://{ADDRESS[:7]}.example/7")):
            ids[channel] = await add(
                tables.endpoint, subscription_id=ids["mine"], channel=channel, address=to,
                secret=WEBHOOK, confirmed_at=sa.func.now(),
            )  # fmt: skip
        facts = {"title": TITLE, "url": "https://a.example/7"}
        ids["told"] = await add(tables.telling, reason="alert", key="story 7", facts=facts)
        ids["sent"] = await add(
            tables.delivery, telling_id=ids["told"], subscription_id=ids["mine"],
            endpoint_id=ids["webhook"], channel="webhook", hits=[{"rule": RULE}], outcome="dead",
            settled_at=sa.func.now(), last_error="500",
        )  # fmt: skip
    for who, role in WHOM.items():
        scopes = ["alerts", "read", *(["operate"] if role == "operator" else [])]
        keys[who] = await Keys(database).make(ids[who], who, scopes)  # type: ignore[arg-type]
    return keys, ids


@pytest.fixture
async def town(migrated_url: str) -> AsyncIterator[Town]:
    database = Database(migrated_url, size=3)
    keys, ids = await _filled(database)
    options = ChannelOptions(private_addresses=True, telegram_token=TELEGRAM)
    known = {name: registry.traits(name) for name in ("webhook", "mail", "telegram")}
    ways = {name: registry.open_channel(name, options) for name in known}
    means = Means(usual(), ways, known, Tools(nothing, Registry.load(), {}))
    yield Town(build(database, Signer(SIGNING), means=means), keys, ids)
    for each in ways.values():
        await each.aclose()
    await database.close()


@pytest.mark.fault(21)
async def test_no_route_shows_anothers_and_none_shows_or_logs_a_secret(
    town: Town, measured: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    said: list[Mapping[str, Any]] = []

    def keep(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        said.append(event)
        raise structlog.DropEvent

    structlog.configure(processors=[structlog.processors.format_exc_info, keep])
    caplog.set_level(logging.DEBUG)
    # Its switch for developers prints every row; the service leaves it where the library has it,
    # and what tests before this one did to it is not the service's.
    caplog.set_level(logging.WARNING, "sqlalchemy")
    requests, errors, own_seen, leaks, shown = 0, [], set(), [], []
    try:
        for who in WHOM:
            async with town.asking(who) as client:
                for address in town.addresses("GET"):
                    if address.startswith(("/new", "/stream")):
                        continue  # an open line
                    answer = await client.get(address)
                    requests += 1
                    text = answer.content.decode("utf-8", "replace")
                    if answer.status_code >= 500 and answer.status_code != 501:
                        errors.append((who, address[:80], answer.status_code))
                    seen = [each for each in OWN if each in text]
                    if who == "victim":
                        own_seen.update(seen)
                    elif who == "other" and seen:
                        leaks.append((address[:80], seen))
                    shown += [(who, address[:80], each) for each in town.secrets if each in text]
    finally:
        logging_as_before()
    logs = json.dumps(said, default=str) + caplog.text
    logged = [each for each in town.secrets if each in logs]

    measured(
        requests=requests, errors=len(errors), leaks=len(leaks), secrets=len(shown) + len(logged)
    )
    assert (errors, leaks, shown, logged) == ([], [], [], [])
    assert own_seen == set(OWN)  # its owner sees it: there was something to be found


@pytest.mark.fault(21)
async def test_nothing_of_anothers_is_changed_by_any_route(
    town: Town, measured: Callable[..., None], migrated_url: str
) -> None:
    database = Database(migrated_url, size=1)

    async def state() -> list[object]:
        some = ("subscription", "rule", "endpoint", "delivery", "api_key")
        async with database.transaction() as tx:
            rows = [await tx.execute(sa.text(f"SELECT * FROM {each} ORDER BY 1")) for each in some]
            return [
                [row for row in each if not (table == "api_key" and row.account_id != 1)]
                for table, each in zip(some, map(list, rows), strict=True)
            ]

    before = json.dumps(await state(), default=_plain)
    requests = 0
    async with town.asking("other") as client:
        token = Signer(SIGNING).sign("csrf", 2, 7)  # of its own session
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for address in town.addresses(method):
                if address in {"/alerts/new", "/api/v1/subscriptions"}:
                    continue  # what makes something of one's own
                data = {"csrf": token, "role": "operator", "rules": "x", "why": "x"}
                body = {"json": data} if address.startswith("/api/") else {"data": data}
                await client.request(method, address, **body)  # type: ignore[arg-type]
                requests += 1
    after = json.dumps(await state(), default=_plain)
    await database.close()

    measured(requests=requests, leaks=int(before != after))
    assert after == before


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, sa.Row) else str(value)
