"""What whoever asks has typed, in a form or an address, and that it is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import parse_qs

from fastapi import Request
from starlette.datastructures import Headers

Form = Mapping[str, Sequence[str]]

# Of a form: twenty rules and as many urgent ones in Korean, nine bytes a letter; a page of letters.
_LARGEST = 200_000  # bytes
_FIELDS = 600
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,18}")


class Refused(Exception):
    """A request that is not answered as asked. ``why``: a phrase; ``to``: where to go instead."""

    def __init__(self, status: int, why: str, to: str | None = None) -> None:
        """Answer with ``status`` and the phrase ``why``, or send to ``to``."""
        super().__init__(why)
        self.status, self.why, self.to = status, why, to


def first(form: Form, name: str) -> str:
    """What a field says; nothing where it is not there."""
    return form.get(name, [""])[0]


def number_in(typed: str) -> int | None:
    """The id of a row in an address or a form; None where none can be."""
    return int(typed) if _NUMBER.fullmatch(typed) else None


def day_in(typed: str) -> date | None:
    """A day as addresses have it, ``2026-10-01``; None where it is none."""
    try:
        return date.fromisoformat(typed) if _DAY.fullmatch(typed) else None
    except ValueError:
        return None


def has_tagged(headers: Headers, tag: str) -> bool:
    """Whether whoever asks has what is tagged so; a weak tag is as good as a strong one."""
    known = [each.strip() for each in headers.get("if-none-match", "").split(",")]
    return "*" in known or any(each.removeprefix("W/") == tag.removeprefix("W/") for each in known)


async def filled_in(request: Request) -> Form:
    """The fields of a form. Raises Refused where it is larger than any form of ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            raise Refused(413, "shell.large")
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=_FIELDS)
    except ValueError:
        raise Refused(413, "shell.large") from None
