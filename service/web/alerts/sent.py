"""What an alert has sent and why, and what of it was not wanted."""

from __future__ import annotations

import re

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from service.store.database import Database
from service.store.history import History
from service.web.alerts.room import Room

_MOST = 30
_NUMBER = re.compile(r"[0-9]{1,18}")


def add_sent(app: FastAPI, room: Room, database: Database) -> None:
    """Add the page to ``app``."""
    history = History(database)

    @app.api_route("/alerts/{number}/history", methods=["GET", "HEAD"], response_class=HTMLResponse)
    async def sent(request: Request, number: str) -> Response:
        _, ident, name = await room.mine(request, number)
        asked = request.query_params.get("before", "")
        before = int(asked) if _NUMBER.fullmatch(asked) else None
        return room.house.page(
            request,
            "alert_history",
            ident=ident,
            name=name,
            page=await history.page(ident, before, _MOST),
            dismissed=[] if before else await room.owned.dismissed(ident),
        )
