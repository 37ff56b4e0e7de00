"""The pages behind the links of a message: agree, leave, see all that is kept, say no to a thing.

A link's token is all that they ask for: no login, no cookie, no script, no redirect. Reading a page
changes nothing, since mail scanners follow links; what changes something is a POST. Whoever guesses
learns nothing: each token that does not count is answered alike.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.templating import Jinja2Templates

from service.links import Purpose, Signer
from service.store.consent import Consent
from service.store.people import People
from service.web.shell import filled_in, ip_of

_READ = ["GET", "HEAD"]
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}
_AGREED = "이 주소로 알림을 받겠습니다 · I want to be told at this address"
_NUMBER = re.compile("[0-9]{1,18}")
_GUESSES, _WHILE = 30, 600.0  # tokens that do not count from one address, in so many seconds
_KNOWN = 10_000  # addresses remembered


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages of this room share: how tokens are read and answers are made."""

    pages: Jinja2Templates
    signer: Signer
    _wrong: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)

    def numbers(self, purpose: Purpose, token: str, count: int) -> Sequence[int]:
        """What a token says; of a forged one numbers that nothing has, looked for all the same."""
        found = self.signer.read(purpose, token)
        return found if found is not None and len(found) == count else (0,) * count

    def page(self, request: Request, name: str, **context: object) -> Response:
        """One page of this room."""
        return self.pages.TemplateResponse(request, f"{name}.html", context, headers=_HEADERS)

    def unknown(self, request: Request) -> Response:
        """The answer to each token that does not count, or no longer."""
        ip, now = ip_of(request), time.monotonic()
        began, count = self._wrong.pop(ip, (now, 0))
        if now - began > _WHILE:
            began, count = now, 0
        self._wrong[ip] = began, count + 1
        if len(self._wrong) > _KNOWN:
            self._wrong.popitem(last=False)
        status = 404 if count < _GUESSES else 429
        return self.pages.TemplateResponse(
            request, "void.html", status_code=status, headers=_HEADERS
        )


def add_consent(app: FastAPI, desk: Desk, consent: Consent, people: People) -> None:
    """Add the pages to ``app``."""
    _add_confirm(app, desk, consent)
    _add_end(app, desk, consent)
    _add_mine(app, desk, people)


def _add_confirm(app: FastAPI, desk: Desk, consent: Consent) -> None:
    @app.api_route("/confirm/{token}", methods=_READ, response_class=HTMLResponse)
    async def question(request: Request, token: str) -> Response:
        endpoint, epoch, asked_at = desk.numbers("confirm", token, 3)
        place = await consent.question(endpoint, epoch, asked_at)
        if place is None:
            return desk.unknown(request)
        return desk.page(request, "confirm", place=place)

    @app.post("/confirm/{token}", response_class=HTMLResponse)
    async def confirm(request: Request, token: str) -> Response:
        endpoint, epoch, asked_at = desk.numbers("confirm", token, 3)
        said = {"by": "link", "words": _AGREED, "ip": ip_of(request)}
        place = await consent.confirm(endpoint, epoch, asked_at, said)
        if place is None:
            return desk.unknown(request)
        mine = desk.signer.sign("mine", endpoint, epoch)
        return desk.page(request, "confirm", place=place, done=True, mine=mine)


def _add_end(app: FastAPI, desk: Desk, consent: Consent) -> None:
    @app.api_route("/end/{token}", methods=_READ, response_class=HTMLResponse)
    async def ending(request: Request, token: str) -> Response:
        endpoint, epoch = desk.numbers("end", token, 2)
        place = await consent.place(endpoint, epoch)
        if place is None:
            return desk.unknown(request)
        mine = desk.signer.sign("mine", endpoint, epoch)
        return desk.page(request, "end", place=place, mine=mine)

    @app.post("/end/{token}", response_class=HTMLResponse)
    async def end(request: Request, token: str) -> Response:
        """One click, or one POST of a mail program (RFC 8058): its body is not asked for."""
        endpoint, epoch = desk.numbers("end", token, 2)
        place = await consent.end(endpoint, epoch)
        if place is None:
            return desk.unknown(request)
        mine = desk.signer.sign("mine", endpoint, epoch)
        return desk.page(request, "end", place=place, mine=mine)


def _add_mine(app: FastAPI, desk: Desk, people: People) -> None:
    @app.api_route("/mine/{token}", methods=_READ, response_class=HTMLResponse)
    async def mine(request: Request, token: str) -> Response:
        who = await people.behind(*desk.numbers("mine", token, 2))
        if who is None:
            return desk.unknown(request)
        held = await people.held(who)
        return desk.page(request, "mine", who=who, held=held, token=token)

    @app.api_route("/mine/{token}/export", methods=_READ)
    async def export(request: Request, token: str) -> Response:
        who = await people.behind(*desk.numbers("mine", token, 2))
        if who is None:
            return desk.unknown(request)
        saved = {"Content-Disposition": 'attachment; filename="pabal.json"'}
        return JSONResponse(await people.export(who), headers=_HEADERS | saved)

    @app.post("/mine/{token}", response_class=HTMLResponse)
    async def change(request: Request, token: str) -> Response:
        who = await people.behind(*desk.numbers("mine", token, 2))
        if who is None:
            return desk.unknown(request)
        form = await filled_in(request)
        if "erase" in form:
            erased = await people.erase(who)
            return desk.page(request, "mine", who=who, erased=erased)
        ended = await people.end(who) if "all" in form else 0
        for each in form.get("end", ()):
            if _NUMBER.fullmatch(each):
                ended += await people.end(who, int(each))
        held = await people.held(who)
        return desk.page(request, "mine", who=who, held=held, token=token, ended=ended)
