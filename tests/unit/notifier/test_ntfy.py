from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from email.header import decode_header, make_header
from typing import Any

import pytest

from notifier.channels.ntfy import open_channel
from notifier.errors import BadAddress
from notifier.model import Alert, ChannelOptions

Posted = Callable[..., Awaitable[Any]]

ALERT = Alert("구독", "제목", "https://news.example.go.kr/1", None, "mss", None, None, "", ())


@pytest.mark.parametrize(
    "address",
    [
        "https://ntfy.sh/pabal-demo",
        "https://push.example.com:8443/a_B-1?auth=QmVhcmVyIHg",
        "https://ntfy.sh/" + "x" * 64,
    ],
)
def test_the_url_of_a_topic_is_an_address(address: str) -> None:
    open_channel(ChannelOptions()).check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://ntfy.sh",
        "https://ntfy.sh/",
        "https://ntfy.sh/a/b",
        "https://ntfy.sh/주제",
        "https://ntfy.sh/a,b",
        "https://ntfy.sh/" + "x" * 65,
    ],
)
def test_a_url_of_no_or_several_topics_is_none(address: str) -> None:
    with pytest.raises(BadAddress, match="must look like"):
        open_channel(ChannelOptions()).check_address(address)


async def test_the_title_is_read_back_from_its_header(posted: Posted) -> None:
    request = await posted("ntfy", replace(ALERT, title="=?UTF-8?B?ZXZpbA==?= 수출 & <b>"))

    read = str(make_header(decode_header(request.headers["title"])))
    assert read == "=?UTF-8?B?ZXZpbA==?= 수출 & <b>"


@pytest.mark.parametrize(
    ("more", "priority", "tags"),
    [
        ({}, "3", "newspaper"),
        ({"embargo": "엠바고"}, "4", "newspaper"),
        ({"changes": ("마감 8.20 → 8.31",)}, "4", "pencil2"),
    ],
)
async def test_a_correction_and_an_embargo_are_louder(
    more: dict[str, object], priority: str, tags: str, posted: Posted
) -> None:
    request = await posted("ntfy", replace(ALERT, **more))  # type: ignore[arg-type]

    assert (request.headers["priority"], request.headers["tags"]) == (priority, tags)


async def test_a_long_title_alone_is_not_loud(posted: Posted) -> None:
    request = await posted("ntfy", replace(ALERT, title="가" * 300))

    assert request.headers["priority"] == "3"
