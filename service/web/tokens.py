"""What the pages behind the links of a message share.

A link's token is all that they ask for: no login, no cookie, no script, no redirect. Reading a page
changes nothing, since mail scanners follow links; what changes something is a POST. Whoever guesses
learns nothing: each token that does not count is answered alike.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import Response

from service.web.shell import KEPT_NOWHERE, Shell, ip_of

_GUESSES, _WHILE = 30, 600.0  # tokens that do not count from one address, in so many seconds
_KNOWN = 10_000  # addresses remembered
_T = TypeVar("_T")


class _Void(Exception):
    """A token that does not count, or no longer."""


@dataclass(frozen=True, slots=True)
class TokenPages:
    """How their tokens are read and their answers made."""

    house: Shell
    _wrong: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)

    def page(
        self, request: Request, name: str, /, *, status: int = 200, **context: object
    ) -> Response:
        """One page of these, kept nowhere."""
        return self.house.page(request, name, status=status, headers=KEPT_NOWHERE, **context)

    async def void(self, request: Request, _: Exception) -> Response:
        """The answer to each token that does not count."""
        ip, now = ip_of(request), time.monotonic()
        began, count = self._wrong.pop(ip, (now, 0))
        if now - began > _WHILE:
            began, count = now, 0
        self._wrong[ip] = began, count + 1
        if len(self._wrong) > _KNOWN:
            self._wrong.popitem(last=False)
        return self.page(request, "void", status=404 if count < _GUESSES else 429)


def there(found: _T | None) -> _T:
    """What a token leads to. Raises Void where that is nothing."""
    if found is None:
        raise _Void
    return found


def add_void(app: FastAPI, pages: TokenPages) -> None:
    """Answer what does not count, wherever it is found out."""
    app.add_exception_handler(_Void, pages.void)
