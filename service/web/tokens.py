"""What the pages behind the links of a message share.

A link's token is all that they ask for: no login, no cookie, no script, no redirect. Reading a page
changes nothing, since mail scanners follow links; what changes something is a POST. Whoever guesses
learns nothing: each token that does not count is answered alike.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import Response

from service.web.shell import Shell, ip_of

_GUESSES, _WHILE = 30, 600.0  # tokens that do not count from one address, in so many seconds
_KNOWN = 10_000  # addresses remembered
_T = TypeVar("_T")


class _Void(Exception):
    """A token that does not count, or no longer."""


def there(found: _T | None) -> _T:
    """What a token leads to. Raises Void where that is nothing."""
    if found is None:
        raise _Void
    return found


def add_void(app: FastAPI, house: Shell) -> None:
    """Answer what does not count, wherever it is found out."""
    wrong: OrderedDict[str, tuple[float, int]] = OrderedDict()

    @app.exception_handler(_Void)
    async def void(request: Request, _: Exception) -> Response:
        ip, now = ip_of(request), time.monotonic()
        began, count = wrong.pop(ip, (now, 0))
        if now - began > _WHILE:
            began, count = now, 0
        wrong[ip] = began, count + 1
        if len(wrong) > _KNOWN:
            wrong.popitem(last=False)
        return house.unkept(request, "void", status=404 if count < _GUESSES else 429)
