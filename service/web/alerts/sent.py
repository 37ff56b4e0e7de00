"""What an alert has sent and why, and what of it was not wanted."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response

from service.store.history import History
from service.web.alerts.room import Room
from service.web.typed import number_in

_MOST = 30


def add_sent(app: FastAPI, room: Room) -> None:
    """Add the page to ``app``."""

    @app.get("/alerts/{number}/history")
    async def sent(request: Request, number: str) -> Response:
        _, mine = await room.mine(request, number)
        before = number_in(request.query_params.get("before", ""))
        return room.house.page(
            request,
            "alert_history",
            alert=mine,
            page=await History(room.database).page(mine.id, before, _MOST),
            dismissed=[] if before else await room.owned.dismissed(mine.id),
        )
