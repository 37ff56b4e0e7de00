import time
from datetime import UTC, datetime

import pytest

from scrapers import dates

LABELS = [
    "입력",
    "수정",
    "등록",
    "발행",
    "승인",
    "기사입력",
    "송고시간",
    "작성",
    "등록일",
    "입력:",
    "입력：",
]
READ = [
    # feeds
    ("Tue, 19 May 2026 09:40:46 +0900", "2026-05-19T09:40:46+09:00", "second"),
    ("Tue, 19 May 2026 09:40:46 +09:00", "2026-05-19T09:40:46+09:00", "second"),
    ("Tue, 19 May 2026 09:40:46 KST", "2026-05-19T09:40:46+09:00", "second"),
    ("Tue, 19 May 2026 00:40:46 GMT", "2026-05-19T00:40:46+00:00", "second"),
    ("Tue, 19 May 2026 00:40:46 -0500", "2026-05-19T00:40:46-05:00", "second"),
    ("Tue, 19 May 2026 09:40:46", "2026-05-19T09:40:46+09:00", "second"),
    ("Sat, 16 07 2022 10:35:04 +0900", "2022-07-16T10:35:04+09:00", "second"),
    ("Sat,16 Jul 2022 10:35:04 +0900", "2022-07-16T10:35:04+09:00", "second"),
    ("THU, 01 OCT 2026 09:35:14 KST", "2026-10-01T09:35:14+09:00", "second"),
    ("Thu, 1 Oct 2026 14:00:30 KST", "2026-10-01T14:00:30+09:00", "second"),
    ("Wed Jul 08 15:00:00 KST 2026", "2026-07-08T15:00:00+09:00", "second"),
    ("Wed Jul  8 15:00:00 UTC 2026", "2026-07-08T15:00:00+00:00", "second"),
    ("Jul 8 15:00 2026", "2026-07-08T15:00:00+09:00", "minute"),
    ("2026-10-01 09:00:00.0", "2026-10-01T09:00:00+09:00", "second"),
    ("16 Jul  2022 10:35:04 +0900", "2022-07-16T10:35:04+09:00", "second"),
    ("2026-08-17 22:01:14", "2026-08-17T22:01:14+09:00", "second"),
    ("2022-07-15T22:01:07+09:00", "2022-07-15T22:01:07+09:00", "second"),
    ("2025-05-15T20:00:52.000+0900", "2025-05-15T20:00:52+09:00", "second"),
    ("2022-07-31T08:14:21.000Z", "2022-07-31T08:14:21+00:00", "second"),
    ("2026-06-30 00:00:00", "2026-06-30T00:00:00+09:00", "second"),
    ("20261001103352", "2026-10-01T10:33:52+09:00", "second"),
    ("20261001", "2026-10-01T00:00:00+09:00", "day"),
    # pages
    ("2026.07.12 22:09", "2026-07-12T22:09:00+09:00", "minute"),
    ("2026.07.12 22:09:41", "2026-07-12T22:09:41+09:00", "second"),
    ("2026.07.12", "2026-07-12T00:00:00+09:00", "day"),
    ("2026-07-12", "2026-07-12T00:00:00+09:00", "day"),
    ("2026. 7. 2", "2026-07-02T00:00:00+09:00", "day"),
    ("2026. 7. 2.(목) 14:00", "2026-07-02T14:00:00+09:00", "minute"),
    (" 2026.10.01\n\t", "2026-10-01T00:00:00+09:00", "day"),
    ("07/15/2026 09:31:00", "2026-07-15T09:31:00+09:00", "second"),
    ("26.07.15 09:31", "2026-07-15T09:31:00+09:00", "minute"),
    ("2026.08.28. 오후 3:12", "2026-08-28T15:12:00+09:00", "minute"),
    ("2026-07-15 오전 09:31:00", "2026-07-15T09:31:00+09:00", "second"),
    ("2026-07-15 오전 12:05", "2026-07-15T00:05:00+09:00", "minute"),
    ("2026-07-15 오후 12:05", "2026-07-15T12:05:00+09:00", "minute"),
    ("2026/05/14 23:24 송고", "2026-05-14T23:24:00+09:00", "minute"),
    *((f"{label} 2025-12-19 13:54", "2025-12-19T13:54:00+09:00", "minute") for label in LABELS),
    ("입력 : 2025-06-04 02:37:08", "2025-06-04T02:37:08+09:00", "second"),
    ("2026년 7월 15일", "2026-07-15T00:00:00+09:00", "day"),
    ("2026년 7월 15일 (수) 오전 9:31", "2026-07-15T09:31:00+09:00", "minute"),
    # several times: the first that is no change
    ("입력 2026.05.05 17:52 수정 2026.05.06 08:00", "2026-05-05T17:52:00+09:00", "minute"),
    ("수정 2026.05.06 08:00 | 입력 2026.05.05 17:52", "2026-05-05T17:52:00+09:00", "minute"),
    ("최종수정 2026.05.06 최초입력 2026.05.05", "2026-05-05T00:00:00+09:00", "day"),
    ("등록 2026.05.05 · 승인 2026.05.06", "2026-05-05T00:00:00+09:00", "day"),
    ("업데이트 2026.05.06 08:00", "2026-05-06T08:00:00+09:00", "minute"),
    ("2026.05.05 17:52 입력 2026.05.06 08:00 수정", "2026-05-05T17:52:00+09:00", "minute"),
]


