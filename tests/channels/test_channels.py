"""Every channel says exactly what was recorded beside it, to a receiver on this machine.

``<channel>/message.json`` is sent, or ``message.json`` where a channel has none of its own, to the
path of its example on the receiver. ``{receiver}`` and ``{port}`` in an address stand for the
receiver's. What went out, by the wire and by standard output, must equal
``<channel>/expected.json``, and other contents in the same message ``<channel>/contents.json``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from notifier.errors import BadAddress
from notifier.model import (
    Alert,
    ChannelOptions,
    Content,
    Digest,
    Hit,
    Notice,
    Question,
    Reminder,
)
from notifier.registry import names, open_channel

HERE = Path(__file__).parent
POSTING = [name for name in names() if name != "mail"]

Said = Callable[..., Awaitable[dict[str, Any]]]
Recorded = Callable[[Path, object], None]

CALL = Alert(
    subscription="수출 소식",
    title="수출 *바우처* <b>2차</b> 모집 [공고](https://evil.example)",
    url="https://news.example.go.kr/release/2048",
    publisher="중소벤처기업부",
    source="mss",
    published_at="2026-11-21T10:00:00+09:00",
    published_precision="minute",
    summary="",
    hits=(Hit("수출 바우처", "…수출 바우처 참여 기업을 모집…", ((1, 3), (4, 7))),),
    kind="notice",
    apply_by="2026-12-11 18:00",
    days_left=19,
    extract="수출 바우처 2차 참여 기업을 모집한다.",
    dismiss="https://pabal.example/dismiss/a",
)
HELD = Alert(
    subscription="수출 소식",
    title="수출입 동향 @everyone & 분석",
    url="https://news.example.go.kr/release/2049",
    publisher="산업통상부",
    source="motir",
    published_at=None,
    published_precision=None,
    summary="",
    hits=(),
    embargo="엠바고 2026-11-23 06:00까지 · embargoed until 2026-11-23 06:00 KST",
    changes=("수치 3.1% → 3.4% (figure)",),
)
CONTENTS: dict[str, Content] = {
    "correction": HELD,
    "digest": Digest(
        subscription="수출 소식",
        since="2026-11-21T08:00:00+09:00",
        until="2026-11-22T08:00:00+09:00",
        alerts=(HELD, CALL),
        more=12,
        rest="https://pabal.example/digest/b",
    ),
    "reminder": Reminder(
        Alert(
            subscription=CALL.subscription,
            title=CALL.title,
            url=CALL.url,
            publisher=CALL.publisher,
            source=CALL.source,
            published_at=CALL.published_at,
            published_precision=CALL.published_precision,
            summary="",
            hits=CALL.hits,
            apply_by="2026-12-18 18:00",
            days_left=7,
            changes=("이미 알려 드린 정정",),
        ),
        was="2026-12-11 18:00",
    ),
    "question": Question(
        "수출 소식",
        ("수출 & (바우처 | 물류)", "기관:관세청"),
        "https://pabal.example/confirm/c",
        "K7",
    ),
    "notice": Notice(
        "수출 소식",
        "다른 주소로 보내지 못하고 있습니다",
        ("이틀 동안 답이 없어 그 주소로는 보내지 않습니다.",),
        "https://pabal.example/mine/d",
    ),
}


@pytest.mark.parametrize("name", POSTING)
async def test_a_channel_says_what_was_recorded(name: str, said: Said, recorded: Recorded) -> None:
    recorded(HERE / name / "expected.json", await said(name))


@pytest.mark.parametrize("name", POSTING)
async def test_a_channel_says_every_content_as_recorded(
    name: str, said: Said, recorded: Recorded
) -> None:
    asked = {each for each in CONTENTS if (name, each) != ("webhook", "question")}  # it must answer
    spoken = {each: await said(name, CONTENTS[each]) for each in CONTENTS if each in asked}

    recorded(HERE / name / "contents.json", spoken)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("address", ["", " ", "파발", "javascript:alert(1)", "\x00"])
def test_no_channel_takes_an_address_that_is_none(name: str, address: str) -> None:
    with pytest.raises(BadAddress):
        open_channel(name, ChannelOptions(apprise=True)).check_address(address)


def test_recordings_and_channels_are_one_to_one() -> None:
    kept = {path.parent.name for path in HERE.glob("*/expected.json")}
    assert kept - {"mail"} == set(POSTING)
