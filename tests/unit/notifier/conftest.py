from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from importlib import import_module

import httpx
import pytest

from notifier.channels.ntfy import Ntfy
from notifier.channels.telegram import Telegram
from notifier.hooks import Hook
from notifier.model import Alert, ChannelOptions, Language, Message
from notifier.posting import Poster

Posted = Callable[..., Awaitable[httpx.Request]]

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
}


@pytest.fixture
def posted() -> Posted:
    """Sends an alert through a channel to a service in memory; gives the request."""

    async def post(name: str, alert: Alert, language: Language = "ko") -> httpx.Request:
        got: list[httpx.Request] = []

        def take(request: httpx.Request) -> httpx.Response:
            got.append(request)
            return httpx.Response(200, stream=httpx.ByteStream(b""))

        options = ChannelOptions(telegram_token="10:invented")
        poster = Poster(options, httpx.MockTransport(take), lambda: datetime.now(UTC))
        channel: Hook | Telegram | Ntfy
        if name == "telegram":
            channel = Telegram(options, poster)
        elif name == "ntfy":
            channel = Ntfy(poster)
        else:
            service = import_module(f"notifier.channels.{name}").SERVICE
            channel = Hook(service, options, poster)
        channel.check_address(ADDRESSES[name])
        await channel.send(Message("msg_1", ADDRESSES[name], None, alert, 1, language))
        return got[0]

    return post
