from datetime import UTC, date, datetime
from typing import Protocol

import pytest

from service.judging import lexemes
from service.judging.facts import Facts
from service.judging.lexemes import Lexicon
from service.judging.morphemes import Morphs
from service.model import Call


class Reads(Protocol):
    def all(self, windows: frozenset[str]) -> dict[str, Morphs]: ...


def entered(reader: Reads, title: str, text: str) -> set[str]:
    lexicon = Lexicon()
    runs = lexicon.unknown((title, text))
    lexicon.learn(runs, reader.all(lexemes.stretches(runs)))
    return set(lexicon.lexemes(title, text))


@pytest.mark.parametrize(
    ("text", "words", "letters"),
    [
        (
            "중소기업수출지원을",
            {"중소기업", "기업", "수출", "수출지원"},
            {"소기", "업수", "지원을"},
        ),
        ("외국인도 참여한다", {"외국인"}, {"인도"}),
        ("인도와 협력한다", {"인도", "협력"}, {"도와"}),
        ("관세청은 밝혔다", {"관세청"}, {"관세"}),
        ("AI로 FTA를", {"ai", "fta"}, {"AI", "ai로f"}),
        ("ＡＩ로 소재ㆍ부품", {"ai", "소재", "부품", "~재·부"}, {"ＡＩ", "소재ㆍ부품"}),
    ],
)
def test_words_are_entered_and_letters_that_meet_are_not(
    reader: Reads, text: str, words: set[str], letters: set[str]
) -> None:
    found = entered(reader, "", text)
    assert words <= found
    assert not letters & found


def test_words_of_the_title_are_entered_twice(reader: Reads) -> None:
    found = entered(reader, "수출 상담", "관세")
    assert {"^수출", "수출", "^상담", "관세", "^~출상", "~출상"} <= found
    assert "^관세" not in found


def test_where_one_run_goes_on_in_the_next_is_entered_but_not_across_paragraphs(
    reader: Reads,
) -> None:
    found = entered(reader, "", "수출 바우처 R&D\n\n관세 (인하)")
    assert {"~출바", "~처r", "~r&d", "~세(인"} <= found
    assert "~d관" not in found


def test_a_word_that_is_another_one_here_is_not_entered(reader: Reads) -> None:
    assert "조선" in entered(reader, "", "조선 수주가 늘었다. 선박을 짓는 조선 업계")
    assert "조선" not in entered(reader, "", "조선 시대 왕실의 유물을 전시한다")


def test_what_filters_ask_for_is_entered_with_the_days_left() -> None:
    call = Call(is_call=True, end=date(2026, 3, 24))
    known = Facts(("motir",), "notice", ("export",), call, date(2026, 3, 10), "a", "government")
    assert set(lexemes.of_facts(known)) == {
        "#ministry:motir", "#kind:notice", "#topic:export", "#deadline:14", "#source:a",
        "#source:government",
    }  # fmt: skip


def test_a_time_is_entered_by_day_month_and_year() -> None:
    came = datetime(2026, 3, 9, 23, 59, tzinfo=UTC)
    assert lexemes.of_time(came) == ["@", "@2026", "@2026-03", "@2026-03-09"]


def test_what_is_known_is_asked_once(reader: Reads) -> None:
    lexicon = Lexicon()
    runs = lexicon.unknown(("수출", "수출 수출바우처"))
    lexicon.learn(runs, reader.all(lexemes.stretches(runs)))
    assert set(runs) == {"수출", "수출바우처"}
    assert lexicon.unknown(("수출", "수출바우처")) == {}


@pytest.mark.parametrize(
    "text", ["\0\ud800'\\", "가" * 3_000, "a1" * 3_000, "가 " * 3_000, "&" * 9]
)
def test_hostile_texts_are_entered_too(reader: Reads, text: str) -> None:
    assert len(entered(reader, text, text)) < 5_000
