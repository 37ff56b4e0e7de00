"""The list of one's alerts, the form that one is made and changed with, and what it has sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from service.errors import UserError
from service.judging import rules
from service.judging.rules import Rule
from service.owning import Owner, Saved
from service.preview import Preview
from service.store.audit import Who
from service.store.history import History
from service.store.owned import Place
from service.store.requests import Requests
from service.store.subscriptions import Subscribed
from service.wanted import Wanted
from service.web.alerts.filled import Filled, check_same, of, read, rules_of, tag, wanted
from service.web.alerts.looks import Busy, Outdated, TooBroad
from service.web.alerts.room import Room
from service.web.offered import offered
from service.web.shell import need
from service.web.typed import first, number_in

_SENT = 30  # things of a page


@dataclass(frozen=True, slots=True)
class Shown:
    """One rule as it is tried out; ``found`` None where there was no time for it."""

    text: str
    warnings: Sequence[str]
    found: Preview | None


@dataclass(frozen=True, slots=True)
class Tried:
    """Rules as they are tried out. ``wrong``: one cannot be read; ``trouble``: a phrase."""

    rules: Sequence[Shown] = ()
    wrong: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is around an alert. ``feeds``: phrases and addresses; ``said``: what was just done."""

    alert: Subscribed
    places: Sequence[Place]
    feeds: Sequence[tuple[str, str]]
    said: str


def add_editing(app: FastAPI, room: Room) -> None:
    """Add the pages to ``app``."""
    _add_list(app, room)
    _add_sent(app, room)
    _add_preview(app, room)
    _add_making(app, room)
    _add_changing(app, room)  # last: any other name would be taken for a number


def _add_list(app: FastAPI, room: Room) -> None:
    @app.get("/alerts")
    async def alerts(request: Request) -> Response:
        mine = await room.owner(need(request, "reader")).every()
        said = request.query_params.get("said", "")
        return room.house.page(request, "alerts", alerts=mine, said=said)


def _add_preview(app: FastAPI, room: Room) -> None:
    @app.post("/alerts/preview")
    async def preview(request: Request) -> Response:
        who = need(request, "reader")
        filled = read(await room.house.form(request))
        return room.house.page(request, "alert_preview", tried=await _tried(room, who, filled))


def _add_making(app: FastAPI, room: Room) -> None:
    @app.get("/alerts/new")
    async def new(request: Request) -> Response:
        who = need(request, "reader")
        filled = Filled(language=who.language, rules=request.query_params.get("rule", "")[:500])
        return _form(room, request, who, filled)

    @app.post("/alerts/new")
    async def make(request: Request) -> Response:
        who = need(request, "reader")
        form = await room.house.form(request)
        filled = read(form)
        if "look" in form:
            return _form(room, request, who, filled, tried=await _tried(room, who, filled))
        ways = offered(room.means, who)
        try:
            said = wanted(filled, who, room.means.checks(), ways, [])
            saved = await _made(room, who, first(form, "csrf"), repr(filled), said)
        except UserError as error:
            return _form(room, request, who, filled, error=str(error))
        return _saved(room, request, saved)


def _add_changing(app: FastAPI, room: Room) -> None:
    @app.get("/alerts/{number}")
    async def one(request: Request, number: str) -> Response:
        who, mine = await room.mine(request, number)
        return _form(room, request, who, of(mine), known=await _known(room, request, mine))

    @app.post("/alerts/{number}")
    async def change(request: Request, number: str) -> Response:
        who, mine = await room.mine(request, number)
        form = await room.house.form(request)
        filled = replace(read(form), name=mine.title, ops=mine.ops)
        if "look" in form:
            known, tried = await _known(room, request, mine), await _tried(room, who, filled)
            was = first(form, "was")
            return _form(room, request, who, filled, known=known, tried=tried, was=was)
        ways, places = offered(room.means, who), await room.owned.places(mine.id)
        try:
            check_same(form, mine)
            said = wanted(filled, who, room.means.checks(), ways, places)
            kept, urgent = (
                [rules.canonical(rule) for _, rule in each] for each in (said.rules, said.urgent)
            )
            saved = await room.owner(who).change(
                mine, said, rules=kept, urgent=urgent, leaving=filled.leaving
            )
        except UserError as error:
            known = await _known(room, request, mine)
            return _form(room, request, who, filled, known=known, error=str(error))
        return _saved(room, request, saved)