@pytest.mark.parametrize(("raw", "at", "precision"), READ)
def test_a_date_is_read_as_it_was_written(raw: str, at: str, precision: str) -> None:
    moment = dates.read(raw)

    assert moment is not None
    assert moment.at.isoformat() == at
    assert moment.precision == precision


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "-",
        "1시간 전",
        "입력 1시간 전",
        "입력",
        "입력 입력 2026-01-02",
        "2026년 7월",
        "48분 전",
        "7월 15일 (수)",
        "어제",
        "2026.13.40",
        "2026.02.29",
        "2026.07.12 25:61",
        "20261332",
        "12345",
        "2026-07/12",
        "16 Foo 2022 10:35:04",
        "16 Jul 2022 10:35:04 +9900",
        "2026-10-01 ~ 2026-10-21",
        "조회 2026",
    ],
)
def test_what_cannot_be_read_is_none(raw: str) -> None:
    assert dates.read(raw) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://www.yna.co.kr/view/AKR20260514123400001?section=x", "2026-05-14"),
        ("https://www.yna.co.kr/view/PYH20260514123400001", "2026-05-14"),
        ("https://www.newsis.com/view/NISX20260714_0001234567", "2026-07-14"),
        ("http://www.newsis.com/view?id=NISX20260714_0001234567", "2026-07-14"),
        ("https://www.etnews.com/20260715000123", "2026-07-15"),
        ("https://www.mt.co.kr/economy/2026/07/15/2026071512345678901", "2026-07-15"),
        ("https://www.hankyung.com/article/202605051234A", "2026-05-05"),
        ("https://www.asiatoday.co.kr/kn/view.php?key=20260514012345678", "2026-05-14"),
        ("https://www.asiatoday.co.kr/view.php?lcode=&key=20260514012345678", "2026-05-14"),
        ("https://www.hankookilbo.com/news/article/A2026012910000000123", "2026-01-29"),
        ("https://www.newsis.com/view/NISX20261314_0001234567", None),
        ("https://www.mk.co.kr/news/economy/20260514", None),
        ("https://www.news.example/article/202605051234A", None),
        ("", None),
    ],
)
def test_some_addresses_say_the_day(url: str, day: str | None) -> None:
    moment = dates.in_address(url)

    assert (str(moment.at.date()) if moment else None) == day
    assert moment is None or moment.precision == "day"


@pytest.mark.parametrize("piece", ["입력 ", "2026.1.2 ", "asiatoday.co.kr/?", "A20260714", "송고"])
def test_a_hostile_date_costs_no_more_than_its_length(piece: str) -> None:
    begin = time.process_time()

    assert dates.read(piece * 20_000) is None
    dates.in_address(piece * 20_000)

    assert time.process_time() - begin < 10


def test_an_hour_ahead_is_a_clock_and_more_is_a_mistake() -> None:
    now = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)

    assert dates.past(dates.read("2026-11-20 10:00:00"), now) is not None
    assert dates.past(dates.read("2026-11-20 10:00:01"), now) is None


def test_midnight_of_a_date_only_field_is_a_day() -> None:
    midnight = dates.read("2026-06-30 00:00:00", date_only=True)
    gmt = dates.read("Mon, 29 Jun 2026 15:00:00 GMT", date_only=True)
    assert midnight
    assert gmt

    assert (midnight.precision, gmt.precision) == ("day", "day")
    assert gmt.at.isoformat() == "2026-06-30T00:00:00+09:00"
    noon = "2026-06-30 12:00:00"
    assert dates.read(noon, date_only=True) == dates.read(noon)


@pytest.mark.parametrize(
    "raw",
    [
        "0001-01-01T00:00:00",
        "0001.01.01",
        "1899-12-30 00:00:00",
        "9999-12-31",
        "9999-12-31T23:59:59-12:00",
        "2100-01-01",
    ],
)
def test_how_some_sites_print_no_date_is_none(raw: str) -> None:
    assert dates.read(raw) is None
