from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.audit import Ailing, Audit
from service.judging.audit import Reason
from service.judging.excerpt import Excerpt
from service.preview import Brought, Preview
from service.shown_rules import (
    audit_records,
    estimate,
    preview_records,
    show_audit,
    show_preview,
    titles,
)
from service.store.past import SilentRule

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
MONTH = timedelta(days=30)
STORY = Brought(
    7, "mss_press", "https://a.example/7", "[가] 관세 설명회", ((4, 6),), "중소벤처기업부",
    NOW - timedelta(days=2), "minute", "notice", Excerpt("…통관과 관세를 다룬다", ((5, 7),)),
)  # fmt: skip
FOUND = Preview(NOW - MONTH, NOW, NOW - MONTH, 900, 42, {"notice": 42}, {"mss_press": 42}, (STORY,))
SILENT = SilentRule("수출바우쳐", "수출바우쳐", NOW - MONTH, None, ("가", "나", "다", "라", "마"))
AUDIT = Audit(
    NOW - MONTH, NOW, NOW - MONTH, 900, 5,
    (Ailing(SILENT, (Reason("unseen", "한 번도 없습니다", "never"),)),),
    (Ailing(replace(SILENT, text="관세", last_hit=NOW - 2 * MONTH), ()),),
)  # fmt: skip


def test_the_estimate_says_how_many_in_all_and_a_week() -> None:
    korean, english = estimate(FOUND).split(" / ")
    assert korean == "지난 30일이라면 소식 42건, 한 주에 약 9.8건"
    assert english == "would have brought 42 stories in 30 days, about 9.8 a week"
    assert "한 주에 약 233건" in estimate(replace(FOUND, stories=1_000))
    assert estimate(replace(FOUND, stories=0)).startswith("지난 30일이라면 소식 0건 / would")
    half_a_day = replace(FOUND, since=NOW - timedelta(hours=12), held_from=None)
    assert estimate(half_a_day).startswith("지난 12시간 사이에 저장된 글이 없어")


def test_an_estimate_over_less_time_than_asked_says_so() -> None:
    young = estimate(replace(FOUND, held_from=NOW - timedelta(days=6)))

    assert "한 주에 약 49건" in young
    assert "저장된 글은 2026-11-16부터라서 6.0일치로 셈했습니다" in young


def test_less_than_a_day_gives_no_rate() -> None:
    assert replace(FOUND, held_from=NOW - timedelta(hours=23)).per_week is None


def test_a_person_sees_the_newest_with_their_hits_marked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_preview("관세 | [가]", FOUND)
    out = capsys.readouterr().out

    assert "규칙 / rule  관세 | [가]\n" in out
    assert "글 900건" in out
    assert "공고 42" in out
    assert "2026-11-20 12:00  중소벤처기업부  [가] «관세» 설명회\n" in out
    assert "…통관과 «관세»를 다룬다" in out
    assert "41건 더" in out
    assert list(titles(FOUND)) == ["11-20 중소벤처기업부: [가] 관세 설명회"]


def test_a_day_alone_is_shown_without_a_clock(capsys: pytest.CaptureFixture[str]) -> None:
    show_preview("관세", replace(FOUND, newest=(replace(STORY, precision="day"),)))
    assert "\n2026-11-20  중소벤처기업부" in capsys.readouterr().out


def test_nothing_stored_is_said_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    show_preview("관세", replace(FOUND, held_from=None, articles=0, stories=0, newest=()))
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_preview_is_a_record_a_story_and_one_of_all() -> None:
    told, summary = preview_records("관세", FOUND)

    assert (told["type"], told["id"], told["marks"]) == ("story", 7, [[5, 7]])
    assert told["title_marks"] == [[4, 6]]
    assert told["published_at"] == "2026-11-20T12:00:00+09:00"
    assert (summary["type"], summary["stories"], summary["per_week"]) == ("summary", 42, 9.8)
    assert summary["held_from"] == summary["since"] == "2026-10-23T12:00:00+09:00"


def test_an_audit_shows_never_and_no_longer_apart(capsys: pytest.CaptureFixture[str]) -> None:
    show_audit(AUDIT)
    out = capsys.readouterr().out

    assert "규칙 5가지 가운데 2가지가 잠잠합니다" in out
    assert "■ 한 번도 맞은 적 없음 / never a hit: 1\n" in out
    assert "  수출바우쳐  (가, 나, 다 외 2; 2026-10-23 만듦)\n    · 한 번도 없습니다\n" in out
    assert "■ 2026-10-23 뒤로 맞은 적 없음 / no hit since: 1\n" in out
    assert "마지막 2026-09-23)" in out


def test_an_audit_is_a_record_a_rule_and_one_of_all() -> None:
    never, stale, summary = audit_records(AUDIT)

    assert never["reasons"] == [
        {"code": "unseen", "korean": "한 번도 없습니다", "english": "never"}
    ]
    assert (never["last_hit"], stale["last_hit"]) == (None, "2026-09-23")
    assert (summary["rules"], summary["never"], summary["stale"]) == (5, 1, 1)
