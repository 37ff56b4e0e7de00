from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from yarl import URL

from notifier.channels.telegram import Telegram, write
from notifier.egress import Reply
from notifier.errors import BadAddress, TryAgain, Undeliverable
from notifier.fitting import Run
from notifier.model import Alert, ChannelOptions, Message
from notifier.posting import Poster

ALERT = Alert("구독", "제목", "https://news.example.go.kr/1", None, "mss", None, None, "", ())


class Nowhere:
    async def post(self, url: URL, content: bytes, headers: Mapping[str, str]) -> Reply:
        raise AssertionError(url, content, headers)

    async def aclose(self) -> None:
        pass


def _telegram(token: str) -> Telegram:
    options = ChannelOptions(telegram_token=token)
    return Telegram(options, Poster(options, Nowhere(), lambda: datetime.now(UTC)))


@pytest.mark.parametrize("address", ["42", "-1001234567890", "@pabal_news"])
def test_a_chat_is_a_number_or_a_public_name(address: str) -> None:
    _telegram("10:invented").check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "telegram:42",
        "0",
        "@",
        "@가나다",
        "@ab c",
        "42\n",
        "４２",
        "1e9",
        "https://api.telegram.org/bot10:x/sendMessage",
        "9" * 20,
    ],
)
async def test_anything_else_is_no_chat(address: str) -> None:
    with pytest.raises(BadAddress, match="a chat's number"):
        _telegram("10:invented").check_address(address)
    with pytest.raises(Undeliverable, match="a chat's number"):
        await _telegram("10:invented").send(Message("msg_1", address, None, ALERT, 1))


async def test_without_a_bot_no_address_is_taken_and_what_is_owed_waits() -> None:
    with pytest.raises(BadAddress, match="PABAL_TELEGRAM_TOKEN"):
        _telegram("").check_address("42")
    with pytest.raises(TryAgain, match="PABAL_TELEGRAM_TOKEN"):
        await _telegram("").send(Message("msg_1", "42", None, ALERT, 1))


def test_the_token_is_not_shown_with_the_options() -> None:
    assert "invented" not in repr(ChannelOptions(telegram_token="10:invented"))


def test_a_run_is_escaped_in_text_and_in_its_address() -> None:
    assert write(Run('<b>&"')) == '&lt;b&gt;&amp;"'
    assert write(Run("가", bold=True, url="https://a.example/?a=1&b=2")) == (
        '<b><a href="https://a.example/?a=1&amp;b=2">가</a></b>'
    )
