"""Who sees what is under embargo, and what the answer says of it that nobody else may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from fastapi import Request

from service.web.shell import who_of


def known(request: Request) -> bool:
    """Whether anybody is signed in, and so is shown what is under embargo."""
    return who_of(request) is not None


def headers(until: datetime) -> Mapping[str, str]:
    """Nothing keeps the answer: from ``until`` on there is another one."""
    again = format_datetime(until.astimezone(UTC), usegmt=True)
    return {"Cache-Control": "no-store", "Retry-After": again}
