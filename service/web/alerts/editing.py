"""The list of one's alerts, and the form that one is made and changed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service.errors import UserError
from service.judging import rules
from service.judging.rules import Rule
from service.preview import Preview
from service.store.audit import Who
from service.store.owned import Place
from service.store.subscriptions import Endpoint, Subscribed, Taken
from service.wanted import Wanted
from service.web.alerts.filled import Filled, name_of, of, read, rules_of, wanted
from service.web.alerts.looks import Busy, Looks, Outdated, TooBroad
from service.web.alerts.room import Room
from service.web.offered import offered
from service.web.shell import need

FLOOD = 50 * 7
"""Alerts a week from which on somebody is warned."""

_READ = ["GET", "HEAD"]
_MOST_ASKED = 10  # places of one account that were asked and have not agreed


@dataclass(frozen=True, slots=True)
class Shown:
    """One rule as it is tried out; ``found`` None where there was no time for it."""

    text: str
    warnings: Sequence[str]
    found: Preview | None

    @property
    def flood(self) -> bool:
        """Whether it is more than anybody reads."""
        rate = self.found.per_week if self.found else None
        return rate is not None and rate > FLOOD


@dataclass(frozen=True, slots=True)
class Tried:
    """Rules as they are tried out. ``wrong``: one cannot be read; ``trouble``: a phrase."""

    rules: Sequence[Shown] = ()
    wrong: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """An alert that there is. ``feeds``: phrases and addresses; ``said``: what was just done."""

    id: int
    alert: Subscribed
    places: Sequence[Place]
    feeds: Sequence[tuple[str, str]]
    said: str


def add_editing(app: FastAPI, room: Room, looks: Looks | None) -> None:
    """Add the pages to ``app``."""
    _add_list(app, room)
    _add_preview(app, room, looks)
    _add_making(app, room, looks)
    _add_changing(app, room, looks)  # last: any other name would be taken for a number


def _add_list(app: FastAPI, room: Room) -> None:
    @app.api_route("/alerts", methods=_READ, response_class=HTMLResponse)
    async def alerts(request: Request) -> Response:
        who = need(request, "reader")
        mine = await room.store.listed(account_id=who.account_id)
        said = request.query_params.get("said", "")
        return room.house.page(request, "alerts", alerts=mine, said=said)


def _add_preview(app: FastAPI, room: Room, looks: Looks | None) -> None:
    @app.post("/alerts/preview", response_class=HTMLResponse)
    async def preview(request: Request) -> Response:
        who = need(request, "reader")
        filled = read(await room.house.form(request))
        try:
            tried = await _tried(room, looks, who, filled)
        except Outdated:
            return Response(status_code=204)
        return room.house.page(request, "alert_preview", tried=tried)


def _add_making(app: FastAPI, room: Room, looks: Looks | None) -> None:
    @app.api_route("/alerts/new", methods=_READ, response_class=HTMLResponse)
    async def new(request: Request) -> Response:
        who = need(request, "reader")
        filled = Filled(language=who.language, rules=request.query_params.get("rule", "")[:500])
        return _form(room, request, who, filled)

    @app.post("/alerts/new", response_class=HTMLResponse)
    async def make(request: Request) -> Response:
        who = need(request, "reader")
        form = await room.house.form(request)
        filled = read(form)
        if "look" in form:
            tried = await _tried(room, looks, who, filled)
            return _form(room, request, who, filled, tried=tried)
        try:
            made = await _wanted(room, who, filled, [])
            name = await room.owned.reserve(who, name_of(filled))
            taken = await replace(made, name=name).save(room.store)
        except UserError as error:
            return _form(room, request, who, filled, error=str(error))
        await room.owned.note(who, "alert.make", name, _detail(made))
        each = await room.subscribed(name)
        return _saved(room, request, each.id, taken)


def _add_changing(app: FastAPI, room: Room, looks: Looks | None) -> None:
    @app.api_route("/alerts/{number}", methods=_READ, response_class=HTMLResponse)
    async def one(request: Request, number: str) -> Response:
        who, ident, name = await room.mine(request, number)
        known = await _known(room, request, ident, name)
        return _form(room, request, who, of(known.alert), known=known)

    @app.post("/alerts/{number}", response_class=HTMLResponse)
    async def change(request: Request, number: str) -> Response:
        who, ident, name = await room.mine(request, number)
        form = await room.house.form(request)
        filled = replace(read(form), name=name)
        if "look" in form:
            tried = await _tried(room, looks, who, filled)
            known = await _known(room, request, ident, name)
            return _form(room, request, who, filled, known=known, tried=tried)
        try:
            said = await _wanted(room, who, filled, await room.owned.places(ident))
            taken = await replace(said, name=name).save(room.store)
        except UserError as error:
            known = await _known(room, request, ident, name)
            return _form(room, request, who, filled, known=known, error=str(error))
        forms = [[rules.canonical(rule) for _, rule in each] for each in (said.rules, said.urgent)]
        await room.owned.keep_rules(ident, *forms)
        await room.owned.leave(ident, filled.leaving)
        await room.owned.note(who, "alert.change", name, _detail(said))
        return _saved(room, request, ident, taken)


async def _wanted(room: Room, who: Who, filled: Filled, places: Sequence[Place]) -> Wanted:
    """What is asked for. Raises UserError, also where too many strangers would be asked."""
    ways = offered(room.means, who)
    made = wanted(filled, who, room.means.checks(), ways, places)
    asked = sum(not each.agreed for each in made.endpoints)
    if asked and await room.owned.pending(who) + asked > _MOST_ASKED:
        raise UserError(
            "아직 답하지 않은 곳이 많습니다. 답을 기다려 주세요 "
            "(many places have not answered yet: wait for them)"
        )
    return made


async def _tried(room: Room, looks: Looks | None, who: Who, filled: Filled) -> Tried:
    """What the rules of a form would have brought. Raises Outdated."""
    try:
        written = rules_of(filled.rules, room.means.checks())
    except UserError as error:
        return Tried(wrong=str(error))
    if not written:
        return Tried()
    if looks is None:
        return Tried([_shown(each, None) for each in written])
    try:
        found = await looks.look(who.session_id, [rule for _, rule in written])
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
) -> Response:
    """The form as it stands, with what is wrong with it or what it would bring."""
    return room.house.page(
        request,
        "alert",
        status=422 if error else 200,
        filled=filled,
        known=known,
        offered=offered(room.means, who),
        error=error,
        tried=tried or Tried(),
    )


async def _known(room: Room, request: Request, ident: int, name: str) -> Known:
    """What there is of an alert."""
    return Known(
        ident,
        await room.subscribed(name),
        await room.owned.places(ident),
        await room.feeds(request, name),
        request.query_params.get("said", "") if request.method == "GET" else "",
    )


def _saved(
    room: Room, request: Request, ident: int, taken: Sequence[tuple[Endpoint, Taken]]
) -> Response:
    """The way back; a secret that was made is shown once, and so not by another request."""
    made = [each for each, stands in taken if each.made and each.secret == stands.secret]
    if not made:
        asked = any(stands.standing == "asked" for _, stands in taken)
        late = any(stands.standing == "unasked" for _, stands in taken)
        said = "unasked" if late else "asked" if asked else "saved"
        return RedirectResponse(f"/alerts/{ident}?said={said}", 303)
    return room.house.page(request, "alert_secret", ident=ident, made=made)


def _detail(made: Wanted) -> dict[str, object]:
    """What is taken down of a change: no secret, and no address of anybody."""
    return {
        "rules": [text for text, _ in made.rules],
        "channels": [each.channel for each in made.endpoints],
        "cadence": made.cadence,
    }
