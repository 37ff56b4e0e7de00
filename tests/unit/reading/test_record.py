from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from service.model import Call, Contact, Embargo, Given, Mention, Printed, Reading, day_of
from service.reading.publishers import Registry
from service.reading.record import given, plain

REGISTRY = Registry.load()
SEOUL = ZoneInfo("Asia/Seoul")
WHOLE = Reading(
    title="제목",
    text="본문",
    publishers=("motir",),
    unknown_publisher=None,
    named=("산업통상자원부",),
    subtitles=("부제",),
    kind="notice",
    published_at=datetime(2026, 5, 12, 2, tzinfo=timezone(timedelta())),
    precision="minute",
    distributed=Printed(date(2026, 5, 11)),
    embargo=Embargo(
        "보도시점 2026. 5. 12.(화) 11:00",
        online=Printed(date(2026, 5, 12), "11:00"),
        paper=(date(2026, 5, 13), "조간"),
    ),
    byline=None,
    contacts=(Contact("무역진흥과", "과장", "가나다", "044-000-1111"),),
    call=Call(is_call=True, end=date(2026, 6, 5), end_clock="18:00", sentence="6. 5.까지"),
    mentions=(Mention("제2차 정책협의회", "정책협의회", 2, None, ("mofa", "mss")),),
)


def test_a_record_without_anything_but_text_is_enough() -> None:
    assert given({"id": 1, "text": "글"}) == Given("글")


@pytest.mark.parametrize(
    ("published", "at", "precision"),
    [
        ("2026-05-12", datetime(2026, 5, 12, tzinfo=SEOUL), "day"),
        ("2026-05-12T11:00", datetime(2026, 5, 12, 11, tzinfo=SEOUL), "minute"),
        (
            "2026-05-12T02:00:00+00:00",
            datetime(2026, 5, 12, 2, tzinfo=timezone(timedelta())),
            "minute",
        ),
        (None, None, None),
    ],
)
def test_a_time_without_a_zone_is_of_seoul(
    published: str | None, at: datetime | None, precision: str | None
) -> None:
    known = given({"text": "글", "published": published})

    assert (known.published_at, known.precision) == (at, precision)


def test_the_day_is_that_of_seoul() -> None:
    late = given({"text": "글", "published": "2026-05-11T20:00:00+00:00"})
    assert day_of(late.published_at) == date(2026, 5, 12)
    assert day_of(given({"text": "글"}).published_at) is None


@pytest.mark.parametrize(
    "published", ["어제", "0001-01-01", "9999-12-31T23:59-12:00", "1899-12-31", "2100-01-01"]
)
def test_a_time_that_is_none_is_refused(published: str) -> None:
    with pytest.raises(ValueError, match=published):
        given({"text": "글", "published": published})


def test_a_reading_is_told_whole() -> None:
    told = plain(WHOLE, REGISTRY)

    assert told == {
        "title": "제목",
        "subtitles": ["부제"],
        "publisher": "산업통상부",
        "publishers": ["산업통상부"],
        "ministries": ["산업통상자원부"],
        "published_at": "2026-05-12T11:00:00+09:00",
        "published_precision": "minute",
        "kind": "notice",
        "embargo": {
            "immediate": False,
            "online_at": "2026-05-12T11:00+09:00",
            "paper_at": "2026-05-13 조간",
            "date_only": None,
            "condition": None,
            "sentence": "보도시점 2026. 5. 12.(화) 11:00",
        },
        "distributed_at": "2026-05-11",
        "byline": None,
        "contacts": [
            {"department": "무역진흥과", "rank": "과장", "name": "가나다", "phone": "044-000-1111"}
        ],
        "call": {
            "is_call": True,
            "start": None,
            "end": "2026-06-05",
            "end_time": "18:00",
            "open_ended": False,
            "sentence": "6. 5.까지",
        },
        "mentions": [
            {
                "name": "제2차 정책협의회",
                "series": "정책협의회",
                "round": 2,
                "year": None,
                "parties": ["외교부", "중소벤처기업부"],
            }
        ],
        "text": "본문",
    }


def test_an_unknown_publisher_is_told_as_printed() -> None:
    told = plain(Reading("제목", "글", (), "새로운부"), REGISTRY)

    assert (told["publisher"], told["publishers"]) == ("새로운부", [])
