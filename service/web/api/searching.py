"""The route that searches: the same words as in a rule, the same hits as in an alert."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from service.search import Order
from service.web.api import shapes, shaping
from service.web.api.asked import Asking
from service.web.api.backing import House
from service.web.api.gate import OPEN, Reader
from service.web.api.problems import Problem, documented

router = APIRouter(tags=["read"])


@router.get("/search", responses=documented("scope", "extra"), openapi_extra=OPEN)
async def search(
    house: House, bearer: Reader, asked: Annotated[Asking, Query()]
) -> shapes.FoundPage:
    """제목·본문·첨부에서 찾기. / Search in titles, texts and attachments."""
    if house.search is None:
        raise Problem("extra", "여기서는 찾을 수 없습니다 (no search here)")
    rule = house.means.checks().rule(asked.q)[1]
    order: Order = "newest" if asked.newest else "best"
    listed = ("search", asked.q, order)
    after = house.cursors.unpack(listed, asked.cursor, 4)
    found = await house.search.find(
        rule,
        order=order,
        cursor=".".join(map(str, after)) if after else None,
        limit=asked.limit,
        held=bearer is not None,
    )
    return shapes.FoundPage(
        items=[shaping.hit(each) for each in found.hits],
        next=found.cursor and house.cursors.pack(listed, *map(int, found.cursor.split("."))),
        total=found.total,
        exact=found.exact,
    )
