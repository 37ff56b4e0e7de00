import random
import time
from datetime import date

import pytest

from service.reading.anatomy import Anatomy
from service.reading.publishers import Registry
from service.reading.signed import Signed, signed, told_of

REGISTRY = Registry.load()
DAY = date(2026, 4, 1)


def release(
    body: str = "", *, contacts: str = "", letterhead: str = "", title: str = ""
) -> Anatomy:
    return Anatomy(title, (), letterhead, "", contacts, body, "")


def ids(anatomy: Anatomy, printed: str | None = None, day: date | None = DAY) -> tuple[str, ...]:
    return signed(anatomy, printed, anatomy.body, day, REGISTRY).publishers


def test_the_printed_name_answers_first() -> None:
    anatomy = release(
        "해양수산부(장관 홍길동)는 어촌을 돕는다.", contacts="교육부\t가나과\t044-000-0000"
    )

    assert ids(anatomy, "외교부") == ("mofa", "moe", "mof")


def test_every_body_of_the_contact_table_has_signed_in_its_order() -> None:
    contacts = (
        "담당 부서\t산업통상부 가나국\t책임자\t과 장\t홍길동 (044-000-0000)\n"
        "\t다라과\t담당자\t사무관\t임꺽정 (044-000-0001)\n"
        "담당 부서\t중소벤처기업부 마바과\t책임자\t과 장\t성춘향 (044-000-0002)\n"
    )

    assert ids(release("정부는 새로운 대책을 발표했다.", contacts=contacts)) == ("motir", "mss")


def test_the_closing_sentence_names_who_signed() -> None:
    closing = (
        "취재를 원하시면 산업통상자원부 가나과 홍길동 사무관(☎ 044-000-0000)에게 연락 바랍니다."
    )
    anatomy = release("새로운 과를 신설한다.", contacts=closing)

    said = signed(anatomy, None, closing, None, REGISTRY)

    assert said == Signed(("motir",), ("산업통상자원부",), ())


def test_a_body_in_the_closing_sentence_without_a_number_has_not_signed() -> None:
    closing = "교육부 누리집에서 신청할 수 있다. 문의는 관세청 가나과(044-000-0000)로 하면 된다."

    assert ids(release("새 과정을 연다.", contacts=closing)) == ("kcs",)
    assert ids(release("새 과정을 연다.", contacts=closing.replace("-", "−"))) == ("kcs",)


def test_a_table_of_figures_with_numbers_does_not_sign_beside_the_contact_table() -> None:
    contacts = (
        "담당 부서\t관세청\t책임자\t과장\t홍길동 (044-000-0000)\n\n"
        "가나 사업\t1,000\t외교부 다라과 (044-000-0001)"
    )

    assert ids(release("예산이 늘었다.", contacts=contacts)) == ("kcs",)


def test_the_letterhead_names_who_signed() -> None:
    assert ids(release(letterhead="보도자료\t관세청")) == ("kcs",)


@pytest.mark.parametrize(
    ("lead", "publishers"),
    [
        (
            "중소벤처기업부(장관 홍길동, 이하 중기부) 김 차관과 외교부 (장관 임꺽정)는 만났다.",
            "mss mofa",
        ),
        ("통일부와 교육부는 실태조사를 했다.", "unikorea moe"),
        ("관세청은 13일 현황을 발표했다.", "kcs"),
        ("홍길동 외교부 장관은 회의에 참석했다.", "mofa"),
        ("산업통상부 국가기술표준원(원장 홍길동)은 표준을 정했다.", "motir kats"),
        ("법무부(장관 홍길동)는 경찰청의 요청으로 외교부가 마련한 안을 살폈다.", "moj"),
        ("기상청에 따르면 병무청은 바쁘다.", "mma"),
        ("산업통상부(장관 홍길동)와 대한무역투자진흥공사(사장 임꺽정)는 협약을 맺었다.", "motir"),
        ("창업진흥원(원장 홍길동)은 창업자를 모집한다.", "kised"),
        ("정부는 재외동포를 돕는다. 재외동포청은 오늘 문을 열었다.", "oka"),
    ],
)
def test_a_body_signs_by_acting_in_the_first_sentence(lead: str, publishers: str) -> None:
    assert ids(release(lead)) == tuple(publishers.split())


