"""What every page stands in: who asks, in which language, and what no answer goes without."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, get_args
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notifier.labels import WORDS
from service.links import Purpose, Signer
from service.store.accounts import Accounts, Role, Who
from service.store.server import AWAY
from service.web.dressing import TEMPLATES, dress
from service.web.offered import way
from service.web.phrases import check, chosen, either, languages, say
from service.web.places import Places, built_in
from service.web.static import asset
from service.web.typed import Form, Refused, filled_in, first

COOKIE = "pabal"

_LANGUAGE = "pabal_lang"
_YEAR = 31_536_000
_LINE = 64  # bits of an IPv6 address: who has one network has all that is in it
_RANKS: Sequence[Role] = get_args(Role)
_NOT_PAGES = ("/static/", "/healthz", "/readyz", "/metrics", "/api/")
KEPT_NOWHERE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
"""Headers of what neither a browser nor a search engine shall keep."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # under no-referrer our own forms say Origin: null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, slots=True)
class Shell:
    """What the areas of the application share. ``url``: the public address of the pages.

    ``places``: what sources are called.
    """

    pages: Jinja2Templates
    signer: Signer
    url: str | None
    places: Places

    def page(
        self,
        request: Request,
        name: str,
        /,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: object,
    ) -> Response:
        """The page ``templates/<name>.html``; of who is signed in nothing is kept on the way."""
        own = {"Cache-Control": "private, no-store"} if who_of(request) else {}
        return self.pages.TemplateResponse(
            request, f"{name}.html", context, status, headers=own | dict(headers or {})
        )

    def unkept(
        self, request: Request, name: str, /, *, status: int = 200, **context: object
    ) -> Response:
        """One that neither a browser nor a search engine keeps."""
        return self.page(request, name, status=status, headers=KEPT_NOWHERE, **context)

    def base(self, request: Request) -> str:
        """The address of the pages, for links that leave them: the public one, else the asked."""
        return self.url or str(request.base_url).rstrip("/")

    def refuse(self, request: Request, status: int, why: str) -> Response:
        """The page that says ``why``, a phrase, something is not to be had."""
        return self.unkept(request, "refused", status=status, why=why)

    @property
    def https(self) -> bool:
        """Whether the pages are reached over https, as far as they know their address."""
        return self.url is not None and self.url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return f"__Host-{COOKIE}" if self.https else COOKIE

    async def form(self, request: Request) -> Form:
        """What was filled in on a page of ours.

        Raises Refused for a form of another site, one without the session's token, or one that is
        larger than any of ours.
        """
        if not _from_us(request):
            raise Refused(403, "shell.foreign")
        found = await filled_in(request)
        who = who_of(request)
        token = request.headers.get("x-csrf") or first(found, "csrf")
        if who is not None and not self._counts(token, who):
            raise Refused(403, "shell.stale")
        return found

    def numbers(self, purpose: Purpose, token: str, count: int) -> Sequence[int]:
        """What a token says; of a forged one numbers that nothing has, looked for all the same."""
        found = self.signer.read(purpose, token)
        return found if found is not None and len(found) == count else (0,) * count

    def csrf(self, who: Who) -> str:
        """A token for the forms of a session; another one each time, so that no guess adds up."""
        return self.signer.sign("csrf", who.session_id, secrets.randbits(32))

    def _counts(self, token: str, who: Who) -> bool:
        said = self.signer.read("csrf", token)
        return said is not None and said[:1] == (who.session_id,)


def shell(signer: Signer, url: str | None, places: Places | None = None) -> Shell:
    """The shell, with the templates ready. Raises IncompleteError: a language lacks a phrase."""
    check()
    pages = Jinja2Templates(TEMPLATES)
    house = Shell(pages, signer, url, places or built_in())
    pages.context_processors.append(lambda request: _context(house, request))
    dress(pages.env, house.places)
    pages.env.globals |= {"t": _t, "phrase": say, "either": either, "letters": tuple(WORDS)}
    pages.env.globals |= {"asset": asset, "csrf_field": _csrf_field, "way": way}
    return house


