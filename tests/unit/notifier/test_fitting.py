from __future__ import annotations

import random
from dataclasses import replace
from html import escape

import pytest

from notifier.fitting import Run, cut, first, octets, rows, spelt, tame, titled, units, written
from notifier.letter import letter
from notifier.model import Alert, File, Hit

ALERT = Alert(
    subscription="수출 소식",
    title="수출 물류비 지원을 늘립니다",
    url="https://news.example.go.kr/1",
    publisher="산업통상부",
    source="motir",
    published_at="2026-08-03T09:30:00+09:00",
    published_precision="minute",
    summary="",
    hits=(Hit("수출", "물류비를 지원", ((0, 3),)),),
)
FULL = replace(
    ALERT,
    kind="notice",
    changes=("마감 8.20 → 8.31",),
    extract="한도를 올린다.",
    apply_by="2026-08-31",
    files=(File("안내.hwpx", "https://news.example.go.kr/f"), File("", "https://a.example/g")),
)


def _texts(alert: Alert) -> list[str]:
    return ["".join(run.text for run in row) for row in rows(letter(alert, "ko"))]


def test_the_rows_are_all_that_a_letter_says_under_its_title() -> None:
    assert _texts(FULL) == [
        "[정정] [모집·공고]",
        "산업통상부 · 2026-08-03 09:30 KST",
        "",
        "바뀐 내용",
        "· 마감 8.20 → 8.31",
        "",
        "한도를 올린다.",
        "",
        "신청 마감: 2026-08-31",
        "",
        "알려 드리는 까닭",
        "· 수출: 물류비를 지원",
        "",
        "첨부 파일",
        "· 안내.hwpx",
        "· https://a.example/g",
    ]


def test_what_a_letter_does_not_say_has_no_row() -> None:
    assert _texts(replace(ALERT, hits=())) == ["산업통상부 · 2026-08-03 09:30 KST"]


def test_hits_are_bold_and_files_lead_to_their_address() -> None:
    runs = [run for row in rows(letter(FULL, "ko")) for run in row]

    assert Run("물류비", bold=True) in runs
    assert Run("안내.hwpx", url="https://news.example.go.kr/f") in runs


def test_ten_of_a_kind_are_shown_and_the_others_hinted_at() -> None:
    many = replace(ALERT, hits=tuple(Hit(f"조건{n}", "") for n in range(11)))

    assert _texts(many)[-2:] == ["· 조건9", "· …"]
    assert _texts(replace(many, hits=many.hits[:10]))[-1] == "· 조건9"


def test_a_title_with_nothing_to_show_is_an_ellipsis() -> None:
    assert titled(letter(ALERT, "ko")) == ALERT.title
    assert titled(letter(replace(ALERT, title="\ud83d\u202e"), "ko")) == "…"


ROWS = [(Run("가나"),), (), (Run("다", bold=True), Run("<"))]


def test_rows_are_written_a_line_each() -> None:
    assert written(ROWS, lambda run: escape(run.text), 100) == "가나\n\n다&lt;"


@pytest.mark.parametrize(
    ("most", "shown"), [(13, "가나\n\n다&lt;"), (11, "가나\n\n…"), (5, "가나\n…"), (4, "…")]
)
def test_rows_are_left_out_whole(most: int, shown: str) -> None:
    text = written(ROWS, lambda run: escape(run.text), most)

    assert text == shown
    assert len(text) <= most


def test_rows_are_kept_by_whatever_size_they_have() -> None:
    assert first(ROWS, 10, lambda row: 3 * len(row)) == [ROWS[0], ROWS[1], (Run("…"),)]


def test_a_text_that_fits_is_whole() -> None:
    assert cut("가<나", 6, escape=escape) == "가&lt;나"


@pytest.mark.parametrize(("most", "shown"), [(6, "가<나"), (5, "가…"), (2, "가…"), (1, "…")])
def test_a_text_is_never_cut_in_an_escape(most: int, shown: str) -> None:
    assert cut("가<나", most, escape=escape) == shown.replace("<", "&lt;")


def test_a_text_is_cut_by_units_or_bytes_between_characters() -> None:
    assert cut("😀😀😀", 5, units) == "😀😀…"
    assert cut("가나다라", 11, octets) == "가나…"
    assert cut("가나다", 9, octets) == "가나다"


def test_no_cut_is_longer_than_asked_and_each_begins_as_the_text_does() -> None:
    rng = random.Random(7)
    for _ in range(2000):
        text = "".join(rng.choice("가a<&😀\ud83d\n") for _ in range(rng.randrange(12)))
        size = rng.choice([len, units, octets])
        most = rng.randrange(3, 30)
        shown = cut(text, most, size, escape)
        assert size(shown) <= most
        assert shown == escape(text) or escape(text).startswith(shown.removesuffix("…"))


def test_lengths_are_those_of_utf_16_and_utf_8() -> None:
    assert (units("가😀"), octets("가😀"), octets("\ud83d")) == (3, 7, 1)


def test_a_run_without_markup_names_its_address_once() -> None:
    assert spelt(Run("안내", url="https://a.example/f")) == "안내 https://a.example/f"
    assert spelt(Run("https://a.example/f", url="https://a.example/f")) == "https://a.example/f"
    assert spelt(Run("안내", bold=True)) == "안내"


def test_marks_are_put_in_their_full_width_twins() -> None:
    assert tame("[*가*](~~@b~~) <c> `d`") == "［＊가＊］(～～＠b～～) ＜c＞ ｀d｀"
