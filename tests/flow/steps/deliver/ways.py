"""Channels that answer as they are told, and what came of the messages."""

from __future__ import annotations

import asyncio

import asyncpg

from notifier.model import Alert, File, Hit, Message, Receipt

ALERT = Alert(
    subscription="무역",
    title="수출 상담회",
    url="https://a.example/1",
    publisher="관세청",
    source="a",
    published_at="2026-11-20T09:00:00+09:00",
    published_precision="minute",
    summary="요약",
    hits=(Hit("수출", "수출 상담", ((0, 2),)),),
    topics=("수출·해외진출",),
    contacts=("수출과 사무관 나한솔 044-000-0000",),
    files=(File("안내.hwpx", "https://a.example/f"),),
    extract="수출 상담회를 연다.",
)
AT_ONCE = 10


class Way:
    """A channel that does with each address what it is told: hangs, fails, or takes it over."""

    def __init__(self) -> None:
        self.fails: dict[str, Exception] = {}
        self.hangs: dict[str, asyncio.Event] = {}
        self.begun: list[Message] = []
        self.taken: list[str] = []
        self.under_way = self.most = 0
        self.expected = 0
        self.all_taken = asyncio.Event()
        self.hanging = asyncio.Event()

    async def send(self, message: Message) -> Receipt:
        self.begun.append(message)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self._carry(message.address)
        finally:
            self.under_way -= 1
        self.taken.append(message.address)
        if len(self.taken) == self.expected:
            self.all_taken.set()
        return Receipt("204")

    async def _carry(self, address: str) -> None:
        await asyncio.sleep(0)
        if address in self.fails:
            raise self.fails[address]
        if address in self.hangs:
            self.hanging.set()
            await self.hangs[address].wait()

    async def aclose(self) -> None: ...

    def check_address(self, address: str) -> None: ...


async def outcomes(sql: asyncpg.Connection) -> dict[str, str | None]:
    rows = await sql.fetch(
        "SELECT address, outcome FROM delivery JOIN endpoint ON endpoint.id = endpoint_id"
    )
    return {row["address"]: row["outcome"] for row in rows}
