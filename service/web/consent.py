"""The pages behind the links of a message: agree, leave, see all that is kept."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from service.store.consent import Consent
from service.store.people import People
from service.web.shell import KEPT_NOWHERE, Shell, ip_of
from service.web.tokens import there
from service.web.typed import filled_in, number_in

_AGREED = "이 주소로 알림을 받겠습니다 · I want to be told at this address"


def add_consent(app: FastAPI, house: Shell, consent: Consent, people: People) -> None:
    """Add the pages to ``app``."""
    _add_confirm(app, house, consent)
    _add_end(app, house, consent)
    _add_mine(app, house, people)


def _add_confirm(app: FastAPI, house: Shell, consent: Consent) -> None:
    @app.get("/confirm/{token}")
    async def question(request: Request, token: str) -> Response:
        place = there(await consent.question(*house.numbers("confirm", token, 3)))
        return house.unkept(request, "confirm", place=place)

    @app.post("/confirm/{token}")
    async def confirm(request: Request, token: str) -> Response:
        endpoint, epoch, asked_at = house.numbers("confirm", token, 3)
        said = {"by": "link", "words": _AGREED, "ip": ip_of(request)}
        place = there(await consent.confirm(endpoint, epoch, asked_at, said))
        mine = house.signer.sign("mine", endpoint, epoch)
        return house.unkept(request, "confirm", place=place, done=True, mine=mine)


def _add_end(app: FastAPI, house: Shell, consent: Consent) -> None:
    @app.get("/end/{token}")
    @app.post("/end/{token}")
    async def end(request: Request, token: str) -> Response:
        """One click, or one POST of a mail program (RFC 8058): its body is not asked for."""
        act = consent.end if request.method == "POST" else consent.place
        endpoint, epoch = house.numbers("end", token, 2)
        place = there(await act(endpoint, epoch))
        mine = house.signer.sign("mine", endpoint, epoch)
        return house.unkept(request, "end", place=place, mine=mine)


def _add_mine(app: FastAPI, house: Shell, people: People) -> None:
    @app.get("/mine/{token}")
    async def mine(request: Request, token: str) -> Response:
        who = there(await people.behind(*house.numbers("mine", token, 2)))
        held = await people.held(who)
        return house.unkept(request, "mine", whose=who, held=held, token=token)

    @app.get("/mine/{token}/export")
    async def export(token: str) -> Response:
        who = there(await people.behind(*house.numbers("mine", token, 2)))
        saved = {"Content-Disposition": 'attachment; filename="pabal.json"'}
        return JSONResponse(await people.export(who), headers=KEPT_NOWHERE | saved)

    @app.post("/mine/{token}")
    async def change(request: Request, token: str) -> Response:
        who = there(await people.behind(*house.numbers("mine", token, 2)))
        form = await filled_in(request)
        if "erase" in form:
            erased = await people.erase(who)
            return house.unkept(request, "mine", whose=who, erased=erased)
        ended = await people.end(who) if "all" in form else 0
        for each in map(number_in, form.get("end", ())):
            if each is not None:
                ended += await people.end(who, each)
        held = await people.held(who)
        return house.unkept(request, "mine", whose=who, held=held, token=token, ended=ended)
