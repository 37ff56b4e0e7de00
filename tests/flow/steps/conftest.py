"""A step alone: the real store on one side, on the other a fake of a few lines."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from scrapers import registry as declared_sources
from scrapers.errors import LayoutError, ScrapeError
from scrapers.fetch import Fetcher
from scrapers.model import (
    NOBODY_ASKS,
    Answer,
    Asking,
    Detail,
    File,
    Freshness,
    Kind,
    Listing,
    Moment,
    Page,
    Part,
    Post,
    Request,
    Source,
)
from service.analyser import Analyser
from service.collect import Collect
from service.judging.morphemes import Morphs
from service.judging.rules import canonical, parse
from service.judging.topics import Topics
from service.read import Read
from service.reading.publishers import Registry
from service.store.articles import Articles
from service.store.database import Database
from service.store.readings import Readings
from service.store.sources import Sources
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.verdicts import Verdicts
from service.triage import Triage

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
HOST = "https://a.example"
LONG = "서울에서 열리는 행사 안내 " * 20
TEXT = f"{LONG}수출 상담 창구를 연다. 관세 환급도 돕는다. {LONG}".strip()

Serve = Callable[..., None]
Asked = Callable[[], list[tuple[str, Freshness | None, float]]]
MakeCollect = Callable[..., Collect]
AddArticle = Callable[..., Awaitable[int]]
Subscribe = Callable[..., Awaitable[None]]
Go = Callable[..., Awaitable[int]]


@pytest.fixture
def add_article(sql: asyncpg.Connection) -> AddArticle:
    """``await add_article(title=...)``: an article of source ``a`` that waits for its page."""
    numbers = itertools.count(1)

    async def add_article(**values: Any) -> int:
        n = next(numbers)
        fields = {
            "source_id": "a",
            "key": f"k{n}",
            "url": f"{HOST}/k{n}",
            "title": f"제목 {n}",
            "summary": f"요약 {n}",
            "baseline": False,
            **values,
        }
        await sql.execute(
            "INSERT INTO source (id) VALUES ($1) ON CONFLICT DO NOTHING", fields["source_id"]
        )
        places = ", ".join(f"${place}" for place in range(1, len(fields) + 1))
        made = await sql.fetchval(
            f"INSERT INTO article ({', '.join(fields)}) VALUES ({places}) RETURNING id",
            *fields.values(),
        )
        return int(made)

    return add_article


@dataclass
class Board:
    """A declared source of one line a post: ``key``, ``key pinned``; a last ``more`` leads on.

    ``key 3`` is dated three days ago.

    A last ``cut`` says that more was to come, and ``nothing`` that there is none of late.

    A post's page is ``name: value`` a line; ``body`` names the first page of a text kept elsewhere.
    """

    publisher: str | None = None
    kind: Kind = "release"
    every: float = 60.0
    pause: float = 2.5
    max_pages: int = 3
    off: str | None = None
    route_of: str | None = None
    checks: bool = False
    searches: bool = False
    needs: tuple[str, ...] = ()
    whole: bool = False
    parts: int = 1
    folder: str = "list"

    def first(self, asking: Asking = NOBODY_ASKS) -> Request:
        return Request(f"{HOST}/{self.folder}/{1 + asking.turn % self.parts}")

    def read_list(self, page: Page) -> Listing:
        lines = page.body.decode().split("\n")
        if lines == [""]:
            raise LayoutError(page.url, "no rows")
        more = None
        if lines == ["nothing"]:
            return Listing(())
        if lines[-1] == "cut":
            return Listing(tuple(self._post(line) for line in lines[:-1]), None, "cut-off")
        if lines[-1] == "more":
            lines.pop()
            more = Request(f"{page.url[:-1]}{int(page.url[-1]) + 1}")
        return Listing(tuple(self._post(line) for line in lines), more)

    def _post(self, line: str) -> Post:
        key, *marks = line.split(" ")
        words = key.replace("#", "\0").replace("~", "\ud800")  # what bytes could not carry here
        return Post(
            key=key,
            url=f"{HOST}/{key}",
            title=f"제목 {words}",
            published=next((_days_ago(int(mark)) for mark in marks if mark.isdecimal()), None),
            publisher=words if "#" in key else None,
            summary=f"요약 {words}",
            pinned="pinned" in marks,
        )

    def open(self, post: Post) -> Request | None:
        return None if self.whole else Request(post.url)

    def read_post(self, page: Page) -> Detail:
        said = dict(line.split(": ", 1) for line in page.body.decode().split("\n") if line)
        detail = Detail(said.get("text", ""), title=said.get("title"))
        if "file" in said:
            file = File(said["file"], f"{HOST}/file")
            detail = replace(detail, files=(file,), published=Moment(NINE, "minute"))
        if "day" in said:
            day = datetime.fromisoformat(said["day"]).replace(tzinfo=NINE.tzinfo)
            detail = replace(detail, published=Moment(day, "day"))
        if "publisher" in said:
            detail = replace(detail, publisher=said["publisher"])
        if "body" in said:
            detail = replace(detail, body=Request(said["body"]))
        return detail

    def read_part(self, page: Page) -> Part:
        return Part(page.body.decode(), Request(f"{page.url[:-1]}{int(page.url[-1]) + 1}"))


def _days_ago(days: int) -> Moment:
    midnight = datetime.now(NINE.tzinfo).replace(hour=0, minute=0, second=0, microsecond=0)
    return Moment(midnight - timedelta(days=days), "day")


@dataclass
class Site:
    """Answers in place of the publishers, by path; the last answer stays."""

    answers: dict[str, list[str | Answer | ScrapeError]] = field(default_factory=dict)
    asked: list[tuple[str, Freshness | None, float]] = field(default_factory=list)

    async def get(
        self,
        request: Request,
        *,
        freshness: Freshness | None = None,
        pause: float = 0.0,
        urgent: bool = False,  # noqa: ARG002 - its order is the wire's matter
        size: int | None = None,  # noqa: ARG002 - likewise
    ) -> Answer:
        path = request.url.removeprefix(HOST)
        self.asked.append((path, freshness, pause))
        queue = self.answers[path]
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(answer, ScrapeError):
            raise answer
        if isinstance(answer, Answer):
            return answer
        return Answer(Page(request.url, request.url, 200, {}, answer.encode(), NINE))


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def serve(site: Site) -> Serve:
    """``serve("/k1", "text: ...", error)``: what a path answers, one after the other."""

    def serve(path: str, *answers: str | Answer | ScrapeError) -> None:
        site.answers[path] = list(answers)

    return serve


@pytest.fixture
def asked(site: Site) -> Asked:
    """``asked()``: (path, freshness, pause) of every request since it was last called."""

    def asked() -> list[tuple[str, Freshness | None, float]]:
        requests, site.asked = site.asked, []
        return requests

    return asked


@pytest.fixture
def collect(database: Database, site: Site) -> MakeCollect:
    """``collect(max_pages=2)``: the step with the one source ``a``."""

    def collect(*, pace: float = 1.0, **changes: Any) -> Collect:
        source = cast("Source", Board(**changes))
        fetcher = cast("Fetcher", site)
        return Collect({"a": source}, fetcher, Sources(database), Articles(database), pace)

    return collect


class Unasked:
    """These texts are told apart by their blanks: no morphology is needed."""

    async def analyse(self, windows: Collection[str]) -> dict[str, Morphs]:
        assert not windows
        return {}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture
def read(database: Database, registry: Registry) -> Read:
    return Read(declared_sources.sources(), registry, Readings(database))


@pytest.fixture(scope="session")
def topics() -> Topics:
    """What articles are about: they take long to load, and know nothing of any."""
    return Topics.load()


@pytest.fixture
def triage(database: Database, registry: Registry, topics: Topics) -> Triage:
    declared = declared_sources.sources()
    asked = cast("Analyser", Unasked())
    return Triage(declared, Verdicts(database, ahead=1), asked, registry, topics)


@pytest.fixture
def subscribe(database: Database) -> Subscribe:
    """``await subscribe("무역", "수출", "관세")``: a subscription with these rules."""

    async def subscribe(name: str, *typed: str) -> None:
        rules = [(each, canonical(parse(each))) for each in typed]
        to = Endpoint("console", f"{name} 자리", agreed=True)
        await Subscriptions(database).subscribe(name, rules, to)

    return subscribe


@pytest.fixture
def go(add_article: AddArticle, read: Read, triage: Triage, sql: asyncpg.Connection) -> Go:
    """``await go(text=...)``: an article that goes through both steps; its id."""

    async def go(**values: Any) -> int:
        made = await add_article(**{"text": TEXT, "collected_at": NINE, **values})
        await read.read(made)
        await triage.judge(made)
        assert await sql.fetchval("SELECT triaged_at IS NOT NULL FROM article WHERE id = $1", made)
        return made

    return go
