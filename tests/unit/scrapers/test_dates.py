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


def test_an_hour_ahead_is_a_clock_and_more_is_a_mistake() -> None:
    now = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)

    assert dates.read("2026-11-20 10:00:00", now) is not None
    assert dates.read("2026-11-20 10:00:01", now) is None


def test_midnight_of_a_date_only_field_is_a_day() -> None:
    midnight = dates.read("2026-06-30 00:00:00")
    gmt = dates.read("Mon, 29 Jun 2026 15:00:00 GMT")
    noon = dates.read("2026-06-30 12:00:00")
    assert midnight
    assert gmt
    assert noon

    assert dates.as_day(midnight).precision == "day"
    assert dates.as_day(gmt).precision == "day"
    assert dates.as_day(gmt).at.isoformat() == "2026-06-30T00:00:00+09:00"
    assert dates.as_day(noon) == noon


@pytest.mark.parametrize("raw", ["0001-01-01T00:00:00", "0001.01.01", "1899-12-30 00:00:00"])
def test_how_some_sites_print_no_date_is_none(raw: str) -> None:
    assert dates.read(raw) is None
