"""Charts: what is drawn says in words and by its form what it shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup

from service.web import charts
from service.web.charts import Bar, Caption, Course, Strip

HOSTILE = '"><script>alert(1)</script>'
CAPTION = Caption("c", "질문", "답")


def drawn(made: Markup) -> Tag:
    (svg,) = BeautifulSoup(made, "html.parser").find_all("svg")
    return svg


def widths(svg: Tag, kind: str) -> list[float]:
    return [float(str(each["width"])) for each in svg.select(f"rect.{kind}") if each.get("x")]


def test_a_chart_is_an_image_with_a_title_and_a_description() -> None:
    svg = drawn(charts.bars(CAPTION, [Bar("가", 0.5, "5건")]))

    assert svg["role"] == "img"
    named = [svg.find(id=str(svg[name])) for name in ("aria-labelledby", "aria-describedby")]
    assert [each and each.get_text() for each in named] == ["질문", "답"]


def test_bars_are_as_long_as_said_and_no_longer_than_the_whole() -> None:
    rows = [Bar("가", 0.5, ""), Bar("나", 7.0, ""), Bar("다", -1.0, "")]
    svg = drawn(charts.bars(CAPTION, rows))

    assert widths(svg, "fill") == [160, 320, 0]
    assert widths(svg, "track") == [320, 320, 320]


def test_a_label_is_cut_before_what_stands_at_the_end_of_its_line() -> None:
    rows = [
        Bar("Ministry of " + "Agriculture " * 4, 1, "28% (48/173)"),
        Bar("농림축산식품부", 1, "1건"),
    ]
    svg = drawn(charts.bars(CAPTION, rows))

    long, _, short, _ = (each.get_text() for each in svg.select("text"))
    assert long == "Ministry of Agriculture Agr…"
    assert short == "농림축산식품부"


def test_what_stands_out_is_hatched() -> None:
    svg = drawn(charts.bars(CAPTION, [Bar("가", 0.5, "", marked=True), Bar("나", 0.5, "")]))

    (marked,) = svg.select("rect.marked")
    assert marked["fill"] == "url(#c-hatch)"
    assert svg.find("pattern", id="c-hatch") is not None


def test_strips_share_one_scale() -> None:
    svg = drawn(
        charts.strips(CAPTION, [Strip("가", [10, 0], ""), Strip("나", [5, 5], "")], ("", ""))
    )

    heights = [float(str(each["height"])) for each in svg.select("rect.fill") if each.get("x")]
    assert heights == [30, 15, 15]


def test_columns_name_every_figure_that_fits_else_the_greatest_and_the_last() -> None:
    def figures(values: list[int]) -> list[str]:
        svg = drawn(charts.columns(CAPTION, values, ("처음", "끝")))
        return [each.get_text() for each in svg.select("text")][:-2]

    assert figures([1, 999, 3]) == ["1", "999", "3"]
    assert figures([1, 5_000, 3]) == ["5,000", "3"]


def test_dots_grow_with_what_they_stand_for() -> None:
    counts = {(1, 9): 4, (5, 14): 1}
    svg = drawn(charts.hours(CAPTION, counts, list("월화수목금토일"), "{}시"))

    radii = [float(str(each["r"])) for each in svg.select("circle.fill")]
    assert radii == [7, 3.5]
    assert len(svg.select("circle")) == 7 * 24


def test_a_timeline_labels_dots_only_where_there_is_room() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    dots = [(start, "1차"), (start + timedelta(hours=1), "2차"), (start + timedelta(days=9), "3차")]
    svg = drawn(charts.timeline(CAPTION, [Course("협의회", "3번", dots)], ("", "")))

    assert len(svg.select("circle")) == 3
    said = [each.get_text() for each in svg.select("text.small")]
    assert said[:2] == ["1차", "3차"]


@pytest.mark.parametrize(
    "made",
    [
        charts.bars(Caption("c", HOSTILE, HOSTILE), [Bar(HOSTILE, 1, HOSTILE)]),
        charts.strips(
            Caption("c", HOSTILE, ""), [Strip(HOSTILE, [1], HOSTILE)], (HOSTILE, HOSTILE)
        ),
        charts.timeline(
            CAPTION,
            [Course(HOSTILE, HOSTILE, [(datetime(2026, 1, 1, tzinfo=UTC), HOSTILE)])],
            ("", ""),
        ),
    ],
)
def test_hostile_words_are_drawn_as_words(made: Markup) -> None:
    svg = drawn(made)
    assert svg.find_all("script") == []
    assert HOSTILE in svg.get_text()


@pytest.mark.parametrize(
    "made",
    [
        charts.bars(CAPTION, []),
        charts.strips(CAPTION, [], ("", "")),
        charts.columns(CAPTION, [], ("", "")),
        charts.columns(CAPTION, [0, 0], ("", "")),
        charts.hours(CAPTION, {}, list("월화수목금토일"), "{}"),
        charts.timeline(CAPTION, [], ("", "")),
    ],
)
def test_nothing_is_drawn_of_nothing_and_no_style_is_written_inline(made: Markup) -> None:
    svg = drawn(made)
    assert svg.select(".fill[x]") == []
    assert "style" not in made
