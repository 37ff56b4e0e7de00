"""A town to look at: the replica's sites, a relay, a receiver, and the ordinary service on a page.

Its loop runs in a thread of its own, since a browser is driven from the main one.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import asyncpg

from service.demo import invent
from service.demo.mailbox import Mailbox, open_mailbox
from service.demo.process import ServiceProcess, free_port
from service.demo.server import HOST, Replica
from service.demo.world import Release
from service.store.evidence import Evidence
from service.store.migrate import migrate
from service.store.server import plain
from service.web.serve import serving
from tests.partition import reckoning
from tests.replica import Moody, Restless
from tests.soak.faults import Weather

SEOUL = ZoneInfo("Asia/Seoul")
BROKEN = "mofa_rss"
_BROKEN_HOST = "www.mofa.go.kr"
_PATIENCE = 90.0
_WHOLE = range(157_900_004, 157_999_999, 40)  # numbers whose files the replica gives whole
_PACE = "300"
OFFICER = "044-000-1234"

T = TypeVar("T")


@dataclass(slots=True)
class Town:
    """``page`` is where the service's pages are."""

    page: str
    url: str
    world: Restless
    sink: Moody
    receiver: str
    secret: str
    mailbox: Mailbox
    environment: dict[str, str]
    sql: asyncpg.Connection
    loop: asyncio.AbstractEventLoop
    numbers: Iterator[int]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the town's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_PATIENCE * 2)

    def ask(self, query: str, *values: object) -> Any:
        """The first value that a query brings."""
        return self.run(self.sql.fetchval(query, *values))

    def until(self, query: str, *values: object) -> Any:
        """Wait until a query brings something true; what it brought."""
        end = time.monotonic() + _PATIENCE
        while not (found := self.ask(query, *values)):
            assert time.monotonic() < end, f"it never came to that: {query} {values}"
            time.sleep(0.2)
        return found

    def publish(self, release: Release) -> int:
        """Put a release up, wait until it is judged; the number of its page."""
        self.loop.call_soon_threadsafe(self.world.publish, release, time.time())
        query = "SELECT id FROM article WHERE key LIKE $1 AND triaged_at IS NOT NULL"
        return int(self.until(query, f"%{release.id % 10**8}"))

    def mail_to(self, address: str, subject: str) -> EmailMessage:
        """Wait for a mail whose subject holds a word."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            for each in reversed(list(self.mailbox.mails)):
                mail = BytesParser(policy=policy.default).parsebytes(each)
                if address in str(mail["to"]) and subject in str(mail["subject"]):
                    return mail
            time.sleep(0.2)
        raise AssertionError(f"no mail about {subject!r} came to {address}")

    def pabal(self, *arguments: str) -> str:
        """What a command says to an operator at the terminal."""
        command = [sys.executable, "-m", "service", *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def release(self, title: str, *lines: str, **more: Any) -> Release:
        """A release of now."""
        now = datetime.now(SEOUL).replace(microsecond=0)
        text = "\n".join(lines)
        return Release(
            next(self.numbers), more.pop("ministry", "산업통상부"), title, text, now, **more
        )


def link_in(mail: EmailMessage, part: str) -> str:
    """The path of the first link in a mail that holds ``part``."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"https?://\S*{re.escape(part)}[^\s>)\]]*", str(body.get_content()))
    assert found is not None, body.get_content()
    return urlsplit(found[0]).path


