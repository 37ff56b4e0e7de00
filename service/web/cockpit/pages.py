"""The pages of the cockpit: is anything wrong, sources, queues and speeds, letters, people."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import FastAPI, Query, Request
from fastapi import Path as InPath
from fastapi.responses import RedirectResponse, Response

from service.store.audit import Role, What
from service.store.database import Database, storable
from service.web.cockpit.panel import Panel
from service.web.cockpit.shown import masked_address, masked_item, masked_name, size, span
from service.web.cockpit.verdict import KINDS, wrongs
from service.web.metrics import Watched
from service.web.shell import Shell, need
from service.web.typed import Refused, first

_SHOWN = 500
_Number = Annotated[int, InPath(ge=0, lt=1 << 63)]
_After = Annotated[int, Query(ge=0, lt=1 << 63)]
_Before = Annotated[int | None, Query(ge=0, lt=1 << 63)]


def add_cockpit(app: FastAPI, house: Shell, database: Database, watched: Watched) -> None:
    """Add ``/desk…`` to ``app``: an editor looks, an operator changes."""
    house.pages.env.filters |= {
        "span": span,
        "bytesize": size,
        "masked_name": masked_name,
        "masked_address": masked_address,
    }
    panel = Panel(database, house, watched)
    _add_overview(app, panel)
    _add_sources(app, panel)
    _add_letters(app, panel)
    _add_people(app, panel)


def _add_overview(app: FastAPI, panel: Panel) -> None:
    @app.get("/desk")
    async def desk(request: Request) -> Response:
        who = need(request, "editor")
        gauges, items = await panel.watched.readings.now(), await panel.cockpit.items()
        if who.role != "operator":
            items = [masked_item(each) for each in items]
        disk, now = panel.watched.disk(), await panel.vitals.now()
        wrong = wrongs(gauges, items, None if disk is None else disk.left, now)
        return panel.house.page(
            request, "desk", wrong=wrong, items=items, gauges=gauges, now=now, kinds=KINDS
        )

    @app.post("/desk/items/{number}/close")
    async def close(request: Request, number: _Number) -> Response:
        who = need(request, "operator")
        await panel.cockpit.close(number, await panel.reason(request), who)
        return RedirectResponse("/desk#items", 303)

    @app.get("/desk/flow")
    async def flow(request: Request) -> Response:
        need(request, "editor")
        return panel.house.page(
            request,
            "desk_flow",
            gauges=await panel.watched.readings.now(),
            speeds=await panel.cockpit.speeds(),
            disk=panel.watched.disk(),
        )


def _add_sources(app: FastAPI, panel: Panel) -> None:
    @app.get("/desk/sources")
    async def sources(request: Request) -> Response:
        need(request, "editor")
        return panel.house.page(request, "desk_sources", pulses=await panel.pulses())

    @app.get("/desk/sources/{source_id}")
    async def source(request: Request, source_id: str) -> Response:
        need(request, "editor")
        pulses = await panel.pulses()
        mine = [each for each in pulses.sources if each.health.source_id == source_id]
        if not mine:
            raise Refused(404, "desk.no_source")
        polls = await panel.cockpit.polls(source_id)
        return panel.house.page(request, "desk_source", pulse=mine[0], polls=polls, now=pulses.now)

    @app.post("/desk/sources/{source_id}/pause")
    async def pause(request: Request, source_id: str) -> Response:
        who = need(request, "operator")
        why = await panel.reason(request)
        return _changed(await panel.sources.pause(storable(source_id), why, who), source_id)

    @app.post("/desk/sources/{source_id}/resume")
    async def resume(request: Request, source_id: str) -> Response:
        who = need(request, "operator")
        await panel.house.form(request)
        return _changed(await panel.sources.pause(storable(source_id), None, who), source_id)

    @app.post("/desk/sources/{source_id}/poll")
    async def poll(request: Request, source_id: str) -> Response:
        who = need(request, "operator")
        await panel.house.form(request)
        return _changed(await panel.cockpit.poll_now(storable(source_id), who), source_id)


def _changed(done: bool, source_id: str) -> Response:
    if not done:
        raise Refused(404, "desk.no_source")
    return RedirectResponse(f"/desk/sources/{source_id}", 303)


def _add_letters(app: FastAPI, panel: Panel) -> None:
    @app.get("/desk/letters")
    async def letters(request: Request) -> Response:
        need(request, "editor")
        dead = await panel.letters.listed(_SHOWN)
        return panel.house.page(request, "desk_letters", letters=dead, shown=_SHOWN)

    @app.post("/desk/letters")
    async def settle(request: Request) -> Response:
        who = need(request, "operator")
        button, numbers = await panel.ticked(request)
        if button == "resend":
            await panel.letters.resend(numbers, who)
        elif button == "drop":
            await panel.letters.drop(numbers, who)
        return RedirectResponse("/desk/letters", 303)


def _add_people(app: FastAPI, panel: Panel) -> None:
    @app.get("/desk/subscriptions")
    async def subscriptions(request: Request, after: _After = 0) -> Response:
        need(request, "editor")
        found = await panel.cockpit.subscriptions(after)
        return panel.house.page(request, "desk_subscriptions", subscriptions=found)

    @app.get("/desk/accounts")
    async def accounts(request: Request) -> Response:
        need(request, "operator")
        return panel.house.page(
            request, "desk_accounts", accounts=await panel.accounts.listed(), roles=get_args(Role)
        )

    @app.post("/desk/accounts")
    async def change(request: Request) -> Response:
        who = need(request, "operator")
        form = await panel.house.form(request)
        address, do = (storable(first(form, each)) for each in ("address", "do"))
        if address.lower() == who.address.lower():
            raise Refused(409, "desk.own_account")  # nobody locks the door behind themselves
        role: Role | None = next((each for each in get_args(Role) if each == do), None)
        done = False
        if role is not None:
            done = await panel.accounts.promote(address, role, who)
        elif do == "close":
            done = await panel.accounts.close(address, who)
        elif do == "reopen":
            done = await panel.accounts.reopen(address, who)
        if not done:
            raise Refused(409, "desk.no_account")
        return RedirectResponse("/desk/accounts", 303)

    @app.get("/desk/audit")
    async def audit(request: Request, before: _Before = None) -> Response:
        need(request, "operator")
        done = await panel.cockpit.done(before)
        return panel.house.page(request, "desk_audit", done=done, acts=get_args(What))
