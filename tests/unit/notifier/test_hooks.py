from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module

import pytest

from notifier.errors import BadAddress, Undeliverable
from notifier.hooks import Hook
from notifier.model import Alert, ChannelOptions, Message
from notifier.posting import Poster
from tests.unit.notifier.receiver import Nowhere

ALERT = Alert("구독", "제목", "https://news.example.go.kr/1", None, "mss", None, None, "", ())
OLDER_FLOW = "workflows/0a/triggers/manual/paths/invoke?sig=x"
FLOW = f"powerautomate/automations/direct/{OLDER_FLOW}"


def _hook(name: str, *, private: bool = False) -> Hook:
    chosen = ChannelOptions(private_addresses=private)
    poster = Poster(chosen, Nowhere(), lambda: datetime.now(UTC))
    return Hook(import_module(f"notifier.channels.{name}").open_channel, chosen, poster)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("slack", "https://hooks.slack.com/services/T0/B0/x"),
        ("slack", "https://HOOKS.slack.com:443/services/T0/B0/x"),
        ("slack", "https://hooks.slack-gov.com/services/T0/B0/x"),
        ("discord", "https://discord.com/api/webhooks/1/a_b-C"),
        ("discord", "https://canary.discordapp.com/api/v10/webhooks/1/x?thread_id=3"),
        ("teams", f"https://default0a.01.environment.api.powerplatform.com:443/{FLOW}"),
        ("teams", f"https://prod-1.koreacentral.logic.azure.com:443/{OLDER_FLOW}"),
        ("jandi", "https://wh.jandi.com/connect-api/webhook/1/0a"),
        ("dooray", "https://hook.dooray.com/services/1/2/a_B-c"),
        ("dooray", "https://hook.gov-dooray.co.kr/services/1/2/x"),
        ("naver_works", "https://webhook.worksmobile.com/message/0a-1"),
    ],
)
def test_the_url_that_a_service_gives_out_is_an_address(name: str, address: str) -> None:
    _hook(name).check_address(address)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("slack", "https://hooks.slack.com/"),
        ("slack", "https://hooks.slack.com/workflows/T0/A0/1/x"),
        ("slack", "https://hooks.slack.com.evil.example/services/T0/B0/x"),
        ("slack", "https://evil.example/hooks.slack.com/services/T0/B0/x"),
        ("slack", "https://hooks.slack.com:8443/services/T0/B0/x"),
        ("slack", "https://hooks-slack.com/services/T0/B0/x"),
        ("slack", "https://hooks.slack.com/services/T0/B0/../../x"),
        ("slack", "https://hooks.slack.com/services%2FT0/B0/x"),
        ("slack", "https://discord.com/api/webhooks/1/x"),
        ("discord", "https://discord.com/api/webhooks/1/x/slack"),
        ("discord", "https://discord.com/channels/1/2"),
        ("discord", "https://evildiscord.com/api/webhooks/1/x"),
        ("teams", "https://outlook.office.com/webhook/x/IncomingWebhook/y"),
        ("teams", f"https://logic.azure.com.evil.example/{FLOW}"),
        ("teams", "https://prod-1.logic.azure.com/other"),
        ("jandi", "https://www.jandi.com/connect-api/webhook/1/0a"),
        ("dooray", "https://hook.dooray.com/"),
        ("naver_works", "https://worksmobile.com/message/0a"),
    ],
)
async def test_any_other_url_can_never_work(name: str, address: str) -> None:
    hook = _hook(name)

    with pytest.raises(BadAddress, match="not the URL of a hook of"):
        hook.check_address(address)
    with pytest.raises(Undeliverable, match="not the URL of a hook of"):
        await hook.send(Message("msg_1", address, None, ALERT, 1))


@pytest.mark.parametrize("name", ["slack", "discord", "teams", "jandi", "dooray", "naver_works"])
def test_a_stand_in_of_a_service_needs_private_addresses_allowed(name: str) -> None:
    _hook(name, private=True).check_address("http://10.1.2.3:8080/any")
    with pytest.raises(BadAddress, match="https only"):
        _hook(name).check_address("http://10.1.2.3:8080/any")
    with pytest.raises(BadAddress, match="not a public address"):
        _hook(name).check_address("https://10.1.2.3/any")
