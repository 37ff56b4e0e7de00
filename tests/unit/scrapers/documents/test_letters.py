import time

from scrapers.documents.letters import legible


def test_bullets_of_word_processors_are_written_as_people_see_them() -> None:
    assert legible("\uf06d 신청\uf09e접수 \uf0e0 결과 \uf081") == "○ 신청·접수 → 결과 ①"
    assert legible("\U000f02b1 첫째") == "① 첫째"


def test_glyphs_that_nobody_knows_are_left_out() -> None:
    assert legible("\U000f0854가\ue123나\U0010fffd") == "가나"


def test_text_is_composed_and_has_plain_single_blanks() -> None:
    assert legible("\u1112\u1161\u11ab글\u00a0\u3000문서  ") == "한글 문서"


def test_no_control_but_line_end_and_tab_is_left() -> None:
    assert legible("가\x00\x0b나\r\n다\u2028라\t마\u200b\ufeff\ud800") == "가\n나\n다\n라\t마"


def test_blanks_around_lines_go_and_empty_lines_stay() -> None:
    assert legible("  가  \n\n 나 ") == "가\n\n나"


def test_a_pile_of_marks_on_a_letter_is_cut_and_costs_no_more_than_its_height() -> None:
    begun = time.process_time()

    assert len(legible("가" + "\u0301" * 80_000 + "\u0323" * 80_000 + "나")) == 32
    assert time.process_time() - begun < 10


def test_the_marks_of_every_script_stay_on_their_letters() -> None:
    assert legible("e\u0301 \u0e01\u0e48 \u05d0\u05b8\u05c1") == "é \u0e01\u0e48 \u05d0\u05b8\u05c1"