@contextmanager
def town(url: str, home: Path) -> Iterator[Town]:
    """A town on the database at ``url``, settled, with a history behind it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="town")
    thread.start()
    made = _town(url, home)
    try:
        yield asyncio.run_coroutine_threadsafe(made.__aenter__(), loop).result(_PATIENCE * 4)
    finally:
        asyncio.run_coroutine_threadsafe(made.__aexit__(None, None, None), loop).result(_PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@asynccontextmanager
async def _town(url: str, home: Path) -> AsyncIterator[Town]:
    world = Restless()
    sink, secret = reckoning.sink()
    start = datetime.now(SEOUL) - timedelta(days=3)
    for old in invent.releases(99, 80, start, hours=48):
        world.publish(old, time.time())
    weather = Weather(Replica(world, sink))
    await migrate(url)
    async with AsyncExitStack() as stack:
        replica = await stack.enter_async_context(serving(weather, HOST, 0))
        mailbox = await stack.enter_async_context(open_mailbox())
        page = f"http://127.0.0.1:{free_port()}"
        environment = _environment(url, home, replica, page, mailbox.address)
        service = ServiceProcess(environment, home / "service.log")
        await service.start()
        stack.push_async_callback(service.stop)
        sql = await asyncpg.connect(plain(url))
        stack.push_async_callback(sql.close)
        database = await stack.enter_async_context(reckoning.opened(url))
        await reckoning.until(Evidence(database).baselined, service.check)
        built = Town(
            page, url, world, sink, f"{replica}/sink/reader", secret, mailbox, environment, sql,
            asyncio.get_running_loop(), iter(_WHOLE),
        )  # fmt: skip
        weather.ills[_BROKEN_HOST] = "redesign"
        await _fill(built, service.check)
        yield built


def _environment(url: str, home: Path, replica: str, page: str, relay: str) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PABAL_")} | {
        "PABAL_DATA": str(home),
        "PABAL_DATABASE_URL": url,
        "PABAL_REPLICA_URL": replica,
        "PABAL_SOURCES": reckoning.SOURCES,
        "PABAL_PACE": _PACE,
        "PABAL_LOOK_AGAIN": "1h",
        "PABAL_PRIVATE_ADDRESSES": "true",
        "PABAL_PORT": page.rpartition(":")[2],
        "PABAL_URL": page,
        "PABAL_MAIL_SERVER": relay,
        "PABAL_MAIL_FROM": "파발 <alerts@pabal.example>",
        "PABAL_LOG": "json",
    }


EMBARGOED = "첨단 로봇 실증단지 세 곳을 새로 연다"
VOUCHER = "수출바우처 3차 참여기업을 모집합니다"
_TEXT = (
    "산업통상부(장관 김가온)는 로봇 기업이 함께 쓰는 실증단지 세 곳을 새로 연다고 밝혔다.",
    "단지마다 시험장과 교육장을 갖추고 내년까지 120억 원을 들여 장비 45종을 들여놓는다.",
    "김 장관은 “현장에서 바로 써 보고 고칠 수 있는 곳이 되도록 돕겠다”고 말했다.",
    f"담당 부서 로봇산업과 책임자 과장 이보람 ({OFFICER})",
)  # fmt: skip


async def _fill(town: Town, check: Callable[[], None]) -> None:
    """What the journeys meet: an embargo with news of it and a correction, a call, the ordinary."""
    now = datetime.now(SEOUL).replace(microsecond=0)
    for each in invent.releases(42, 60, now - timedelta(hours=3), hours=3):
        town.world.publish(each, time.time())
    embargo = (now + timedelta(days=2)).replace(hour=6, minute=0, second=0)
    robot = town.release(EMBARGOED, *_TEXT, files=("로봇 실증단지.hwpx",), embargo=embargo)
    town.world.publish(robot, time.time())
    ends = now + timedelta(days=20)
    call = town.release(
        VOUCHER,
        "산업통상부는 중소기업을 돕는 수출바우처 3차 참여기업을 모집한다고 밝혔다.",
        f"신청 기간은 {now:%Y년 %m월 %d일}부터 {ends:%Y년 %m월 %d일} 18시까지이다.",
        "전시회 참가, 해외 인증, 번역과 통관에 드는 비용을 기업마다 5천만 원까지 지원한다.",
        "담당 부서 수출지원과 책임자 과장 최다온 (044-000-5678)",
        files=("공고문.hwpx",),
    )
    town.world.publish(call, time.time())
    await _judged(town, [robot, call], check)
    news = replace(
        town.release(
            f"산업부 “{EMBARGOED}”", *_TEXT[:3], ministry="이투데이", sites=frozenset({"etoday"})
        ),
        published=now,
    )
    town.world.publish(news, time.time())
    amended = tuple(each.replace("120억", "210억").replace("45종", "54종") for each in _TEXT)
    town.world.amend(replace(robot, text="\n".join(amended)))
    await _judged(town, [news], check)
    await _rows(town, "SELECT count(*) > 0 FROM revision", check)
    await _rows(town, "SELECT count(*) > 0 FROM ops_item WHERE kind = 'source-broken'", check)


async def _judged(town: Town, releases: Sequence[Release], check: Callable[[], None]) -> None:
    keys = [f"%{each.id % 10**8}" for each in releases]
    query = (
        "SELECT count(*) >= $2 FROM article WHERE key LIKE ANY ($1::text[]) "
        "AND triaged_at IS NOT NULL"
    )
    await _rows(town, query, check, keys, len(keys))


async def _rows(town: Town, query: str, check: Callable[[], None], *values: object) -> None:
    async def there() -> bool:
        return bool(await town.sql.fetchval(query, *values))

    await reckoning.until(there, check)
    assert await there(), query
