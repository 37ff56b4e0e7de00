"""One's own account: the browsers that are signed in, the language of mails, and the way out."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from notifier.labels import letters_in
from service.store.accounts import Accounts
from service.web.phrases import FIRST
from service.web.shell import Shell, need, who_of
from service.web.typed import number_in


def add_sessions(app: FastAPI, house: Shell, accounts: Accounts) -> None:
    """Add the pages to ``app``."""

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
