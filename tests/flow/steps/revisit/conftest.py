from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.collect import Collect
from service.revisit import Revisit
from service.store.database import Database
from service.store.revisits import Revisits
from tests.flow.steps.revisit.pages import BYTES

HOST = "https://a.example"
NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
LADDER = (timedelta(hours=1), timedelta(days=1))
AddArticle = Callable[..., Awaitable[int]]
MakeCollect = Callable[..., Collect]


@pytest.fixture
def revisit(database: Database, collect: MakeCollect) -> Revisit:
    made = collect()
    return Revisit(made.declared, made.fetcher, Revisits(database, LADDER), pace=1.0)


@pytest.fixture
def told(add_article: AddArticle, sql: asyncpg.Connection) -> AddArticle:
    """``await told()``: article ``k1`` as PAGE says it, judged an hour ago, its look due; its id.

    ``file=True``: it came with a document of BYTES.
    """

    async def told(*, file: bool = False, **values: Any) -> int:
        made = await add_article(
            **{
                "text": "마감은 5월 20일이다.",
                "publisher": "관세청",
                "published_at": NINE,
                "precision": "minute",
                "read_title": "제목 1",
                "read_text": "마감은 5월 20일이다.",
                "publishers": ["customs"],
                "kind": "release",
                **values,
            }
        )
        await sql.execute(
            "UPDATE article SET collected_at = now() - interval '1 hour', read_at = now(),"
            " triaged_at = now(), look_due = now()"
        )
        if file:
            await sql.execute(
                "INSERT INTO attachment (article_id, position, name, url, document, rank,"
                " settled_at, text, sha256)"
                " VALUES ($1, 0, '안내.hwpx', $2, 0, 0, now(), '안내문', $3)",
                made,
                f"{HOST}/file",
                hashlib.sha256(BYTES.encode()).digest(),
            )
        return made

    return told
