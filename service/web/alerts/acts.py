"""What is done to an alert by one button: silence for a while or until further notice, its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from service.errors import UserError
from service.owning import Owner
from service.store.subscriptions import Subscribed
from service.web.alerts.room import Room
from service.web.typed import Refused, first

_SNOOZES = {"1d": timedelta(days=1), "3d": timedelta(days=3), "1w": timedelta(weeks=1)}


def add_acts(app: FastAPI, room: Room) -> None:
    """Add the buttons to ``app``. Each is a POST that leads back to a page."""
    _add_button(app, room, "pause", Owner.pause, "/alerts/{}?said=paused")
    _add_button(app, room, "resume", Owner.resume, "/alerts/{}?said=resumed")
    _add_button(app, room, "feeds", Owner.renew_feeds, "/alerts/{}?said=renewed")
    _add_button(app, room, "end", Owner.end, "/alerts?said=ended")

    @app.post("/alerts/{number}/snooze")
    async def snooze(request: Request, number: str) -> Response:
        who, mine = await room.mine(request, number)
        span = _SNOOZES.get(first(await room.house.form(request), "until"))
        if span is None:
            raise Refused(422, "alerts.no_snooze")
        try:
            await room.owner(who).snooze(mine, span)
        except UserError:
            raise Refused(422, "alerts.snoozed_past_end") from None
        return RedirectResponse(f"/alerts/{mine.id}?said=snoozed", 303)


def _add_button(
    app: FastAPI,
    room: Room,
    name: str,
    act: Callable[[Owner, Subscribed], Awaitable[None]],
    back: str,
) -> None:
    @app.post(f"/alerts/{{number}}/{name}")
    async def pressed(request: Request, number: str) -> Response:
        who, mine = await room.mine(request, number)
        await room.house.form(request)
        await act(room.owner(who), mine)
        return RedirectResponse(back.format(mine.id), 303)
