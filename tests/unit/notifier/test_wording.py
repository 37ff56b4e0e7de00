from __future__ import annotations

from dataclasses import replace

import pytest

from notifier.model import Alert, Hit
from notifier.wording import lines

ALERT = Alert(
    subscription="수출 소식",
    title="수출 물류비 지원을 늘립니다",
    url="https://news.example.go.kr/1",
    publisher="산업통상부",
    source="motir",
    published_at="2026-08-03T00:30:00+00:00",
    published_precision="minute",
    summary="",
    hits=(Hit("수출", "…수출 물류비를…"), Hit("산업통상부 전체", "")),
)


def test_an_alert_is_title_origin_rules_and_link() -> None:
    assert lines(ALERT).split("\n") == [
        "수출 물류비 지원을 늘립니다",
        "산업통상부 · 2026-08-03 09:30 KST",
        "",
        "맞은 조건 (matched rules)",
        "- 수출: …수출 물류비를…",
        "- 산업통상부 전체",
        "",
        "원문 (source): https://news.example.go.kr/1",
    ]


def test_embargo_and_last_day_stand_under_the_origin() -> None:
    alert = replace(
        ALERT,
        embargo="엠바고 2026-08-04 06:00까지 · embargoed\nuntil 2026-08-04 06:00 KST",
        apply_by="2026-08-31 18:00",
    )

    assert lines(alert).split("\n")[1:5] == [
        "산업통상부 · 2026-08-03 09:30 KST",
        "엠바고 2026-08-04 06:00까지 · embargoed until 2026-08-04 06:00 KST",
        "신청 마감 2026-08-31 18:00 · apply by 2026-08-31 18:00",
        "",
    ]


def test_a_correction_says_what_changed_before_all_else() -> None:
    alert = replace(ALERT, changes=("마감 5.20 → 5.27 (deadline)", "두\n줄"))

    assert lines(alert).split("\n")[:5] == [
        "정정: 알려 드린 내용이 바뀌었습니다 (a correction of what you were told)",
        "- 마감 5.20 → 5.27 (deadline)",
        "- 두 줄",
        "",
        "수출 물류비 지원을 늘립니다",
    ]


@pytest.mark.parametrize(
    ("at", "precision", "shown"),
    [
        ("2026-08-03T00:00:00+09:00", "day", "2026-08-03"),
        ("2026-08-02T15:00:00+00:00", "day", "2026-08-03"),
        ("2026-08-03T00:00:00+09:00", "minute", "2026-08-03 00:00 KST"),
        ("2026-08-03T09:30:59+09:00", "second", "2026-08-03 09:30 KST"),
        ("2026-12-31T15:30:00Z", "minute", "2027-01-01 00:30 KST"),
        (None, None, "시각 미상 (time unknown)"),
    ],
)
def test_a_time_is_korean_and_a_date_stays_a_date(
    at: str | None, precision: str | None, shown: str
) -> None:
    alert = replace(ALERT, published_at=at, published_precision=precision)

    assert lines(alert).split("\n")[1] == f"산업통상부 · {shown}"


def test_without_a_publisher_the_source_is_named() -> None:
    assert lines(replace(ALERT, publisher=None)).split("\n")[1].startswith("motir · ")


@pytest.mark.parametrize(
    ("scraped", "shown"),
    [
        ("두 줄\n제목", "두 줄 제목"),
        ("탭\t과 \u3000전각", "탭 과 전각"),
        ("\x1b[2J지움\x07", "[2J지움"),
        ("뒤집힌\u202e글", "뒤집힌글"),
        ("널\x00\ud800", "널"),
        ("줄\u2028나눔", "줄 나눔"),
    ],
)
def test_scraped_text_stays_on_its_line_without_control_characters(
    scraped: str, shown: str
) -> None:
    alert = replace(ALERT, title=scraped, publisher=scraped, hits=(Hit(scraped, scraped),))

    said = lines(alert).split("\n")

    assert (said[0], said[4], len(said)) == (shown, f"- {shown}: {shown}", 7)
    assert said[1] == f"{shown} · 2026-08-03 09:30 KST"
