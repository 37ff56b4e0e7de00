"""What makes a text an article of news: its title, its marks, letters that can be read."""

import random
import time

import pytest

from service.reading.news import bare_title, looks_like_news, take_apart

LEAD = "새싹부는 3일 서울에서 협의회를 열고 내년의 수출 지원 방향을 논의했다고 밝혔다."
SECOND = "두 기관은 해외 전시회를 함께 꾸리고 현지 상담을 늘리는 방안에 뜻을 모았다."
LAST = "한 관계자는 “현장의 목소리를 더 듣고 지원을 빠르게 넓혀 나가겠다”고 말했다."
STORY = f"{LEAD}\n\n{SECOND}\n\n{LAST}"


def test_entities_that_a_feed_escaped_twice_are_resolved() -> None:
    piece = take_apart(f"R&amp;amp;D &amp;#039;첫발&amp;#039;\n{LEAD} A&amp;B도 왔다.", None)

    assert piece.title == "R&D '첫발'"
    assert piece.body.endswith("A&B도 왔다.")


def test_letters_that_nobody_sees_and_no_database_takes_are_dropped() -> None:
    piece = take_apart(f"새싹\0부 \ud800협의회\n{LEAD}\u200b\x1f", None)

    assert (piece.title, piece.body) == ("새싹부 협의회", LEAD)


def test_a_flash_of_one_line_is_title_and_nothing_more() -> None:
    assert take_apart("[속보] 새싹부 장관 교체", None).title == "[속보] 새싹부 장관 교체"
    assert take_apart("", None).title == ""
    assert take_apart("", "제목").body == ""


@pytest.mark.parametrize(
    "marked",
    [
        "[속보] 나무 심는다",
        "[단독] 나무 심는다",
        "<속보> 나무 심는다",
        "【속보】 나무 심는다",
        "[속보][단독] 나무 심는다",
        "[포토] 나무 심는다",
        "나무 심는다(종합)",
        "나무 심는다 (2보)",
        "나무 심는다(종합2보)",
        "&amp;lt;속보&amp;gt; 나무 심는다",
        "나무  심는다",
    ],
)
def test_marks_do_not_count_when_titles_are_compared(marked: str) -> None:
    assert bare_title(marked) == "나무 심는다"
    assert take_apart(STORY, marked).title.startswith(("[", "<", "【", "나무"))


@pytest.mark.parametrize("title", ["[나무부] 심는다", "나무 심는다(3월)", "[속보]", "속보 경쟁"])
def test_what_is_no_mark_stays_in_the_title(title: str) -> None:
    assert bare_title(title) == title


@pytest.mark.parametrize(
    "text",
    [
        f"(서울=나무통신) 홍길동 기자 = {STORY}",
        f"제목\n입력 2025-12-19 13:54\n{STORY}",
        f"제목\n{STORY}\n홍길동 기자 gil@news.example",
        f"제목\n{STORY}\nⓒ 나무일보, 무단 전재 및 재배포 금지",
        f"제목\n{STORY}\n• 좋아요0\n• 화나요0",
        f"제목\n{STORY}\n기사가 속한 카테고리는 언론사가 분류합니다.",
        f"제목\n{STORY}\n2026/05/14 23:24 송고",
    ],
)
def test_an_article_is_known_by_its_marks(text: str) -> None:
    assert looks_like_news(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        STORY,
        f"보도자료\n보도시점 2026. 3. 4.(수) 10:00\n나무 심는다\n{STORY}",
        f"나무 심는다\n{STORY}\n담당 부서\n나무과\n책임자\n과 장\n홍길동\n(044-000-0000)",
        f"보도설명자료\n나무일보(3.4, 홍길동 기자) 보도에 대해 설명드립니다.\n{STORY}",
        f"설명자료\n(서울=나무통신) 홍길동 기자 = {STORY}",
        f"{STORY}\nCopyright ⓒ 새싹부. All rights reserved.",
    ],
)
def test_a_release_is_no_news(text: str) -> None:
    assert not looks_like_news(text)


@pytest.mark.parametrize(
    "piece",
    [
        "가", "기자 ", "홍길동 기자 = ", "[서울=", "a@a.", ".", "·", "[속보]", "x [속보]", "&amp;",
        "<", "다.\n", "주요 뉴스\n", "좋아요 | ", "입력 2026-", "2026.1.2 ", "언론사 카테고리 ",
    ],
)  # fmt: skip
def test_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    text = "x" + piece * (50_000 // len(piece))
    begin = time.process_time()

    looks_like_news(text)
    take_apart(text, None)
    bare_title(text)

    assert time.process_time() - begin < 10


def test_no_text_at_all_makes_it_fail() -> None:
    rng = random.Random(7)
    words = [
        "기자 = ",
        "(종합)",
        "\n",
        "입력 2026-99-99 99:99",
        "ⓒ",
        "• ",
        "&#x110000;",
        "\ud800",
        LEAD,
    ]

    for _ in range(300):
        text = "".join(
            rng.choice(words) if rng.random() < 0.7 else chr(rng.randrange(0x20000))
            for _ in range(rng.randrange(30))
        )
        piece = take_apart(text, rng.choice((None, text[:20])))
        assert isinstance(looks_like_news(text), bool)
        assert isinstance(piece.body, str)
