from __future__ import annotations

import random
import sys

from service.judging.excerpt import marked
from service.model import Match, Reading, Span


def said(text: str, title: str = "제목") -> Reading:
    return Reading(title, text, (), None)


def spans(text: str, *words: str) -> tuple[Span, ...]:
    return tuple(sorted((text.index(each), text.index(each) + len(each)) for each in words))


def test_an_excerpt_is_one_line_of_the_words_around_the_first_hit_with_all_hits_in_it() -> None:
    text = "가" * 60 + "\n\n  관세를 낮추고\t통관을 돕는다. " + "나" * 60 + " 관세"
    hits = (*spans(text, "관세", "통관"), (len(text) - 2, len(text)))

    found = marked(said(text), Match(1, hits, ()))

    assert found.text.startswith("…가가")
    assert found.text.endswith("나나…")
    assert " 관세를 낮추고 통관을 돕는다. " in found.text
    assert [found.text[start:end] for start, end in found.marks] == ["관세", "통관"]


def test_a_short_text_is_shown_whole() -> None:
    text = " 관세를 낮춘다 "

    assert marked(said(text), Match(1, spans(text, "관세"), ())) == ("관세를 낮춘다", ((0, 2),))


def test_a_hit_in_a_hit_is_one_mark() -> None:
    text = "수출바우처 모집"

    found = marked(said(text), Match(1, spans(text, "수출바우처", "수출", "바우처"), ()))

    assert found.marks == ((0, 5),)


def test_a_hit_in_the_title_is_shown_where_the_body_has_none() -> None:
    found = marked(said("본문이다", "관세 인하"), Match(1, (), ((0, 2),)))

    assert found == ("관세 인하", ((0, 2),))


def test_a_rule_of_filters_has_no_excerpt() -> None:
    assert marked(said("본문이다"), Match(1, (), ())) == ("", ())


def test_marks_hold_what_was_hit_whatever_the_text_is() -> None:
    dice = random.Random(4)
    for _ in range(300):
        text = "가" + "".join(dice.choices("가나 \n\t\u3000\x85a1한", k=dice.randrange(200)))
        at = [place for place, char in enumerate(text) if not char.isspace()]
        starts = sorted(dice.sample(at, min(3, len(at))))
        found = marked(said(text), Match(1, tuple((one, one + 1) for one in starts), ()))
        near = [text[one] for one in starts if one <= starts[0] + 40]
        assert [found.text[start] for start, _ in found.marks] == near


def test_any_letters_make_an_excerpt() -> None:
    text = "".join(map(chr, random.Random(4).sample(range(sys.maxunicode), 2_000)))
    assert marked(said(text), Match(1, ((900, 902),), ())).text
