"""What is under embargo: at every address there is, by who asks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from starlette.routing import Mount

from service.indexing import Indexing
from service.judging.fields import usual
from service.links import Signer
from service.preview import Tools
from service.read import Read
from service.reading.publishers import Registry
from service.store import tables
from service.store.browse import Browse, Wish
from service.store.database import Database
from service.store.keys import Keys
from service.store.readings import Readings
from service.store.search import Searching
from service.store.sign_ins import SignIns
from service.store.tallies import Tallies
from service.web.app import build
from service.web.means import Means
from service.web.reading.asked import cursor
from tests.web.conftest import nothing

SIGNER = Signer(b"a secret of this test, 32 or more")
NOW = datetime.now(UTC).replace(microsecond=0)
LIFTS = NOW + timedelta(days=1)
SECRET = re.compile("비밀|044-000-0007")
SERIES = "통상 정책협의회"
BADGE = "엠바고 "
# What stands in an address, and what is asked of the lists beside what they answer unasked.
FILLED = {"source_id": "a", "name": SERIES, "ident": "mss", "ministry": "mss", "token": "x",
          "form": "atom"}  # fmt: skip
ASKED = {
    "/": ("?view=all", "?view=all&open=1", "?ministry=mss", "?view=all&to=2099-01-01"),
    "/new": ("?view=all", "?view=all&have=1"),
    "/search": ("?q=수출", "?q=수출&order=newest"),
    "/calls": ("?view=month", "?ministry=mss", f"?day={NOW + timedelta(days=5):%Y-%m-%d}"),
    "/calls.ics": ("?ministry=mss",),
    "/release/{number}": ("?all=1", "?part=2"),
    "/api/v1/search": ("?q=수출",),
    "/api/v1/stories": ("?ministry=mss", "?open=true"),
}


@dataclass(frozen=True)
class Town:
    """The application and its numbers: what is ``held``, a copy without its box, and news of it."""

    app: FastAPI
    database: Database
    held: int
    copy: int
    news: int

    def asking(self, ip: str = "10.0.0.1", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(ip, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://pabal.test", headers=headers)

    async def sign_in(self, client: httpx.AsyncClient) -> None:
        made = await SignIns(self.database).offer("reader@a.example", None)
        await client.post(f"/sign-in/{SIGNER.sign('sign-in', made.id, made.asked_at)}")

    async def with_key(self) -> httpx.AsyncClient:
        async with self.database.transaction() as tx:
            account = sa.insert(tables.account).values(address="k@a.example", role="reader")
            number = await tx.scalar(account.returning(tables.account.c.id))
        key = await Keys(self.database).make(number, "시험", ["read"])
        return self.asking(authorization=f"Bearer {key}")


@pytest.fixture
async def town(migrated_url: str) -> AsyncIterator[Town]:
    database = Database(migrated_url, size=3)
    tools = Tools(nothing, Registry.load(), {"a": "government"})
    app = build(database, SIGNER, means=Means(usual(), tools=tools))
    held, copy, news = await _filled(database)
    await Indexing(Searching(database), nothing, {"a": "government"}).enter_all()
    await Tallies(database).keep()
    yield Town(app, database, held, copy, news)
    await database.close()


async def _filled(database: Database) -> tuple[int, int, int]:
    async def add(to: str, /, **values: Any) -> int:
        table = tables.metadata.tables[to]
        made = sa.insert(table).values(values).returning(table.c.id)
        async with database.transaction() as tx:
            return (await tx.execute(made)).scalar_one()  # type: ignore[no-any-return]

    async def article(title: str, story: int, **more: Any) -> int:
        fields = {
            "source_id": "a", "key": title, "url": "https://a.example/1", "title": title,
            "read_title": title, "read_text": f"{title}: 수출 상담을 늘린다.", "summary": "",
            "baseline": False, "collected_at": NOW, "read_at": NOW, "triaged_at": NOW,
            "discovered_at": NOW - timedelta(minutes=9), "kind": "release", "story_id": story,
            "publishers": ["mss"], "topics": ["export"], "facts": {},
            "read_published_at": NOW - timedelta(hours=1), "read_precision": "minute",
        }  # fmt: skip
        number = await add("article", **(fields | more))
        await add("mention", article_id=number, series=SERIES, name=SERIES, parties=[])
        async with database.transaction() as tx:
            await tx.execute(sa.insert(tables.unsearched).values(article_id=number))
        return number

    async with database.transaction() as tx:
        await tx.execute(sa.insert(tables.source).values(id="a"))
    own, other = [await add("story", created_at=NOW) for _ in range(2)]
    facts = {
        "contacts": [
            {"department": "비밀과", "rank": "과장", "name": "누리", "phone": "044-000-0007"}
        ],
        "call": {"is_call": True, "sentence": "비밀 모집"},
    }
    ends = (NOW + timedelta(days=5)).date()
    until = {"embargo_until": LIFTS, "facts": facts, "call_end": ends}
    held = await article("비밀 계획", own, **until)
    copy = await article("비밀 사본", own, twin_id=held, joined_as="copy", facts=facts)
    news = await article("드러난 기사", other, kind="news", twin_id=held, joined_as="coverage")
    await article("열린 글", await add("story", created_at=NOW), call_end=ends,
                  facts={"call": {"is_call": True}})  # fmt: skip
    await add(
        "attachment", article_id=held, position=0, name="비밀.hwpx", url="https://a.example/f"
    )
    changes = [{"what": "본문", "before": "비밀 앞", "after": "비밀 뒤", "weighty": True}]
    for each in (held, news):
        await add("revision", article_id=each, earlier_id=held, changes=changes)
    return held, copy, news


def addresses(town: Town) -> Iterator[str]:
    """Every address that answers GET, filled and asked."""
    for path in sorted(set(_paths(town.app.routes))):
        for query in ("", *ASKED.get(path, ())):
            for number in (town.held, town.copy, town.news):
                filled = path.replace(":path}", "}").format(**FILLED, number=number)
                yield filled + query
                if "{number}" not in path:
                    break


def _paths(routes: Any, before: str = "") -> Iterator[str]:
    for each in routes:
        if (router := getattr(each, "original_router", None)) is not None:
            yield from _paths(router.routes, before)
        elif "GET" in (getattr(each, "methods", None) or ()):
            if not each.path.startswith("/static"):
                yield before + each.path
        elif isinstance(each, Mount):
            yield from _paths(each.routes, before + each.path)


async def test_nobody_who_is_not_known_sees_any_of_it_anywhere(town: Town) -> None:
    asked = list(addresses(town))
    assert {"/", "/api/v1/export.jsonl", f"/release/{town.held}.ics"} <= set(asked)

    for number, path in enumerate(asked):
        # Who has no key may ask the API so often a minute: each comes from an address of its own.
        async with town.asking(f"10.1.{number // 200}.{number % 200}") as client:
            answer = await client.get(path)
        assert answer.status_code < 500 or path == "/readyz", path
        assert answer.status_code != 429, path
        assert answer.status_code in {200, 204, 403} or "?" not in path, path
        assert not SECRET.search(answer.text), path


@pytest.mark.parametrize("which", ["held", "copy"])
async def test_its_own_page_says_until_when_and_nothing_else(town: Town, which: str) -> None:
    number = getattr(town, which)
    async with town.asking() as client:
        for path in (f"/release/{number}", f"/release/{number}.ics"):
            page = await client.get(path)
            assert (page.status_code, page.headers["cache-control"]) == (403, "no-store")
            assert "retry-after" in page.headers
            assert BADGE in page.text
        for path in ("releases/{}", "releases/{}/revisions", "stories/{}"):
            answer = await client.get("/api/v1/" + path.format(number))
            assert answer.status_code == 403
            assert answer.json()["type"].endswith("held")
            assert answer.json()["detail"].startswith(LIFTS.isoformat())


async def test_whoever_is_signed_in_sees_it_with_its_badge(town: Town) -> None:
    async with town.asking() as client:
        await town.sign_in(client)
        for path in ("/?view=all", "/search?q=수출", "/calls", "/ministry/mss", f"/series/{SERIES}",
                     f"/release/{town.held}", f"/release/{town.copy}"):  # fmt: skip
            page = await client.get(path)
            assert page.status_code == 200, path
            assert "비밀" in page.text, path
            assert BADGE in page.text, path
            assert page.headers["cache-control"] == "private, no-store"
            assert "Cookie" in page.headers["vary"]
        assert "비밀 계획" in (await client.get(f"/release/{town.news}")).text
        assert (await client.get("/new?view=all&have=")).text != ""
        for path in ("/charts", "/calls.ics"):  # the same for everybody
            assert "비밀" not in (await client.get(path)).text


async def test_a_key_that_may_read_sees_it_with_its_time(town: Town) -> None:
    async with await town.with_key() as client:
        for path in ("stories", "calls", "search?q=수출", f"series/{SERIES}"):
            answer = await client.get(f"/api/v1/{path}")
            held = [each for each in answer.json()["items"] if "비밀" in each["title"]]
            assert {each["held_until"] is None for each in held} == {False}, path
            assert "public" not in answer.headers["cache-control"]
            assert "Authorization" in answer.headers["vary"]
        release = (await client.get(f"/api/v1/releases/{town.held}")).json()
        assert release["title"] == "비밀 계획"
        assert release["held_until"] is not None
        assert "비밀" not in (await client.get("/api/v1/export.jsonl")).text

        async with town.asking() as other:  # what a key was answered is no answer to nobody
            tag = (await client.get("/api/v1/stories")).headers["etag"]
            again = await other.get("/api/v1/stories", headers={"if-none-match": tag})
            assert again.status_code == 200


async def test_a_page_that_is_changed_and_leaves_its_box_out_stays_held(town: Town) -> None:
    article = tables.article
    async with town.database.transaction() as tx:
        changed = {"text": "비밀 계획을 고쳤다.", "read_at": None, "triaged_at": None}
        await tx.execute(sa.update(article).where(article.c.id == town.held).values(changed))

    await Read({}, Registry.load(), Readings(town.database)).read(town.held)

    async with town.database.transaction() as tx:
        read = sa.select(article.c.read_text).where(article.c.id == town.held)
        assert await tx.scalar(read) == "비밀 계획을 고쳤다."
    async with town.asking() as client:
        for number in (town.held, town.copy):
            assert (await client.get(f"/release/{number}")).status_code == 403
        for path in ("/?view=all", "/calls", "/calls.ics", f"/series/{SERIES}", "/search?q=수출",
                     "/api/v1/stories", "/api/v1/export.jsonl"):  # fmt: skip
            assert not SECRET.search((await client.get(path)).text), path


async def test_when_it_lifts_everybody_sees_all_of_it(town: Town) -> None:
    async with town.asking() as client:
        assert (await client.get(f"/release/{town.held}")).status_code == 403
        async with town.database.transaction() as tx:
            await tx.execute(sa.update(tables.article).values(embargo_until=NOW))
        page = await client.get(f"/release/{town.held}")
        assert (page.status_code, BADGE in page.text) == (200, False)
        for path in ("/?view=all", "/search?q=수출", "/calls", f"/release/{town.news}"):
            assert "비밀" in (await client.get(path)).text, path


async def test_when_it_lifts_it_is_new_to_those_it_was_hidden_from(town: Town) -> None:
    """It stands on top for them, and a page that is open tells of it; who saw it saw it come."""
    async with town.asking() as client, await town.with_key() as known:
        ids = [each["id"] for each in (await client.get("/api/v1/stories")).json()["items"]]
        seen = [each["id"] for each in (await known.get("/api/v1/stories")).json()["items"]]
        first, *_ = await Browse(town.database).page(Wish(), 9)
        async with town.database.transaction() as tx:
            lifts = sa.update(tables.article).where(tables.article.c.embargo_until.is_not(None))
            await tx.execute(lifts.values(embargo_until=NOW))

        answer = (await client.get("/api/v1/stories?limit=1")).json()
        assert [each["id"] for each in answer["items"]] == [town.held]
        rest = (await client.get(f"/api/v1/stories?cursor={answer['next']}")).json()["items"]
        assert [each["id"] for each in rest] == ids
        page = (await client.get("/?view=all")).text
        assert page.index("비밀 계획") < page.index("열린 글")
        asked = f"/new?view=all&have={','.join(map(str, ids))}&last={cursor(first.place)}"
        assert (await client.get(asked)).status_code == 200
        again = (await known.get("/api/v1/stories")).json()["items"]
        assert [each["id"] for each in again] == seen != [town.held, *ids]


async def test_a_correction_that_may_be_published_ends_it(town: Town) -> None:
    correction = {
        "source_id": "a", "key": "new", "url": "https://a.example/2", "title": "정정",
        "summary": "", "baseline": False, "facts": {"embargo": {"immediate": True}},
        "kind": "release",
    }  # fmt: skip
    article, revision = tables.article, tables.revision
    async with town.database.transaction() as tx:
        story = sa.select(article.c.story_id).where(article.c.id == town.held).scalar_subquery()
        made = sa.insert(article).values(story_id=story, **correction).returning(article.c.id)
        number = await tx.scalar(made)
        await tx.execute(
            sa.insert(revision).values(article_id=number, earlier_id=town.held, changes=[])
        )
    async with town.asking() as client:
        for each in (town.held, town.copy, number):
            assert (await client.get(f"/release/{each}")).status_code == 200
