"""Routes that give all of it: streamed, a batch in memory at a time, never without a key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from service.errors import UserError
from service.export import Form, written
from service.store.cockpit import Cockpit
from service.store.keys import Bearer
from service.store.overview import Overview
from service.store.past import Past
from service.web.api.asked import Filters
from service.web.api.backing import House
from service.web.api.gate import Exporter, Operator
from service.web.api.problems import Problem, documented
from service.web.api.shapes import Health, Item
from service.web.stream import Streamed

_MEDIA: Mapping[Form, str] = {
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
}
_AT_ONCE = 2
"""Exports that one process writes at a time, one of an account: who reads slowly holds no two."""

router = APIRouter(tags=["export"])
operate = APIRouter(tags=["operate"])

_Asked = Annotated[Filters, Query()]


def _file(form: Form) -> dict[int | str, dict[str, object]]:
    shown = documented("scope", "extra")
    media = _MEDIA[form].split(";")[0]
    schema = {"type": "string", "format": "binary"} if form == "parquet" else {"type": "string"}
    return {**shown, 200: {"description": "file", "content": {media: {"schema": schema}}}}


@router.get("/export.jsonl", responses=_file("jsonl"), response_class=Response)
async def jsonl(request: Request, house: House, bearer: Exporter, asked: _Asked) -> Response:
    """모든 글, 한 줄에 하나. / Every article that is wanted, a line each."""
    return await _export(request, house, bearer, asked, "jsonl")


@router.get("/export.csv", responses=_file("csv"), response_class=Response)
async def as_csv(request: Request, house: House, bearer: Exporter, asked: _Asked) -> Response:
    """모든 글, 표로. / As a table for spreadsheets; no cell is taken for a formula."""
    return await _export(request, house, bearer, asked, "csv")


@router.get("/export.parquet", responses=_file("parquet"), response_class=Response)
async def as_parquet(request: Request, house: House, bearer: Exporter, asked: _Asked) -> Response:
    """모든 글, Parquet로. / As Parquet, where the service has pyarrow."""
    return await _export(request, house, bearer, asked, "parquet")


@operate.get("/operations", responses=documented("scope"))
async def operations(house: House, _: Operator) -> Health:
    """대기열과 살펴볼 것. / How many rows stand where, and what a person has to look at."""
    items = await Cockpit(house.database).items()
    return Health(
        counts=dict(await Overview(house.database).counts()),
        items=[Item.of(each) for each in items if each.closed_at is None],
    )


async def _export(
    request: Request, house: House, bearer: Bearer, asked: Filters, form: Form
) -> Response:
    batches = Past(house.database).exported(asked.wish(house.means.values.registry))
    try:
        pieces = written(form, batches)
    except UserError as error:
        raise Problem("extra", str(error)) from error
    headers = {
        "Content-Disposition": f'attachment; filename="pabal.{form}"',
        "Cache-Control": "private, no-store",
        "X-Accel-Buffering": "no",
    }
    if getattr(request.state, "is_head", False):
        return Response(media_type=_MEDIA[form], headers=headers)
    under_way: set[int] = request.app.state.exporting
    if len(under_way) >= _AT_ONCE or bearer.account_id in under_way:
        why = "다른 내보내기가 끝나야 합니다 (other exports are under way)"
        raise Problem("limit", why, {"Retry-After": "30"})
    under_way.add(bearer.account_id)
    done = partial(under_way.discard, bearer.account_id)
    return Streamed(pieces, _MEDIA[form], headers, done)
