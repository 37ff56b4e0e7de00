from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from notifier.channels.telegram import Telegram, write
from notifier.errors import BadAddress, TryAgain, Undeliverable
from notifier.fitting import Run
from notifier.model import Alert, ChannelOptions, Digest, File, Hit, Links, Message
from notifier.posting import Poster
from tests.unit.notifier.receiver import Nowhere

ALERT = Alert("구독", "제목", "https://news.example.go.kr/1", None, "mss", None, None, "", ())
HIT = Hit("수출", "수출 바우처와 수출 상담회, 수출 보험", ((0, 2), (8, 10), (16, 18)))
LINKS = Links("https://pabal.example/end/e", "https://pabal.example/mine/m")
REST = "https://pabal.example/digest/b"
Posted = Callable[..., Awaitable[Any]]


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


def _digest(most: int, url: str, title: str = "중소기업 수출 지원 사업을 공고합니다") -> Digest:
    alerts = (
        replace(
            ALERT,
            title=title,
            url=f"{url}{at}",
            hits=(HIT,),
            apply_by="2026-12-24",
            dismiss=f"https://pabal.example/dismiss/{at}",
        )
        for at in range(most)
    )
    at = "2026-11-22T08:00:00+09:00"
    return Digest("구독", at, at, tuple(alerts), more=7, rest=REST)


async def _text(posted: Posted, content: Alert | Digest) -> str:
    payload = json.loads((await posted("telegram", content, links=LINKS)).content)
    return str(payload["text"])


def _entries(text: str) -> int:
    """How many entries of a digest are shown: their numbers."""
    return len(re.findall(r"^(?:<b>)?[0-9]+\. ", text, re.MULTILINE))


@pytest.mark.parametrize(
    ("digest", "least"),
    [
        pytest.param(_digest(30, ALERT.url), 20, id="ordinary"),
        pytest.param(_digest(90, ALERT.url, "가"), 20, id="many"),
        pytest.param(_digest(30, f"{ALERT.url}?q={'%EA' * 150}"), 12, id="long addresses"),
    ],
)
async def test_every_link_of_a_long_digest_is_within_what_telegram_keeps(
    digest: Digest, least: int, posted: Posted
) -> None:
    text = await _text(posted, digest)
    links = re.findall(r'<a href="([^"]*)">', text)
    shown = _entries(text)

    assert len(links) + text.count("<b>") <= 100
    assert sum(map(len, links)) <= 7500
    assert least <= shown <= len(digest.alerts)
    assert links[:-2] == [
        url for each in digest.alerts[:shown] for url in (each.url, each.dismiss)
    ] + [REST]
    assert links[-2:] == [LINKS.mine, LINKS.end]
    assert text.count(f"외 {len(digest.alerts) + 7 - shown}건") == 1


async def test_of_a_long_digest_the_first_entries_keep_their_weight(posted: Posted) -> None:
    text = await _text(posted, _digest(30, ALERT.url))

    assert text.startswith("<b>")
    assert "<b>1. </b>" in text
    assert text.count("<b>수출</b>") >= 3
    assert f"\n{_entries(text)}. <a" in text


async def test_a_short_digest_keeps_all_its_weight(posted: Posted) -> None:
    text = await _text(posted, _digest(5, ALERT.url))

    assert text.count("<b>수출</b>") == 15
    assert "<b>5. </b>" in text


async def test_files_with_endless_addresses_are_left_out_of_an_alert(posted: Posted) -> None:
    files = tuple(File(f"{at}.pdf", f"{ALERT.url}?{'a' * 1900}{at}") for at in range(6))
    text = await _text(posted, replace(ALERT, files=files))

    assert "0.pdf" in text
    assert "5.pdf" not in text
    assert "\n…" in text
    assert LINKS.end in text
