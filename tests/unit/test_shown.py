from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.model import Call, Contact, Embargo, Mention, Printed, Reading
from service.reading.publishers import Registry
from service.reading.record import plain
from service.shown import show


def said(reading: Reading, **more: Any) -> dict[str, Any]:
    judged = {"topics": [{"code": "export", "score": 0.9}], "primary_topic": "export"}
    return {"id": "하나.hwpx", **plain(reading, Registry.load()), **judged, **more}


def test_a_person_sees_the_facts_before_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    show(
        said(
            Reading(
                "상담회 개최",
                "서른 곳 참가\n\n첫 문단\n품목\t값\n쌀\t3\n끝",
                ("motir",),
                None,
                named=("산업통상자원부",),
                subtitles=("서른 곳 참가",),
                kind="notice",
                embargo=Embargo(
                    "보도시점 5. 12. 11:00", online=Printed(date(2026, 5, 12), "11:00")
                ),
                contacts=(Contact("무역진흥과", "과장", "가나다", "044-000-1111"),),
                call=Call(is_call=True, end=date(2026, 6, 5), end_clock="18:00", sentence="까지"),
                mentions=(Mention("제2차 정책협의회", "정책협의회", 2),),
            )
        )
    )
    out = capsys.readouterr().out

    for words in (
        "상담회 개최", "서른 곳 참가", "모집·공고", "산업통상부", "산업통상자원부", "11:00",
        "2026-06-05 18:00", "무역진흥과  과장  가나다  044-000-1111", "제2차 정책협의회", "export",
        "쌀",
    ):  # fmt: skip
        assert words in out
    assert out.index("044-000-1111") < out.index("첫 문단")


def test_a_document_without_text_shows_why(capsys: pytest.CaptureFixture[str]) -> None:
    show(said(Reading("", "", (), None), error="encrypted: a password"))

    assert capsys.readouterr().out == "✗ 하나.hwpx: encrypted: a password\n"


def test_markup_in_a_title_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    show(said(Reading("[보도참고] [/bold] 수출", "[red]글[/red]", (), None)))
    out = capsys.readouterr().out

    assert "[보도참고] [/bold] 수출" in out
    assert "[red]글[/red]" in out


def test_a_long_text_is_cut_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show(said(Reading("제목", "\n".join(map(str, range(100))), (), None)))

    assert "60줄 더" in capsys.readouterr().out


def test_a_call_without_an_end_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    show(said(Reading("제목", "글", (), None, call=Call(is_call=True, open_ended=True))))

    assert "상시 open-ended" in capsys.readouterr().out
