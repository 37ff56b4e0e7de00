from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from yarl import URL

from notifier.channels.kakao import Kakao
from notifier.channels.ntfy import Ntfy
from notifier.channels.telegram import Telegram
from notifier.channels.web_push import WebPush
from notifier.egress import Reply
from notifier.hooks import Hook
from notifier.model import ChannelOptions, Content, Language, Links, Message
from notifier.posting import Poster
from notifier.registry import card


@dataclass(frozen=True)
class Request:
    """What goes to a service."""

    url: URL
    content: bytes
    headers: Mapping[str, str]


class Service:
    """Takes posts in memory, all of them."""

    def __init__(self) -> None:
        self.got: list[Request] = []

    async def post(self, url: URL, content: bytes, headers: Mapping[str, str]) -> Reply:
        self.got.append(Request(url, content, headers))
        return Reply(200)

    async def aclose(self) -> None:
        pass


Posted = Callable[..., Awaitable[Request]]

BROWSER = ec.generate_private_key(ec.SECP256R1())
SECRET = b"sixteen invented"
ADDRESSES = {
    "slack": "https://hooks.slack.com/services/T00/B00/invented",
    "discord": "https://discord.com/api/webhooks/1/invented",
    "teams": "https://default0a.01.environment.api.powerplatform.com:443/powerautomate/automations"
    "/direct/workflows/0a/triggers/manual/paths/invoke?api-version=1&sig=invented",
    "jandi": "https://wh.jandi.com/connect-api/webhook/1/0a",
    "dooray": "https://hook.dooray.com/services/1/2/invented",
    "naver_works": "https://webhook.worksmobile.com/message/invented",
    "telegram": "42",
    "ntfy": "https://ntfy.sh/pabal-demo",
    "kakao": "01012345678",
    "web_push": json.dumps(
        {
            "endpoint": "https://push.example/1",
            "keys": {
                "p256dh": urlsafe_b64encode(
                    BROWSER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
                ).decode(),
                "auth": urlsafe_b64encode(SECRET).decode(),
            },
        }
    ),
}
OPTIONS = ChannelOptions(
    telegram_token="10:invented",
    vapid_key="T3BlcmF0b3Igb2YgUGFiYWwsIGFuIGludmVudGlvbiE",
    kakao_key="KEY",
    kakao_secret="SECRET",
    kakao_profile="PF01",
    kakao_templates=" ".join(
        f"{kind}=KA01:구독,제목,기관,표시,마감,바뀜,내용,건수,이유,제외,링크,주소"
        for kind in ("alert", "correction", "coverage", "digest", "reminder", "question", "notice")
    ),
)
LINKS = Links()
WITH_CHANNELS: dict[str, type[Telegram | WebPush | Kakao | Ntfy]] = {
    "telegram": Telegram,
    "web_push": WebPush,
    "kakao": Kakao,
    "ntfy": Ntfy,
}


@pytest.fixture
def posted() -> Posted:
    """Sends something through a channel to a service in memory; gives the request, decrypted."""

    async def post(
        name: str, content: Content, language: Language = "ko", links: Links = LINKS
    ) -> Request:
        service = Service()
        poster = Poster(OPTIONS, service, lambda: datetime.now(UTC))
        channel: Hook | Telegram | Ntfy | WebPush | Kakao
        if name in WITH_CHANNELS:
            channel = WITH_CHANNELS[name](OPTIONS, poster)
        else:
            declared = import_module(f"notifier.channels.{name}").open_channel
            channel = Hook(declared, OPTIONS, poster)
        address = ADDRESSES.get(name) or card(name).example
        channel.check_address(address)
        await channel.send(Message("msg_1", address, None, content, 1, language, links))
        (request,) = service.got
        if name != "web_push":
            return request
        shown = http_ece.decrypt(request.content, private_key=BROWSER, auth_secret=SECRET)
        return replace(request, content=shown)

    return post
