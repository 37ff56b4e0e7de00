from __future__ import annotations

import random
from dataclasses import replace
from html import escape

import pytest

from notifier.fitting import (
    Row,
    Run,
    cut,
    first,
    fit,
    foot,
    links,
    main,
    octets,
    rows,
    spelt,
    tame,
    titled,
    units,
    written,
)
from notifier.letter import Letter, letter
from notifier.model import Alert, Content, Digest, File, Hit, Links, Message, Question

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


LINKS = Links("https://pabal.example/end/e", "https://pabal.example/mine/m")


def _letter(content: Content, links: Links = LINKS) -> Letter:
    return letter(Message("msg_1", "-", None, content, 1, "ko", links))


def _text(row: Row) -> str:
    return "".join(run.text for run in row)


def _texts(content: Content) -> list[str]:
    return [_text(row) for row in rows(_letter(content))]


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
    runs = [run for row in rows(_letter(FULL)) for run in row]

    assert Run("물류비", bold=True) in runs
    assert Run("안내.hwpx", url="https://news.example.go.kr/f") in runs


def test_ten_of_a_kind_are_shown_and_the_others_hinted_at() -> None:
    many = replace(ALERT, hits=tuple(Hit(f"조건{n}", "") for n in range(11)))

    assert _texts(many)[-2:] == ["· 조건9", "· …"]
    assert _texts(replace(many, hits=many.hits[:10]))[-1] == "· 조건9"


def test_a_title_with_nothing_to_show_is_an_ellipsis() -> None:
    assert titled(_letter(ALERT)) == ALERT.title
    assert titled(_letter(replace(ALERT, title="\ud83d\u202e"))) == "…"


ROWS = [(Run("가나"),), (), (Run("다", bold=True), Run("<"))]
CALL = replace(ALERT, apply_by="2026-12-11", days_left=5, dismiss="https://pabal.example/dismiss/a")
DIGEST = Digest(
    "수출 소식",
    "2026-11-21T08:00:00+09:00",
    "2026-11-22T08:00:00+09:00",
    tuple(replace(CALL, title=f"제목 {n}") for n in range(1, 7)),
    more=4,
    rest="https://pabal.example/digest/b",
)


def test_an_entry_is_its_number_and_linked_title_over_what_it_says() -> None:
    first_entry = rows(_letter(DIGEST))[2:6]

    assert [_text(row) for row in first_entry] == [
        "1. 제목 1",
        "산업통상부 · 2026-08-03 09:30 KST · 이 소식은 필요 없음",
        "신청 마감: 2026-12-11 · 5일 남음 (D-5)",
        "수출: 물류비를 지원",
    ]
    assert first_entry[0][1] == Run("제목 1", url=ALERT.url)
    assert _texts(DIGEST)[-1] == "외 4건"


def test_what_a_question_asks_is_said_before_its_rules_and_its_button() -> None:
    asked = rows(_letter(Question("수출 소식", ("수출",), "https://pabal.example/confirm/c", "K7")))

    assert [_text(row) for row in asked[3:]] == ["", "규칙: 수출", "", "받겠습니다"]
    assert asked[-1] == (Run("받겠습니다", bold=True, url="https://pabal.example/confirm/c"),)


def test_the_foot_is_the_footer_and_a_row_for_each_link() -> None:
    said = _letter(ALERT)

    assert [_text(row) for row in foot(said)] == [
        "",
        "파발 · 구독 ‘수출 소식’",
        "구독 관리",
        "그만 받기",
    ]
    assert links(said) == [(Run("구독 관리", url=LINKS.mine),), (Run("그만 받기", url=LINKS.end),)]
    assert links(_letter(ALERT, Links())) == []


def test_the_one_thing_to_open_is_the_button_or_the_source_or_the_rest() -> None:
    asked = Question("수출 소식", (), "https://pabal.example/confirm/c", "K7")

    assert main(_letter(asked)) == ("받겠습니다", "https://pabal.example/confirm/c")
    assert main(_letter(ALERT)) == ("원문", ALERT.url)
    assert main(_letter(DIGEST)) == ("모두 보기", "https://pabal.example/digest/b")
    assert main(_letter(replace(ALERT, url=""))) is None


@pytest.mark.parametrize("most", range(0, 900, 13))
def test_entries_are_left_out_whole_and_counted_and_the_foot_stays(most: int) -> None:
    said = _letter(DIGEST)
    end = foot(said)

    shown = fit(said, most, lambda row: len(_text(row)) + 1, foot=end)

    texts = [_text(row) for row in shown]
    assert sum(len(text) + 1 for text in texts) <= max(most, 2)
    if most > 120:
        assert shown[-len(end) :] == end
        entries = sum(text.startswith(("1. ", "2. ", "3. ", "4. ", "5. ", "6. ")) for text in texts)
        assert texts.count(f"외 {10 - entries}건") == 1
        assert sum(text.startswith("신청 마감") for text in texts) == entries


def test_as_few_entries_are_left_out_as_may_be() -> None:
    said = _letter(DIGEST)
    whole = sum(len(_text(row)) + 1 for row in rows(said))

    for most, entries in ((whole, 6), (whole - 1, 5)):
        shown = fit(said, most, lambda row: len(_text(row)) + 1)
        assert sum(_text(row).startswith("신청 마감") for row in shown) == entries


def test_a_letter_is_written_a_line_for_each_row_with_its_size_counted_as_written() -> None:
    said = _letter(replace(ALERT, publisher="<가>", hits=()))
    written_so = written(said, lambda run: escape(run.text), 100, head=[(Run("머리"),)])

    assert written_so == "머리\n&lt;가&gt; · 2026-08-03 09:30 KST"
    assert written(said, lambda run: escape(run.text), 20) == "…"


@pytest.mark.parametrize(
    ("most", "shown"), [(5, "가나||다<"), (4, "가나||…"), (3, "가나|…"), (2, "…")]
)
def test_rows_are_left_out_whole(most: int, shown: str) -> None:
    kept = first(ROWS, most, lambda row: len(_text(row)) + (not row))

    assert "|".join(map(_text, kept)) == shown


def test_rows_are_kept_by_whatever_size_they_have() -> None:
    assert first(ROWS, 8, lambda row: 3 * len(row)) == [ROWS[0], ROWS[1], (Run("…"),)]


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
    assert spelt(Run("필요 없음", url="https://a.example/d", aside=True)) == ""


def test_marks_are_put_in_their_full_width_twins() -> None:
    assert tame("[*가*](~~@b~~) <c> `d`") == "［＊가＊］(～～＠b～～) ＜c＞ ｀d｀"
