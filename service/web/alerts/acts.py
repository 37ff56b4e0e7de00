"""What is done to an alert by one button: silence for a while or until further notice, its end."""

from __future__ import annotations

from datetime import timedelta

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from service.errors import UserError
from service.web.alerts.room import Room
from service.web.shell import Refused

_SNOOZES = {"1d": timedelta(days=1), "3d": timedelta(days=3), "1w": timedelta(weeks=1)}


def add_acts(app: FastAPI, room: Room) -> None:
    """Add the buttons to ``app``. Each is a POST that leads back to a page."""
    _add_silence(app, room)

    @app.post("/alerts/{number}/feeds")
    async def renew(request: Request, number: str) -> Response:
        who, ident, name = await room.mine(request, number)
        await room.house.form(request)
        await room.told.address(name, renew=True)
        await room.owned.note(who, "alert.feeds", name)
        return RedirectResponse(f"/alerts/{ident}?said=renewed", 303)

    @app.post("/alerts/{number}/end")
    async def end(request: Request, number: str) -> Response:
        who, _, name = await room.mine(request, number)
        await room.house.form(request)
        await room.store.end(name)
        await room.owned.note(who, "alert.end", name)
        return RedirectResponse("/alerts?said=ended", 303)


def _add_silence(app: FastAPI, room: Room) -> None:
    @app.post("/alerts/{number}/pause")
    async def pause(request: Request, number: str) -> Response:
        who, ident, name = await room.mine(request, number)
        await room.house.form(request)
        await room.store.mute(name)
        await room.owned.note(who, "alert.pause", name)
        return RedirectResponse(f"/alerts/{ident}?said=paused", 303)

    @app.post("/alerts/{number}/resume")
    async def resume(request: Request, number: str) -> Response:
        who, ident, name = await room.mine(request, number)
        await room.house.form(request)
        await room.store.unmute(name)
        await room.store.wake(name)
        await room.owned.note(who, "alert.resume", name)
        return RedirectResponse(f"/alerts/{ident}?said=resumed", 303)

    @app.post("/alerts/{number}/snooze")
    async def snooze(request: Request, number: str) -> Response:
        who, ident, name = await room.mine(request, number)
        form = await room.house.form(request)
        until = _SNOOZES.get(form.get("until", [""])[0])
        if until is None:
            raise Refused(422, "alerts.no_snooze")
        try:
            await room.store.snooze(name, until)
        except UserError:
            raise Refused(422, "alerts.snoozed_past_end") from None
        await room.owned.note(who, "alert.snooze", name, {"days": until.days})
        return RedirectResponse(f"/alerts/{ident}?said=snoozed", 303)
