"""Signing in, and one's own account: its browsers, the language of its mails, the way out.

No password: an address is asked for, a link is mailed to it, a button on its page counts once.
Whoever asks learns nothing about an address. Reading the page behind a link changes nothing, since
mail scanners follow links.
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from notifier.errors import BadAddress
from notifier.labels import letters_in
from notifier.mail.addresses import recipient
from service.store.accounts import Accounts
from service.store.database import Database
from service.store.sign_ins import SignIns
from service.web.phrases import FIRST
from service.web.shell import COOKIE, KEPT_NOWHERE, Shell, ip_of, language_of, need, who_of
from service.web.typed import first, number_in

_LONGEST = 320  # characters of an address
_INSIDE = re.compile(r"/(?![/\\])[\x21-\x7e]{0,300}")
_NEXT = f"{COOKIE}_next"
_WHILE = 1800  # seconds
_KEPT = 400 * 86_400  # seconds; browsers keep no cookie longer
_HOME = "/alerts"


def add_account(app: FastAPI, house: Shell, database: Database, *, mails: bool) -> None:
    """Add the pages to ``app``. ``mails``: whether links can be sent, which needs a server."""
    accounts = Accounts(database)
    _add_asking(app, house, SignIns(database) if mails and house.url is not None else None)
    _add_link(app, house, accounts)
    _add_sessions(app, house, accounts)


def _add_asking(app: FastAPI, house: Shell, asks: SignIns | None) -> None:
    first_state = "unset" if asks is None else "ask"

    @app.get("/sign-in")
    async def asking(request: Request) -> Response:
        if who_of(request) is not None:
            return RedirectResponse(_HOME, 303)
        page = house.unkept(request, "sign_in", state=first_state)
        back = request.query_params.get("next", "")
        if _INSIDE.fullmatch(back):
            # The link is opened in the same browser, most often.
            page.set_cookie(_NEXT, back, _WHILE, httponly=True, samesite="lax", secure=house.https)
        return page

    @app.post("/sign-in")
    async def ask(request: Request) -> Response:
        form = await house.form(request)
        if asks is None:
            return house.unkept(request, "sign_in", status=503, state="unset")
        typed = first(form, "address").strip()[:_LONGEST]
        try:
            address = str(recipient(typed))
        except BadAddress:
            context = {"state": "ask", "wrong": True, "typed": typed}
            return house.unkept(request, "sign_in", status=422, **context)
        spoken = letters_in(language_of(request))
        if await asks.ask(address, spoken, ip_of(request)) == "often":
            return house.unkept(request, "sign_in", status=429, state="often")
        return house.unkept(request, "sign_in", state="asked", typed=address)


def _add_link(app: FastAPI, house: Shell, accounts: Accounts) -> None:
    @app.get("/sign-in/{token}")
    async def link(request: Request, token: str) -> Response:
        address = await accounts.asked(*house.numbers("sign-in", token, 2))
        state, status = ("link", 200) if address else ("void", 404)
        return house.unkept(request, "sign_in", status=status, state=state, typed=address)

    @app.post("/sign-in/{token}")
    async def enter(request: Request, token: str) -> Response:
        await house.form(request)
        held = request.cookies.get(house.cookie)
        value = secrets.token_urlsafe(32)  # 256 bits
        number, asked_at = house.numbers("sign-in", token, 2)
        who = await accounts.sign_in(
            number,
            asked_at,
            _digest(value),
            request.headers.get("user-agent", ""),
            ended=None if held is None else _digest(held),
        )
        if who is None:
            return house.unkept(request, "sign_in", status=404, state="void")
        back = request.cookies.get(_NEXT, "").strip('"')
        answer = RedirectResponse(back if _INSIDE.fullmatch(back) else _HOME, 303, KEPT_NOWHERE)
        answer.delete_cookie(_NEXT)
        # The browser keeps it: how long it counts, rows say.
        answer.set_cookie(
            house.cookie, value, _KEPT, path="/", secure=house.https, httponly=True, samesite="lax"
        )
        return answer


def _add_sessions(app: FastAPI, house: Shell, accounts: Accounts) -> None:
    @app.get("/account")
    async def account(request: Request) -> Response:
        who = need(request, "reader")
        return house.page(request, "account", sessions=await accounts.sessions(who.account_id))

    @app.post("/account/language")
    async def language(request: Request) -> Response:
        who = need(request, "reader")
        form = await house.form(request)
        await accounts.speak(who, letters_in(form.get("language", [FIRST])[0]))
        return RedirectResponse("/account", 303)

    @app.post("/account/sessions/{number}/end")
    async def end(request: Request, number: str) -> Response:
        who = need(request, "reader")
        await house.form(request)
        session = number_in(number)
        if session is None or not await accounts.sign_out(who, session):
            return house.refuse(request, 404, "sign.no_session")
        return RedirectResponse("/account", 303)

    @app.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        who = who_of(request)
        await house.form(request)
        if who is not None:
            await accounts.sign_out(who)
        answer = RedirectResponse("/", 303, {"Cache-Control": "no-store"})
        answer.delete_cookie(
            house.cookie, path="/", secure=house.https, httponly=True, samesite="lax"
        )
        return answer


def _digest(value: str) -> bytes:
    return sha256(value.encode()).digest()