def _add_sent(app: FastAPI, room: Room) -> None:
    @app.get("/alerts/{number}/history")
    async def sent(request: Request, number: str) -> Response:
        _, mine = await room.mine(request, number)
        before = number_in(request.query_params.get("before", ""))
        return room.house.page(
            request,
            "alert_history",
            alert=mine,
            page=await History(room.database).page(mine.id, before, _SENT),
            dismissed=[] if before else await room.owned.dismissed(mine.id),
        )


async def _made(room: Room, who: Who, token: str, typed: str, said: Wanted) -> Saved:
    """Make an alert, once however often its form is sent: the token of each is its own."""
    if not token:
        return await room.owner(who).make(said)
    key, body = (sha256(each.encode("utf-8", "replace")).digest() for each in (token, typed))
    async with room.database.joined() as one:
        owner, requests = Owner(one, who), Requests(one)
        known = await requests.begin(who.account_id, key, body)  # waits for who is making it
        if known and known.same and known.made and (made := await owner.again(known.made)):
            return made
        saved = await owner.make(said)
        if known is None:
            await requests.done(who.account_id, key, saved.subscription.id)
    return saved


async def _tried(room: Room, who: Who, filled: Filled) -> Tried:
    """What the rules of a form would have brought."""
    try:
        written = rules_of(filled.rules, room.means.checks())
    except UserError as error:
        return Tried(wrong=str(error))
    if not written:
        return Tried()
    if room.looks is None:
        return Tried([_shown(each, None) for each in written])
    try:
        found = await room.looks.look(who.session_id, [rule for _, rule in written])
    except Outdated:
        return Tried()  # a form without a preview looks again by itself
    except (Busy, TooBroad) as error:
        trouble = "alerts.busy" if isinstance(error, Busy) else "alerts.too_broad"
        return Tried([_shown(each, None) for each in written], trouble=trouble)
    return Tried([_shown(*each) for each in zip(written, found, strict=True)])


def _shown(written: tuple[str, Rule], found: Preview | None) -> Shown:
    return Shown(written[0], rules.warnings(written[1]), found)


def _form(
    room: Room,
    request: Request,
    who: Who,
    filled: Filled,
    *,
    known: Known | None = None,
    error: str = "",
    tried: Tried | None = None,
    was: str = "",
) -> Response:
    """The form as it stands, with what is wrong with it or what it would bring.

    ``was``: what tells the alert that it was opened with, where that is not the one of now.
    """
    return room.house.page(
        request,
        "alert",
        status=422 if error else 200,
        filled=filled,
        known=known,
        was=was or (tag(known.alert) if known else ""),
        offered=offered(room.means, who),
        error=error,
        tried=tried or Tried(),
    )


async def _known(room: Room, request: Request, mine: Subscribed) -> Known:
    """What there is of an alert."""
    return Known(
        mine,
        await room.owned.places(mine.id),
        await room.feeds(request, mine),
        request.query_params.get("said", "") if request.method == "GET" else "",
    )


def _saved(room: Room, request: Request, saved: Saved) -> Response:
    """The way back; a secret that was made is shown once, and so not by another request."""
    ident = saved.subscription.id
    if saved.secret:
        return room.house.page(request, "alert_secret", ident=ident, made=saved.secret)
    standings = {taken.standing for _, taken in saved.taken}
    said = next((each for each in ("unasked", "asked") if each in standings), "saved")
    return RedirectResponse(f"/alerts/{ident}?said={said}", 303)