def test_a_body_that_is_only_talked_about_has_not_signed() -> None:
    body = "조달청(청장 홍길동)은 제도를 고친다. 국방부는 이 제도를 쓴다. 환경부와 협의했다."

    assert ids(release(body)) == ("pps",)


def test_a_heading_above_the_first_sentence_is_passed_over() -> None:
    body = "< 요 약 >\n\n□ 국토부, 관계부처와 함께\n\n□ 산림청(청장 홍길동)은 나무를 심는다."

    assert ids(release(body)) == ("forest",)


def test_the_title_names_who_acts_where_nothing_else_does() -> None:
    assert ids(release("자세한 내용은 붙임 참고", title="조달청, 새 제도 시행")) == ("pps",)


def test_a_name_is_given_as_it_was_on_the_day() -> None:
    anatomy = release("산업부(장관 홍길동)는 밝혔다.")

    assert signed(anatomy, None, anatomy.body, date(2017, 5, 1), REGISTRY).named == (
        "산업통상자원부",
    )


def test_two_halves_of_a_body_are_named_once_as_the_whole_of_the_time() -> None:
    said = signed(release(), "기획재정부", "", date(2025, 5, 1), REGISTRY)

    assert said == Signed(("mofe", "mpb"), ("기획재정부",), ())


@pytest.mark.parametrize("printed", ["가나도", "가나시", "다라구청", "마바교육청", "사아일보"])
def test_a_printed_name_that_nobody_goes_by_is_unknown_as_printed(printed: str) -> None:
    said = signed(release("관세청은 밝혔다."), f"{printed}·{printed}", "", DAY, REGISTRY)

    assert said == Signed(("kcs",), ("관세청",), (printed,))


def test_an_unknown_name_is_kept_without_what_nobody_sees() -> None:
    said = signed(release(), "가나도\n마바\0시\u200b", "", DAY, REGISTRY)

    assert said.unknown == ("가나도 마바시",)


def test_unknown_bodies_in_a_contact_table_are_nobodys_worry() -> None:
    anatomy = release("관세청은 밝혔다.", contacts="담당 부서\t가나도 다라과\t061-000-0000")

    assert signed(anatomy, None, "", DAY, REGISTRY).unknown == ()


@pytest.mark.parametrize(
    ("title", "text", "publishers"),
    [
        (
            "中企 수출 늘린다",
            "중소벤처기업부는 2일 산업통상자원부와 서울에서 만나 협의했다.",
            "mss motir",
        ),
        ("중기부-외교부 맞손", "해외 진출을 돕기로 했다.", "mss mofa"),
        ("수출 늘었다", "외교부와 법무부는 밝혔다. 조달청도 관세청에 물었다.", "mofa moj"),
        ("세종=홍길동 산업부 기자", "", "motir"),
        ("증시 올라", "[홍길동 산업부 기자] 주가가 올랐다.", ""),
    ],
)
def test_a_news_article_tells_of_those_that_act(title: str, text: str, publishers: str) -> None:
    assert told_of(title, text, DAY, REGISTRY).publishers == tuple(publishers.split())


@pytest.mark.parametrize("unit", ["외교부는 ", "외교부·", "(", "다.\n", "□\n", "산업통상부(장관 "])
def test_hostile_text_is_read_in_no_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = time.process_time()

    signed(release(text, contacts=text, letterhead=text), None, text, None, REGISTRY)
    told_of(text[:100], text, None, REGISTRY)

    assert time.process_time() - started < 10


def test_no_text_makes_the_reading_fail() -> None:
    chance = random.Random(5)
    parts = ["외교부", "는 ", "(장관 ", "다.", "\n", "·", "산업부", "\0", "\ud800", "와 ", "□", "𝄞"]
    for _ in range(300):
        text = "".join(chance.choices(parts, k=chance.randrange(30)))
        signed(release(text, contacts=text, letterhead=text), text, text, None, REGISTRY)
        told_of(text, text, DAY, REGISTRY)
