import random

from service.judging.signature import signature
from service.store.stories import SHARE

chance = random.Random(3)
WORDS = ["".join(chance.choices("가나다라마바사아자차카타파하", k=3)) for _ in range(400)]
TEXT = " ".join(WORDS)
TITLE = "온라인 판로 지원사업 참여기업 모집"


def shared(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return len(set(one) & set(other))


def test_it_is_a_few_numbers_that_fit_a_bigint() -> None:
    found = signature(TITLE, TEXT)

    assert len(found) == 20
    assert list(found) == sorted(found)
    assert all(-(2**63) <= number < 2**63 for number in found)


def test_it_is_the_same_on_every_machine_and_day() -> None:
    assert signature("", "가나다라마바") == (3777142193808512950, 7568090667078554616)


def test_marks_and_blanks_change_nothing() -> None:
    assert signature(f"[보도자료] {TITLE}", TEXT.replace(" ", "·\n")) == signature(TITLE, TEXT)


def test_a_text_of_which_two_thirds_remain_is_found_by_itself() -> None:
    cut = " ".join(WORDS[:270])

    assert shared(signature("", TEXT), signature("", cut)) >= SHARE


def test_a_title_finds_a_release_of_which_only_three_lines_were_given() -> None:
    assert shared(signature(TITLE, TEXT), signature(TITLE, "붙임 참조")) >= SHARE


def test_other_texts_share_nothing() -> None:
    backwards = TEXT[::-1]

    assert shared(signature(TITLE, TEXT), signature("산불 감시 인력 확대", backwards)) == 0
    assert shared(signature(TITLE, ""), signature("", TITLE)) == 0


def test_a_text_too_short_for_a_shingle_has_no_numbers() -> None:
    assert signature("인사", "") == ()
    assert signature("", "가나 다라") == ()


def test_letters_beyond_the_common_planes_are_taken_as_they_are() -> None:
    assert len(signature("", "\ud800" * 6 + chr(0x20000) * 6)) > 0
