from __future__ import annotations

import random
import sys
import time

import pytest

from service.judging.extract import extract
from service.model import Kind, Reading

FIRST = "나라문화청(청장 나한솔)은 마을 도서관 서른 곳을 새로 연다고 밝혔다."
SECOND = "도서관은 다음 달부터 누구나 쓸 수 있다."


def said(
    text: str,
    title: str = "마을 도서관 서른 곳 개관",
    subtitles: tuple[str, ...] = (),
    kind: Kind = "release",
) -> Reading:
    return Reading(title, text, (), None, subtitles=subtitles, kind=kind)


def test_what_is_announced_is_said_in_the_first_two_sentences() -> None:
    assert extract(said(f"{FIRST} {SECOND} 셋째 문장은 알림에 싣지 않는다.")) == f"{FIRST} {SECOND}"
    assert extract(said(f"{FIRST}\n\n{SECOND}\n\n셋째.")) == f"{FIRST} {SECOND}"


@pytest.mark.parametrize(
    "above",
    [
        "마을 도서관 서른 곳 개관",
        "- 누구나 걸어서 갈 수 있는 도서관을 만든다. -",
        "> 누구나 걸어서 갈 수 있는 도서관을 만든다.",
        "※ 도서관의 목록은 붙임에서 볼 수 있다.",
        "* 지난해에는 모두 열두 곳의 도서관을 열었다.",
        "【국정과제】 책 읽는 마을을 온 나라에 만든다.",
        "일시\t5월 2일에 마을 회관에서 연다.",
        "자세한 내용은 첨부파일을 참고하시기 바랍니다.",
        "마을 도서관 서른 곳 개관 관련 보도자료 내용입니다.",
        "반갑습니다.",
    ],
)
def test_what_says_nothing_by_itself_is_passed_over(above: str) -> None:
    assert extract(said(f"{above}\n\n{FIRST}")) == FIRST


def test_a_subtitle_is_no_sentence_of_the_text() -> None:
    under = "누구나 걸어서 갈 수 있는 도서관을 만든다."

    assert extract(said(f"{under}\n{FIRST}", subtitles=(under,))) == FIRST


@pytest.mark.parametrize("bullet", ["□ ", "○ ", "ㅇ", "o ", "◇"])
def test_a_bullet_is_left_out(bullet: str) -> None:
    assert extract(said(f"{bullet}{FIRST}")) == FIRST


def test_points_on_one_line_are_told_apart() -> None:
    assert extract(said(f"도서관 개관 □ {FIRST}ㅇ {SECOND}")) == f"{FIRST} {SECOND}"


def test_a_circle_that_hides_a_name_begins_no_point() -> None:
    text = "나라문화청(청장 나한솔)은 박○○(61) 관장을 명예 관장으로 모셨다."

    assert extract(said(text)) == text


def test_a_sentence_broken_at_the_edge_of_the_paper_is_whole_again() -> None:
    broken = FIRST.replace("은 ", "은\n\n").replace("곳을 ", "곳을\n\n")

    assert extract(said(f"{broken}\n\n{SECOND}")) == f"{FIRST} {SECOND}"


def test_a_point_in_a_date_or_a_number_ends_no_sentence() -> None:
    text = "나라문화청은 3. 5.(목) 문화의 집에서 도서관 1.5배 늘리기 계획을 밝혔다(3.5.)."

    assert extract(said(f"{text} {SECOND}")) == f"{text} {SECOND}"


def test_a_preamble_gives_way_to_the_sentence_that_names_who_announces() -> None:
    preamble = "요즘 책을 찾는 사람이 온 나라에서 부쩍 늘고 있다. 아이들은 걸어서 갈 곳을 바란다."

    assert extract(said(f"{preamble}\n\n{FIRST} {SECOND}")) == f"{FIRST} {SECOND}"


def test_what_says_the_title_again_is_no_preamble() -> None:
    again = "마을 도서관 서른 곳의 개관을 앞두고 온 나라가 들썩인다. 모두가 오래 기다린 일이다."

    assert extract(said(f"{again}\n\n{FIRST}")) == again


def test_the_second_sentence_is_left_out_where_it_does_not_fit() -> None:
    long = f"도서관에는 {'새 책과 ' * 40}걸상을 둔다."

    assert extract(said(f"{FIRST} {long}")) == FIRST


def test_a_sentence_too_long_is_cut_between_words() -> None:
    told = extract(said(f"{FIRST[:-4]} {'그리고 ' * 99}밝혔다."))

    assert len(told) <= 240
    assert told.endswith(" 그리고…")


def test_of_a_clarification_our_side_is_told() -> None:
    text = f"□ 보도 내용\n어느 신문은 도서관을 하나도 열지 않는다고 썼다.\n□ 설명 내용\n{FIRST}"

    assert extract(said(text, kind="rebuttal")) == FIRST
    assert extract(said(text)).startswith("어느 신문은")


@pytest.mark.parametrize(
    ("text", "subtitles", "told"),
    [
        ("붙임을 참고하시기 바랍니다.", ("책 십만 권", "5월 2일부터"), "책 십만 권 · 5월 2일부터"),
        ("> 【과제】 마을 책\n> 마을에 책 십만 권\n- 누구나 -", (), "마을에 책 십만 권"),
        ("□ 책 십만 권\nㅇ 걸상 천 개\nㅇ 책상 백 개", (), "책 십만 권 · 걸상 천 개"),
        ("(본문 없음)", (), "목록의 요약"),
    ],
    ids=["under the title", "over the text", "points", "teaser"],
)
def test_without_a_sentence_something_else_says_it(
    text: str, subtitles: tuple[str, ...], told: str
) -> None:
    assert extract(said(text, subtitles=subtitles), "목록의\n요약") == told


def test_the_title_alone_is_no_extract() -> None:
    assert extract(said("마을 도서관 서른 곳 개관"), "마을 도서관 “서른 곳” 개관") == ""
    assert extract(said("", title=""), " ") == ""


def test_of_news_the_teaser_is_told_and_no_more_than_two_hundred_characters() -> None:
    body = said("기사 본문이다. " * 99, kind="news")

    assert extract(body, "  기자가 쓴\n요약이다 ") == "기자가 쓴 요약이다"
    assert len(extract(body, "가" * 999)) == 200
    assert len(extract(body)) <= 200


def test_any_text_gives_a_short_line_in_time() -> None:
    dice = random.Random(6)
    hostile = ["".join(chr(dice.randrange(sys.maxunicode)) for _ in range(999)) for _ in range(20)]
    hostile += [
        each * 100_000 for each in ("가", " ", "\n", "(", "다. ", "□", "장관(", "> ", "첨부", "-")
    ]
    began = time.process_time()

    for text in hostile:
        for kind in ("release", "rebuttal", "news"):
            told = extract(said(text, title=text[:300], subtitles=(text,), kind=kind), text)
            assert len(told) <= 240
            assert "\n" not in told

    assert time.process_time() - began < 10
