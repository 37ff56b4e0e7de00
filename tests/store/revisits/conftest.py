from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from service.store.database import Database
from service.store.revisits import Revisits
from tests.store.revisits.filed import HOUR, LADDER, SHA

Add = Callable[..., Awaitable[int]]


@pytest.fixture
def revisits(database: Database) -> Revisits:
    return Revisits(database, LADDER)


@pytest.fixture
def judged(add: Add) -> Add:
    """``await judged(HOUR)``: an article collected so long ago, judged, its look due; its id."""

    async def judged(ago: timedelta = HOUR, **values: Any) -> int:
        now = sa.func.now()
        fields = {"collected_at": now - ago, "triaged_at": now, "look_due": now, "kind": "release"}
        return await add("article", **{**fields, **values})

    return judged


@pytest.fixture
def file(add: Add) -> Add:
    """``await file(article, 0, "a.hwpx", (0, 0))``: a file that was read where ``text`` is set."""

    async def file(
        article_id: int,
        position: int,
        name: str,
        place: tuple[int, int] | None = None,
        text: str | None = None,
    ) -> int:
        document, rank = place or (None, None)
        done = {"settled_at": sa.func.now(), "sha256": SHA, "size": 32, "text": text, "fence": 1}
        return await add(
            "attachment",
            article_id=article_id,
            position=position,
            name=name,
            url=f"https://a.example/{name}",
            document=document,
            rank=rank,
            **(done if text is not None else {}),
        )

    return file
