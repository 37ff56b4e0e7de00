"""A receiver of webhooks in memory, and what it is told."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from yarl import URL

from notifier.channels.webhook import Webhooks
from notifier.egress import Reply
from notifier.model import Alert, ChannelOptions, File, Hit, Message
from notifier.posting import Poster

AT = datetime(2026, 8, 3, 9, 30, 5, 700_000, tzinfo=ZoneInfo("Asia/Seoul"))
KEY = b"a key of this test, 32 bytes long"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
ALERT = Alert(
    subscription="수출 소식",
    title="수출 물류비 “지원”을 늘립니다",
    url="https://news.example.go.kr/1",
    publisher="산업통상부",
    source="motir",
    published_at="2026-08-03T09:30:00+09:00",
    published_precision="minute",
    summary="한도를 올린다.",
    hits=(Hit("수출", "…수출 물류비를…", ((1, 3),)),),
    files=(File("붙임.hwpx", "https://news.example.go.kr/f/1"),),
)
MESSAGE = Message("msg_7", "https://receiver.example/hook", SECRET, ALERT, attempt=1)


class Nowhere:
    """Nothing is to go there."""

    async def post(self, url: URL, content: bytes, headers: Mapping[str, str]) -> Reply:
        raise AssertionError(url, content, headers)

    async def aclose(self) -> None:
        pass


@dataclass(frozen=True)
class Request:
    """What goes to a receiver."""

    content: bytes
    headers: Mapping[str, str]


class Receiver:
    """Takes posts in memory, and says to all what it was told to."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.got: list[Request] = []
        self._reply = reply or Reply(204)

    async def post(self, url: URL, content: bytes, headers: Mapping[str, str]) -> Reply:
        assert str(url) == MESSAGE.address
        self.got.append(Request(content, headers))
        return self._reply

    async def aclose(self) -> None:
        pass


def open_webhooks(receiver: Receiver, now: datetime = AT, **options: Any) -> Webhooks:
    given = ChannelOptions(**options)
    return Webhooks(given, Poster(given, receiver, now=lambda: now))
