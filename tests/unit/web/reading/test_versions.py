from __future__ import annotations

import time

from service.model import Change
from service.web.reading.versions import rows


def change(what: str, before: str, after: str, *, weighty: bool = True) -> Change:
    return Change(what, before, after, weighty)


def test_weighty_figures_stand_before_other_weighty_changes_and_these_before_the_rest() -> None:
    said = [
        change("문장 (sentence)", "1개", "2개", weighty=False),
        change("붙임 (attachment)", "", "신청서.hwp"),
        change("마감 (deadline)", "5.20", "5.27"),
    ]
    assert [each.what for each in rows(said, "ko")] == ["마감", "붙임", "문장"]
    assert [each.what for each in rows(said, "en")] == ["deadline", "attachment", "sentence"]


def test_what_differs_is_marked_on_both_sides() -> None:
    (row,) = rows([change("금액 (sum)", "모두 3,000만 원까지", "모두 5,000만 원까지")], "ko")
    assert row.before == "모두 <mark>3,000</mark>만 원까지"
    assert row.after == "모두 <mark>5,000</mark>만 원까지"


def test_words_in_a_row_are_one_mark() -> None:
    (row,) = rows([change("문장", "기업은 고른다.", "기업은 마케팅, 인증 가운데 고른다.")], "ko")
    assert row.after == "기업은 <mark>마케팅, 인증 가운데</mark> 고른다."


def test_what_was_or_is_nothing_has_no_words() -> None:
    (added,) = rows([change("붙임 (attachment)", "", "<b>.hwp")], "ko")
    assert (added.before, added.after) == (None, "&lt;b&gt;.hwp")


def test_hostile_words_are_compared_in_time() -> None:
    began = time.process_time()
    rows([change("1." * 50_000, "1." * 50_000, "2:" * 50_000)] * 5, "ko")
    assert time.process_time() - began < 10
