"""Extracted lines → paragraphs. All text is invented in the shape of old releases."""

import pytest

from service.reading.mend import lines, page_of, paragraphs
from service.reading.words import Words

WRAPPED = """\
□ 가람부(장관 홍길동, 이하 가람부)는 섬마을의 낡은 등대를 고치고 새로운 뱃길을
열기 위한 ‘등대 새단장 사업’을 오는 3월부터 두 해 동안 전국 열두 곳에서 펼
치기로 했다고 밝혔다.
 ㅇ 이번 사업은 지난해부터 열 차례에 걸친 어민과의 간담회를 통해 마련하였으며
섬마을 주민의 의견을 모아 우선 고칠 등대를 정하고 차례로 손보아 나갈 예정이
며, 필요한 돈은 지방정부와 함께 나누어 내기로 했다.
"""


def mended(text: str) -> str:
    found = lines(text)
    return paragraphs(found, page_of(found), Words(line.text for line in found))


def test_lines_cut_at_the_edge_of_a_page_are_one_paragraph() -> None:
    first, second = mended(WRAPPED.rstrip()).split("\n")

    assert "새로운 뱃길을 열기 위한" in first
    assert "펼치기로 했다고 밝혔다." in first
    assert second.startswith("ㅇ 이번 사업은")
    assert "마련하였으며 섬마을" in second
    assert "나갈 예정이며, 필요한" in second


def test_an_empty_line_inside_a_sentence_is_a_cut_too() -> None:
    spaced = WRAPPED.replace("\n", "\n\n")

    assert mended(spaced).replace("\n\n", "\n").strip() == mended(WRAPPED).strip()


def test_a_page_number_between_the_halves_of_a_sentence_goes() -> None:
    torn = WRAPPED.replace("새로운 뱃길을\n", "새로운 뱃길을\n- 2 -\n")

    assert mended(torn) == mended(WRAPPED)


@pytest.mark.parametrize("number", ["- 3 -", "– 12 –", "3 - 3", "2-5", "3\t-\n\t3"])
def test_page_numbers_are_no_lines(number: str) -> None:
    assert [line.text for line in lines(f"가\n{number}\n나") if line.text] == ["가", "나"]


@pytest.mark.parametrize("line", ["3", "5 - 2", "2026 - 2027", "- 3명 -", "3\t-\n\t4"])
def test_numbers_that_are_no_page_numbers_stay(line: str) -> None:
    assert "\n".join(found.text for found in lines(f"가\n{line}\n나")) == f"가\n{line}\n나"


def test_text_with_a_paragraph_on_each_line_stays_as_it_is() -> None:
    text = (
        "가람부는 등대를 고친다고 밝혔다.\n\n□ 주요 내용은 다음과 같다.\n"
        "- 섬마을 등대 열두 곳을 새로 단장\n- 뱃길 안내판을 모두 새것으로 바꾸는 사업도 함께 추진\n"
        "담당하는 사람들의 이름\n* 자세한 내용은 누리집에서 확인할 수 있다."
    )

    assert mended(text) == text


def test_rows_of_a_table_are_never_joined() -> None:
    rows = "섬 이름과 등대를 함께 적은 표의\t등대의 높이와 밝기를\n넓은 바다 한가운데의\t열두 길"

    assert mended(f"{WRAPPED}{rows}").endswith(rows)


def test_a_line_that_ends_with_a_particle_goes_on_even_where_no_page_is_cut() -> None:
    assert mended("○ 마을은 사람과 배를\n모두 지킨다.") == "○ 마을은 사람과 배를 모두 지킨다."


def test_items_left_behind_a_sentence_begin_their_own_line() -> None:
    torn = WRAPPED.replace("밝혔다.\n ㅇ 이번", "밝혔다. ㅇ 이번")

    assert mended(torn) == mended(WRAPPED)


def test_an_item_counted_off_inside_a_sentence_does_not_begin_a_line() -> None:
    text = WRAPPED + (
        "ㅇ 세 갈래로 나누어 ①등대의 불을 밝히는 일, ②뱃길을 알리는 표지를 세우는 일,\n"
        "③섬마을 사람을 가르치는 일을 함께 한다.\n"
    )

    assert "세우는 일, ③섬마을" in mended(text)


def test_a_glyph_nobody_can_show_begins_an_item() -> None:
    text = WRAPPED.replace(" ㅇ 이번", "\uf0a7 이번").replace(
        "했다고 밝혔다.", "하고 더 크게 할 것"
    )

    assert "\n이번 사업은" in mended(text)


def test_brackets_of_old_documents_are_shown_and_unknown_glyphs_are_not() -> None:
    assert (
        lines("\U000f0854등대\U000f0855 \U000f02b1 새 \uf000단장")[0].text == "『등대』 ① 새 단장"
    )


@pytest.mark.parametrize(
    ("last", "first", "between"),
    [
        ("등대를 고치", "고 뱃길을", " "),  # nothing in these syllables says more
        ("뱃길을 창출하", "고 알린다", ""),
        ("섬마을 주민", "에게 알린다", ""),
        ("섬마을 주민을", "모두 지킨다", " "),
        ("뱃길을 안", "내하여", " "),
        ("뱃길을 정", "부와 함께", ""),
        ("새로운 ‘뱃길’", "을 연다", ""),
        ("바다", "(大洋)를", ""),
        ("섬과 뭍,", "하늘을", " "),
        ("섬·", "뭍을", ""),
        ("12", "곳을", " "),
        ("등대가 될 전환점이", "될 것이다", " "),
    ],
)
def test_a_seam_is_told_by_what_stands_on_both_sides(last: str, first: str, between: str) -> None:
    assert Words([]).seam(last, first, spaced=False) == between


def test_a_blank_left_at_the_end_of_a_line_parts_words() -> None:
    assert Words([]).seam("섬마을 주민", "에게", spaced=True) == " "


def test_a_word_the_text_has_elsewhere_is_made_whole() -> None:
    words = Words(["모두 등대지기학교를 연다"])

    assert words.seam("새로 등대지기", "학교에서 배운다", spaced=False) == ""


def test_two_words_the_text_has_elsewhere_stay_two() -> None:
    words = Words(["모두 등대 학교를 연다"])

    assert words.seam("새로운 등대", "학교가 있다", spaced=False) == " "


@pytest.mark.parametrize("unit", ["가 나\n", "①가나\n", "- 1 -\n", "\t가\n", " ", "가", "3\n-\n"])
def test_long_monotonous_text_is_read_in_linear_time(unit: str) -> None:
    assert len(mended(unit * (20_000 // len(unit)))) <= 20_000
