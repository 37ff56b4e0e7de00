"""Who asks the API: by a key in the header, or nobody, who may read a little; and how often.

Somebody's requests come out of a bucket, which fills up again evenly. Per process.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.operating import ANONYMOUS_PER_MINUTE
from service.store.audit import Who
from service.store.keys import LOOKS_LIKE_ONE, Bearer, Keys, Scope
from service.web.api.problems import Problem
from service.web.shell import ip_of

_SCHEME = HTTPBearer(
    scheme_name="key",
    bearerFormat="pabal_…",
    description="만든 열쇠 한 줄 그대로 · the whole key, as it was shown once",
    auto_error=False,
)

_MINUTE = 60.0
_KNOWN = 10_000  # buckets; whoever was not seen for longest begins with a full one again
_ASKS = {"WWW-Authenticate": 'Bearer realm="pabal"'}
_WRONG = {"WWW-Authenticate": 'Bearer realm="pabal", error="invalid_token"'}
_Shown = Annotated[HTTPAuthorizationCredentials | None, Security(_SCHEME)]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What somebody may still ask. ``full_in`` and ``wait`` in seconds; 0: they may ask."""

    limit: int
    left: int
    full_in: int
    wait: int

    @property
    def headers(self) -> Mapping[str, str]:
        """The same for the one who asked."""
        said = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.full_in),
            "RateLimit-Policy": f"{self.limit};w=60",
        }
        return said | ({"Retry-After": str(self.wait)} if self.wait else {})


class Buckets:
    """The buckets of all who ask."""

    def __init__(self) -> None:
        """Every bucket is full at first."""
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str, per_minute: int) -> Allowance:
        """Take one from somebody's bucket of ``per_minute``, where there is one in it."""
        now = time.monotonic()
        then, held = self._held.pop(who, (now, float(per_minute)))
        each = _MINUTE / per_minute  # seconds
        held = min(float(per_minute), held + (now - then) / each)
        taken = held >= 1
        held -= taken
        self._held[who] = now, held
        if len(self._held) > _KNOWN:
            self._held.popitem(last=False)
        wait = 0 if taken else max(1, math.ceil((1 - held) * each))
        return Allowance(per_minute, int(held), math.ceil((per_minute - held) * each), wait)


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets a request in by what its key may do, and as often as it may.

    ``anonymous``: who has no key may read too.
    """

    keys: Keys
    buckets: Buckets
    anonymous: bool

    async def let_in(self, request: Request, shown: _Shown, scope: Scope) -> Bearer | None:
        """Whom the key that is ``shown`` speaks for; None: nobody, who may ask all the same."""
        _check_address(request)
        bearer = await self.keys.bearer(shown.credentials) if shown else None
        if bearer is None:
            self._take(request, f"ip {ip_of(request)}", ANONYMOUS_PER_MINUTE)
            if "authorization" in request.headers:
                why = "쓸 수 없는 열쇠입니다 (this key does not count)"
                raise Problem("nobody", why, _WRONG)
            return None
        self._take(request, f"key {bearer.key_id}", bearer.per_minute)
        if scope not in bearer.scopes:
            headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
            raise Problem("scope", f"{scope} 권한이 필요합니다 (needs the scope {scope})", headers)
        return bearer

    def _take(self, request: Request, who: str, per_minute: int) -> None:
        allowance = self.buckets.take(who, per_minute)
        request.state.allowance = allowance
        if allowance.wait:
            why = f"{allowance.wait}초 뒤에 다시 (again in {allowance.wait} s)"
            raise Problem("limit", why, allowance.headers)


async def reader(request: Request, shown: _Shown) -> Bearer | None:
    """For what everybody may read, unless the operator forbade it."""
    gate: Gate = request.app.state.gate
    bearer = await gate.let_in(request, shown, "read")
    return bearer if gate.anonymous else _known(bearer)


def _with(scope: Scope) -> Callable[[Request, _Shown], Awaitable[Bearer]]:
    """For what is never answered without a key."""

    async def bearer(request: Request, shown: _Shown) -> Bearer:
        gate: Gate = request.app.state.gate
        return _known(await gate.let_in(request, shown, scope))

    return bearer


Reader = Annotated[Bearer | None, Depends(reader)]
Exporter = Annotated[Bearer, Depends(_with("read"))]
Subscriber = Annotated[Bearer, Depends(_with("alerts"))]
Operator = Annotated[Bearer, Depends(_with("operate"))]


def who_of(bearer: Bearer) -> Who:
    """The account behind a key, for the record of what was changed; it has no session."""
    return Who(bearer.account_id, bearer.address, bearer.role, bearer.language, 0)


def _check_address(request: Request) -> None:
    if LOOKS_LIKE_ONE.search(unquote(str(request.url))):
        raise Problem(
            "request",
            "열쇠는 Authorization 헤더에만 씁니다. 주소에 쓴 열쇠는 기록에 남으니 폐기하십시오 "
            "(a key belongs into the Authorization header alone; revoke this one)",
        )


def _known(bearer: Bearer | None) -> Bearer:
    if bearer is None:
        why = "열쇠가 필요합니다: /alerts/keys (a key is needed: /alerts/keys)"
        raise Problem("nobody", why, _ASKS)
    return bearer
