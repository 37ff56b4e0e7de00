import pytest

from service.judging.morphemes import AGENCY, MAX_WINDOW, Morphology


def test_windows_are_answered_in_order_with_offsets_of_their_own(morphology: Morphology) -> None:
    first, second = morphology.analyse(["수출이", "😀 관세를"])

    assert [(m.form, m.tag, m.start, m.end) for m in first] == [
        ("수출", "NNG", 0, 2),
        ("이", "JKS", 2, 3),
    ]
    assert ("관세", 2, 4) in [(m.form, m.start, m.end) for m in second]


def test_a_public_body_is_one_morpheme_with_a_tag_of_its_own(morphology: Morphology) -> None:
    (morphs,) = morphology.analyse(["과기정통부와"])

    assert morphs[0][:2] == ("과기정통부", AGENCY)


def test_nothing_to_analyse_is_answered_with_nothing(morphology: Morphology) -> None:
    assert morphology.analyse([]) == []
    assert morphology.analyse([""]) == [()]


def test_an_overlong_window_is_read_in_pieces_with_offsets_of_the_whole(
    morphology: Morphology,
) -> None:
    text = "수출은 " * MAX_WINDOW

    (morphs,) = morphology.analyse([text])

    assert {text[m.start : m.end] for m in morphs} == {"수출", "은"}
    assert morphs[-1].end == len(text) - 1


@pytest.mark.parametrize(
    ("noun", "cuts"),
    [
        ("조선소", (2,)),
        ("반도체", ()),
        ("인도네시아", ()),
        ("정부대전청사", (2, 4)),
        ("유가족", (1,)),
        ("수출", ()),
    ],
)
def test_a_compound_noun_falls_into_its_parts(
    morphology: Morphology, noun: str, cuts: tuple[int, ...]
) -> None:
    assert [m.cuts for m in morphology.analyse([noun])[0]] == [cuts]


def test_cuts_count_from_the_start_of_the_stretch(morphology: Morphology) -> None:
    (morphs,) = morphology.analyse(["큰 조선소"])

    assert morphs[-1][2:] == (2, 5, (4,))


def test_a_union_is_not_taken_for_a_public_body(morphology: Morphology) -> None:
    (morphs,) = morphology.analyse(["한국무역협회가"])

    assert AGENCY not in {m.tag for m in morphs}
