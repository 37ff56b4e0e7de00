import numpy as np
import pytest

from service.judging.features import Known, Lexicon, composed, grouped, groups, key, spaced, spread


def _counted(title: str, text: str) -> dict[int, float]:
    keys, counts = groups(title, text)
    return dict(zip(keys.tolist(), counts.tolist(), strict=True))


def _measured(lexicon: Lexicon, title: str, text: str) -> list[float]:
    return list(map(float, lexicon.measure(lexicon.look(spread(title, text)))))


def test_groups_stay_inside_words() -> None:
    apart, joined = _counted("", "가나 다라"), _counted("", "가나다라")

    assert int(key("나다")) in joined
    assert int(key("나다")) not in apart
    assert int(key("가나다라")) in joined


def test_the_title_counts_three_times() -> None:
    once = _counted("", "수출")[int(key("수출"))]
    titled = _counted("수출", "")[int(key("수출"))]

    assert once == pytest.approx(1)
    assert titled == pytest.approx(1 + np.log(3))


def test_figures_and_capitals_are_one() -> None:
    assert _counted("", "AI 12건") == _counted("", "ai 34건")


def test_text_behind_the_lead_is_left_out() -> None:
    assert int(key("수출")) not in _counted("", "가 " * 500 + "수출")


def test_each_group_says_where_it_begins() -> None:
    text, found, starts = grouped(composed("", "가나 다라"))
    at = dict(zip(found.tolist(), starts.tolist(), strict=True))

    assert text[at[int(key("다라"))] - 1 :].startswith("다라")


def test_a_letter_stays_one_letter_in_small() -> None:
    assert spaced("  İZMİR\n박람회 ") == "IZMIR 박람회"
    assert len(spaced("İẞΣ")) == len(spaced("İẞΣ").lower())


def test_keys_are_found_among_the_known() -> None:
    known = Known(np.array([3, 7, 4_000_000_000], np.uint32))

    here, at = known.find(np.array([7, 8, 3 + (1 << 18), 4_000_000_000], np.uint32))

    assert here.tolist() == [0, 3]
    assert at.tolist() == [1, 2]


def test_the_words_of_a_topic_are_weighed_by_part_and_share() -> None:
    lexicon = Lexicon({"export": ["수출", "바이어"], "energy": ["전력", "수출"]}, {})

    titled, silent = _measured(lexicon, "수출 바이어", ""), _measured(lexicon, "", "")

    strong, weak = titled[:2]
    assert strong > weak > 0, "one of its words, and that shared with another topic"
    assert titled[2:6] == [0, 0, 0, 0], "neither lead nor body"
    assert 0 < titled[7] < titled[6] < 1
    assert not any(silent)


def test_a_rare_word_weighs_more() -> None:
    rarity = {int(key("희토류")): 7.0, int(key("지원")): 0.5}
    lexicon = Lexicon({"supplychain": ["희토류"], "sme": ["지원"]}, rarity)

    rare, common = _measured(lexicon, "희토류 지원", "")[:2]

    assert rare > common


def test_a_word_far_down_counts_in_the_body_only() -> None:
    lexicon = Lexicon({"energy": ["전력"]}, {})

    measured = _measured(lexicon, "", "가 " * 150 + "전력")

    assert measured[1] == 0
    assert measured[2] > 0


def test_the_words_of_a_topic_share_what_they_add() -> None:
    lexicon = Lexicon({"export": ["수출", "바이어"], "energy": ["전력"]}, {})
    weights = np.ones((12, 2), np.float32)

    looked = lexicon.look(spread("전력", "수출 " + "가 " * 100 + "바이어 수출"))
    added = lexicon.adds(looked, weights, np.zeros((3, 2), np.float32), [0])

    by_place = dict(zip(looked.starts.tolist(), added[:, 0].tolist(), strict=True))
    energy, first, buyer, second = (by_place[at] for at in (1, 6, 209, 213))
    assert energy == 0, "a word of the other topic"
    assert first > buyer > second > 0, "in the lead, alone, said again"
    strength = np.sqrt(16 * (2 + np.log(2))) + np.sqrt(16)
    shares = strength / (strength + 1)
    assert first + buyer + second == pytest.approx(strength, abs=2 * shares + 1)


def test_each_word_of_title_and_lead_counts_by_itself_too() -> None:
    rarity = {int(key("희토류")): 4.0, int(key("지원")): 3.0}
    lexicon = Lexicon({"supplychain": ["희토류"], "sme": ["지원"]}, rarity)

    looked = lexicon.look(spread("희토류", "지원 " + "가 " * 150 + "희토류"))

    shares = dict(zip(lexicon.keys[looked.words].tolist(), looked.named.tolist(), strict=True))
    assert shares == pytest.approx({int(key("희토류")): 0.8, int(key("지원")): 0.6})


def test_no_word_goes_on_from_the_title_into_the_text() -> None:
    lexicon = Lexicon({"export": ["수출 지원"]}, {})

    assert any(_measured(lexicon, "수출 지원", ""))
    assert not any(_measured(lexicon, "수출", "지원"))


def test_any_letters_may_come() -> None:
    lexicon = Lexicon({"energy": ["전력"]}, {})

    for text in ("", " ", "\ud800", "\x00" * 5, "가" * 100_000, "가 " * 100_000, "👍🏻"):
        assert np.isfinite(groups(text, text)[1]).all()
        assert np.isfinite(_measured(lexicon, text, text)).all()
