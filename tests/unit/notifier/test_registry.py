from __future__ import annotations

from pathlib import Path

import pytest

from notifier import channels
from notifier.model import ChannelOptions
from notifier.registry import card, names, open_channel


def test_channels_are_the_modules_in_their_folder() -> None:
    files = {path.stem for path in Path(channels.__path__[0]).glob("*.py")} - {"__init__"}

    assert names() == tuple(sorted(files))
    assert {"mail", "webhook"} <= files


@pytest.mark.parametrize("name", names())
async def test_a_channel_says_in_both_languages_what_it_is_and_takes_its_example(name: str) -> None:
    said = card(name)

    assert all((said.korean, said.english))
    if said.example and name not in {"mail", "telegram", "kakao"}:  # these need more than a name
        opened = open_channel(name, ChannelOptions())
        opened.check_address(said.example)
        await opened.aclose()


@pytest.mark.parametrize("name", ["telegraph", "", "../errors", "webhook.new_secret"])
def test_an_unknown_channel_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(LookupError, match="apprise, "):
        open_channel(name, ChannelOptions())


@pytest.mark.parametrize("name", names())
async def test_a_channel_can_be_closed_unused(name: str) -> None:
    await open_channel(name, ChannelOptions()).aclose()
