"""알림톡 through a provider on this machine that checks the signature as the real one does."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from notifier.channels.kakao import open_channel, templates
from notifier.errors import BadAddress, TryAgain, Undeliverable
from notifier.model import Alert, ChannelOptions, Message, Notice, Reminder

Receiver = Callable[..., AbstractAsyncContextManager[tuple[str, list[Any]]]]
Given = Callable[[str], ChannelOptions]

ALERT = Alert(
    "수출 소식", "수출 대책", "https://news.example.go.kr/1", None, "mss", None, None, "", ()
)
MESSAGE = Message("msg_1", "01012345678", None, ALERT, 1)


async def _sent(receiver: Receiver, options: Given, *messages: Message) -> list[Any]:
    async with receiver() as (url, got):
        channel = open_channel(options(url))
        for message in messages:
            await channel.send(message)
        await channel.aclose()
    return list(got)


async def test_each_request_is_signed_anew_with_the_secret(
    receiver: Receiver, given: Given
) -> None:
    salts = set()
    for request in await _sent(receiver, given, MESSAGE, MESSAGE):
        found = re.fullmatch(
            r"HMAC-SHA256 apiKey=INVENTEDKEY, date=(\S+), salt=(\w{12,64}), signature=(\w{64})",
            request.headers["authorization"],
        )
        assert found
        date, salt, signature = found.groups()
        expected = hmac.new(b"INVENTEDSECRET", f"{date}{salt}".encode(), sha256).hexdigest()
        assert signature == expected
        assert abs(datetime.fromisoformat(date) - datetime.now(UTC)) < timedelta(minutes=15)
        salts.add(salt)
    assert len(salts) == 2


async def test_a_template_is_filled_with_the_variables_it_has_and_none_is_empty(
    receiver: Receiver, given: Given
) -> None:
    coming = Reminder(replace(ALERT, apply_by="2026-12-11", days_left=7, publisher="가" * 300))

    def with_all(url: str) -> ChannelOptions:
        return replace(
            given(url), kakao_templates="reminder=KA01R:구독,제목,기관,마감,바뀜,주소,없음"
        )

    (request,) = await _sent(receiver, with_all, replace(MESSAGE, content=coming))

    options = json.loads(request.body)["message"]["kakaoOptions"]
    assert (options["templateId"], options["disableSms"]) == ("KA01R", True)
    assert options["variables"] == {
        "#{구독}": "수출 소식",
        "#{제목}": "수출 대책",
        "#{기관}": "가" * 99 + "…",
        "#{마감}": "2026-12-11 · 7일 남음 (D-7)",
        "#{바뀜}": "-",
        "#{주소}": "news.example.go.kr/1",
        "#{없음}": "-",
    }


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (replace(ALERT, changes=("마감",)), "correction"),
        (replace(ALERT, coverage="발표"), "coverage"),
        (Notice("구독", "제목", ()), "notice"),
    ],
)
async def test_what_no_template_covers_is_not_sent(content: Any, kind: str) -> None:
    options = ChannelOptions(
        kakao_key="K", kakao_secret="S", kakao_profile="P", kakao_templates="alert=KA01A:제목"
    )

    with pytest.raises(Undeliverable, match=f"{kind}에 맞는"):
        await open_channel(options).send(replace(MESSAGE, content=content))


@pytest.mark.parametrize("address", ["01012345678", "0111234567"])
def test_a_mobile_number_in_digits_is_an_address(address: str, given: Given) -> None:
    open_channel(given("https://api.example")).check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "010-1234-5678",
        "+821012345678",
        "0212345678",
        "010123456789",
        "０１０１２３４５６７８",
        "01012345678\n",
    ],
)
async def test_any_other_spelling_is_refused(address: str, given: Given) -> None:
    channel = open_channel(given("https://api.example"))

    with pytest.raises(BadAddress, match="01012345678"):
        channel.check_address(address)
    with pytest.raises(Undeliverable, match="01012345678"):
        await channel.send(replace(MESSAGE, address=address))


@pytest.mark.parametrize("lacked", ["key", "secret", "profile", "templates"])
async def test_without_a_setting_no_address_is_taken_and_what_is_owed_waits(
    lacked: str, given: Given
) -> None:
    without: dict[str, Any] = {f"kakao_{lacked}": ""}
    channel = open_channel(replace(given("https://api.example"), **without))

    with pytest.raises(BadAddress, match=f"PABAL_KAKAO_{lacked.upper()}"):
        channel.check_address("01012345678")
    with pytest.raises(TryAgain, match=f"PABAL_KAKAO_{lacked.upper()}") as caught:
        await channel.send(MESSAGE)
    assert caught.value.ours


def test_templates_are_read_from_one_line() -> None:
    assert templates(" alert=KA01A:제목,주소\n notice=N-1: wrong x=: ") == {
        "alert": ("KA01A", ("제목", "주소")),
        "notice": ("N-1", ()),
    }


def test_no_secret_is_shown_with_the_options() -> None:
    shown = repr(ChannelOptions(kakao_key="INVENTED", kakao_secret="INVENTED"))
    assert "INVENTED" not in shown
