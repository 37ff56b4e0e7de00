from __future__ import annotations

import pytest

from notifier.model import ChannelOptions
from notifier.registry import names, open_channel


def test_channels_are_the_modules_in_their_folder() -> None:
    assert names() == (
        "apprise",
        "console",
        "discord",
        "dooray",
        "feed",
        "jandi",
        "kakao",
        "mail",
        "naver_works",
        "ntfy",
        "slack",
        "teams",
        "telegram",
        "web_push",
        "webhook",
    )


@pytest.mark.parametrize("name", ["telegraph", "", "../errors", "webhook.new_secret"])
def test_an_unknown_channel_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(LookupError, match="apprise, console, "):
        open_channel(name, ChannelOptions())


@pytest.mark.parametrize("name", names())
async def test_a_channel_can_be_closed_unused(name: str) -> None:
    await open_channel(name, ChannelOptions()).aclose()
