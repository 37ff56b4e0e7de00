import numpy as np

from service.judging.grounds import strongest


def _strongest(text: str, *adds: tuple[int, float]) -> tuple[str, ...]:
    places = np.array([place for place, _ in adds])
    return strongest(text, places, np.array([[added] for _, added in adds], np.float32))[0]


def test_words_come_strongest_first() -> None:
    assert _strongest("수출 관세 통상", (1, 0.1), (4, 0.3), (7, 0.2)) == ("관세", "통상", "수출")


def test_what_speaks_against_a_topic_is_not_told() -> None:
    assert _strongest("수출 관세 통상", (1, 0.1), (4, -0.3)) == ("수출",)


def test_a_word_counts_together_whatever_its_particle() -> None:
    told = _strongest("수출을 관세 수출에서", (1, 0.2), (5, 0.3), (8, 0.2))

    assert told == ("수출", "관세")


def test_an_ending_that_may_be_the_nouns_own_goes_only_where_the_rest_is_a_word() -> None:
    assert _strongest("소비자물가 정책협의", (1, 0.2), (7, 0.1)) == ("소비자물가", "정책협의")
    assert _strongest("소비자가 소비자", (1, 0.2)) == ("소비자",)


def test_what_begins_in_a_blank_or_a_mark_belongs_to_the_next_word() -> None:
    assert _strongest("수출 「관세」", (3, 0.2)) == ("관세",)
    assert _strongest("수출 「관세」", (0, 0.2)) == ("수출",)
    assert _strongest("수출 「관세」", (7, 0.2)) == ("관세",), "nothing comes behind it"


def test_figures_and_single_letters_are_no_words() -> None:
    assert _strongest("2026 물 5G", (1, 0.3), (6, 0.2), (8, 0.1)) == ("5G",)


def test_no_words_are_told_of_no_text() -> None:
    assert _strongest("·· 「」", (1, 0.2)) == ()
    assert strongest("", np.array([0]), np.ones((1, 2), np.float32)) == [(), ()]
