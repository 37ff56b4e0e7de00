from service.asked import MOST, words


def test_words_are_those_that_rules_look_for_each_once_in_steady_order() -> None:
    rules = ["수출 바우처", "관세 | 수출", "title:통상 분야:무역", '"수출 상담회" ~3 FTA']

    assert words(rules) == ("fta", "관세", "바우처", "수출", "수출 상담회", "통상")
    assert words(reversed(rules)) == words(rules)


def test_what_a_rule_excludes_is_not_asked_for() -> None:
    assert words(["수출 -전시회", "수출 -(박람회 | 행사)"]) == ("수출",)


def test_a_word_has_two_letters_of_hangul_or_latin() -> None:
    assert words(["2026 | 5G | R&D | 半導體 | 무역"]) == ("r&d", "무역")


def test_a_rule_that_cannot_be_read_costs_its_own_words_only() -> None:
    assert words(["(수출", "없는조건:값", "관세"]) == ("관세",)


def test_the_first_rules_give_their_words_where_there_are_too_many() -> None:
    many = [f"낱말{chr(0xAC00 + number)}" for number in range(MOST + 10)]

    found = words(["관세", *many])

    assert len(found) == MOST
    assert "관세" in found
    assert many[-1] not in found


def test_no_rules_ask_for_nothing() -> None:
    assert words([]) == ()
