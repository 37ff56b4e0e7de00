from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest

from service.demo.server import HOSTS
from service.demo.sites.web import Ask, Reply
from service.demo.world import Release
from tests.replica import Restless

MakeRelease = Callable[..., Release]
Get = Callable[..., Reply]
_SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def world() -> Restless:
    return Restless()


@pytest.fixture
def make() -> MakeRelease:
    """``make(3, ministry=...)``: an invented release that came out at the third minute."""

    def make(number: int, **changes: object) -> Release:
        fields: dict[str, object] = {
            "id": 157_000_000 + number,
            "ministry": "관세청",
            "title": f"{number}번째 견본",
            "text": f"첫 줄 {number}\n둘째 줄",
            "published": datetime(2026, 11, 20, 9, 0, 7, tzinfo=_SEOUL) + timedelta(minutes=number),
        }
        return Release(**{**fields, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture
def get(world: Restless) -> Get:
    """``get("https://host/path?query", cookie="...")``: what the site answers, no server."""

    def get(url: str, **headers: str) -> Reply:
        parts = urlsplit(url)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return HOSTS[str(parts.hostname)](world, Ask(parts.path, query, named))

    return get