def add_refusals(app: FastAPI, house: Shell) -> None:
    """Answer what is refused, wherever it is, by a page or by the way to another."""

    @app.exception_handler(Refused)
    async def refused(request: Request, why: Refused) -> Response:
        if why.to is None:
            return house.refuse(request, why.status, why.why)
        if request.headers.get("hx-request"):  # a fragment is no place for a whole page
            return Response(headers={"HX-Redirect": why.to})
        return RedirectResponse(why.to, 303)


def who_of(request: Request) -> Who | None:
    """Who is signed in, if anybody is."""
    who: Who | None = getattr(request.state, "who", None)
    return who


def need(request: Request, role: Role) -> Who:
    """Who is signed in, with at least ``role``. Raises Refused, to sign in or for good."""
    who = who_of(request)
    if who is None:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        here = back if request.method == "GET" else "/"
        raise Refused(303, "shell.nobody", "/sign-in?" + urlencode({"next": here}))
    if _RANKS.index(who.role) < _RANKS.index(role):
        raise Refused(403, "shell.role")
    return who


def language_of(request: Request) -> str:
    """The language that a request is answered in."""
    language: str = getattr(request.state, "language", languages()[0])
    return language


def ip_of(request: Request) -> str:
    """Where a request came from, as limits count it: of IPv6 the network that one line is given."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), _LINE), strict=False))


class Guard:
    """Says who asks and in which language, and puts on every answer what it must not lack.

    Plain ASGI: what streams is not held up.
    """

    def __init__(
        self,
        app: ASGIApp,
        accounts: Accounts,
        away: Callable[[Request, Exception], Awaitable[Response]],
        house: Shell,
    ) -> None:
        """``away`` answers where the database does not."""
        self._app, self._accounts, self._away = app, accounts, away
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        asked = request.query_params.get("lang")
        language = chosen(
            asked, request.cookies.get(_LANGUAGE), request.headers.get("accept-language", "")
        )
        scope.setdefault("state", {}).update(language=language, who=None)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = asked == language and not request.url.path.startswith(_NOT_PAGES)
                self._finish(MutableHeaders(scope=message), language if kept else None)
            await send(message)

        try:
            scope["state"]["who"] = await self._who(request)
        except AWAY as error:
            await (await self._away(request, error))(scope, receive, sent)
            return
        await self._app(scope, receive, sent)

    async def _who(self, request: Request) -> Who | None:
        token = request.cookies.get(self._house.cookie)
        if token is None or request.url.path.startswith(_NOT_PAGES):
            return None
        return await self._accounts.who(sha256(token.encode()).digest())

    def _finish(self, headers: MutableHeaders, kept: str | None) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self._house.https:
            headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
        headers.add_vary_header("Cookie")
        headers.add_vary_header("Accept-Language")
        if kept is not None:
            cookie = f"{_LANGUAGE}={kept}; Path=/; Max-Age={_YEAR}; SameSite=Lax; HttpOnly"
            headers.append("Set-Cookie", f"{cookie}; Secure" if self._house.https else cookie)


def _from_us(request: Request) -> bool:
    """Whether a page of ours sent this: browsers say so in one of two ways, or are old."""
    headers: Headers = request.headers
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or origin.split("://")[-1] == headers.get("host", "")


def _context(house: Shell, request: Request) -> dict[str, Any]:
    """What every template knows."""
    who = who_of(request)
    return {
        "who": who,
        "language": language_of(request),
        "languages": [(each, _switched(request, each)) for each in languages()],
        "path": request.url.path,
        "csrf": house.csrf(who) if who else "",
        "at_least": lambda role: who is not None and _RANKS.index(who.role) >= _RANKS.index(role),
    }


def _switched(request: Request, language: str) -> str:
    """This page in another language."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*query, ('lang', language)])}"


@pass_context
def _t(context: Context, key: str, **values: object) -> str:
    return say(context["language"], key, **values)


@pass_context
def _csrf_field(context: Context) -> Markup:
    field = '<input type="hidden" name="csrf" value="{}">'
    # The field is ours; format escapes what is put into it.
    return Markup(field).format(context["csrf"]) if context["csrf"] else Markup()  # noqa: S704
