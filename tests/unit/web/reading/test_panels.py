"""Panels: a question, the answer in one sentence, and the figures."""

from __future__ import annotations

from datetime import date

import pytest

from service.store.tallies import EDGES, EVERYBODY, Share, Tally
from service.web.reading.panels import Panels, middle_of

NAMES = {"mss": "중소벤처기업부", "kcs": "관세청"}


def tally(**changes: object) -> Tally:
    fields: dict[str, object] = {
        "last": date(2026, 11, 22),
        "blocks": {
            EVERYBODY: [30, 10, 10],
            "mss": [20, 5, 5],
            "kcs": [10, 5, 5],
            "gone": [9, 9, 9],
        },
        "shares": {
            EVERYBODY: Share(50, 20),
            "mss": Share(30, 15),
            "kcs": Share(20, 5),
            "gone": Share(27, 0),
        },
        "hours": {(1, 9): 30, (5, 14): 10},
        "leads": {0: 2, EDGES.index(60) + 1: 6},
    }
    return Tally(**(fields | changes))  # type: ignore[arg-type]


def panels(language: str = "ko", **changes: object) -> Panels:
    return Panels(language, tally(**changes), NAMES)


def test_weeks_are_held_against_an_ordinary_one() -> None:
    def said(*values: int) -> str:
        return panels(blocks={EVERYBODY: values}).weeks().answer

    assert (
        said(10, 10, 10) == "3주 동안 30건이 나왔고, 지난 7일의 10건은 여느 주(10건)와 비슷합니다."
    )
    assert "20건으로 여느 주(10건)보다 많습니다" in said(10, 10, 20)
    assert "2건으로 여느 주(10건)보다 적습니다" in said(10, 10, 2)


def test_a_week_is_named_by_its_first_day() -> None:
    made = panels().weeks()
    assert made.table == [("11. 2.", "30"), ("11. 9.", "10"), ("11. 16.", "10")]


def test_only_what_has_a_name_is_ranked_and_shares_are_of_everything() -> None:
    made = panels().over_time("ministries")

    assert made.answer == "중소벤처기업부 글이 30건으로 가장 많고, 전체의 60%입니다."
    assert [row[0] for row in made.table] == ["중소벤처기업부", "관세청"]
    assert made.table[0][1:] == ("20", "5", "5")


def test_the_share_of_news_is_said_with_its_ends() -> None:
    made = panels().covered("covered")

    assert made.answer == (
        "50건 가운데 20건, 40%가 기사로 다뤄졌습니다. "
        "글이 많은 곳 가운데 가장 높은 곳은 중소벤처기업부(50%), 가장 낮은 곳은 관세청(25%)입니다."
    )
    assert made.table == [
        ("중소벤처기업부", "30", "15", "50%"),
        ("관세청", "20", "5", "25%"),
    ]


def test_the_median_lead_is_said_and_its_bar_marked() -> None:
    made = panels().leads()

    assert "중앙값은 1시간 5분입니다" in made.answer
    assert "먼저 나온 것은 25%이고" in made.answer
    assert made.table[0] == ("기사가 먼저", "2", "25%")
    assert made.table[4] == ("1–2시간", "6", "75%")
    assert made.drawn is not None
    assert "중앙값 · 6건 · 75%" in made.drawn


def test_the_busiest_hour_and_day_are_said() -> None:
    made = panels().hours()

    assert made.answer.startswith("9시대에 75%가 나와 가장 바쁘고, 요일로는 월요일(75%)입니다.")
    assert [row[0] for row in made.table] == ["9시", "14시"]


def test_every_panel_is_said_in_english_too() -> None:
    made = panels("en")
    answers = [made.weeks().answer, made.leads().answer, made.covered("covered").answer]
    assert not any(
        "가" <= letter <= "힣"
        for letter in "".join(answers).replace(*("관세청", "")).replace("중소벤처기업부", "")
    )


def test_of_nothing_there_is_an_answer_and_no_drawing() -> None:
    made = Panels("ko", tally(blocks={}, shares={}, hours={}, leads={}), NAMES)

    for each in (made.weeks(), made.leads(), made.covered("covered"), made.hours()):
        assert each.drawn is None
        assert each.answer.endswith(".")
        assert each.table == ()


@pytest.mark.parametrize(
    ("leads", "middle"),
    [
        ({}, None),
        ({0: 3, 1: 1}, 0.0),  # the news was there first
        ({1: 4}, 2.5),  # evenly spread over 0..5 minutes
        ({1: 1, EDGES.index(60) + 1: 3}, 60 + 15 / 3),
        ({len(EDGES): 2}, 10_080.0),
    ],
)
def test_the_median_lies_within_its_step(leads: dict[int, int], middle: float | None) -> None:
    assert middle_of(leads) == middle
