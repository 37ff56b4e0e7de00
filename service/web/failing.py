"""A bug in a page or in the API: a line of the log, and Sentry where that is set."""

from __future__ import annotations

import structlog
from fastapi import Request

from service.reporting import report
from service.store.server import is_away

log = structlog.get_logger()


def note(request: Request, error: Exception) -> None:
    """Take it down by its route: an address may hold somebody's words or a token."""
    route = getattr(request.scope.get("route"), "path", "")
    log.error("page.failed", route=route, method=request.method, exc_info=error)
    report(error)


def only_away(error: Exception) -> None:
    """Raise what is a bug again: only the database's absence is answered as that."""
    if not is_away(error):
        raise error
