import random
import re
import time
from datetime import date

import pytest

from service.reading.publishers import Registry

REGISTRY = Registry.load()
KINDS = {"ministry", "agency", "commission", "office", "public-body", "outlet"}


def test_every_body_of_the_portal_is_known_once() -> None:
    codes = [body.rep_code for body in REGISTRY if body.rep_code]
    ids = [body.id for body in REGISTRY]

    assert len(codes) == len(set(codes)) == 56  # 53 on the list and three in the search box only
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-E]\d{5}", code) for code in codes)
    assert all(re.fullmatch(r"[a-z]+", name) for name in ids)


def test_every_body_has_a_kind_and_those_of_the_portal_are_of_the_government() -> None:
    assert {body.kind for body in REGISTRY} == KINDS
    assert all(body.central for body in REGISTRY if body.rep_code)
    assert not REGISTRY.by_id("kotra").central
    assert not REGISTRY.by_id("yna").central


def test_names_of_today_belong_to_one_body_only() -> None:
    for body in REGISTRY:
        for name in (body.name, *body.short, *body.homonyms):
            found, unknown = REGISTRY.find_all(name)

            assert unknown == ()
            assert found == (body,)


def test_earlier_names_follow_one_another() -> None:
    for body in REGISTRY:
        for former in body.former:
            assert former.since is None or former.until is None or former.since <= former.until
        lasts = [former.until for former in body.former if former.until]
        assert lasts == sorted(lasts, reverse=True)
        assert not lasts or body.since is None or lasts[0] < body.since


@pytest.mark.parametrize(
    ("printed", "publisher"),
    [
        ("중소벤처기업부", "mss"),
        ("중기부", "mss"),
        ("중소벤처 기업부", "mss"),
        ("산업통상자원부", "motir"),
        ("산업부", "motir"),
        ("지식경제부", "motir"),
        ("상공부", "motir"),
        ("産業部", "motir"),
        ("MOTIE", "motir"),
        ("환경부", "mcee"),
        ("특허청", "moip"),
        ("통계청", "mods"),
        ("방송통신위원회", "kmcc"),
        ("여성가족부", "mogef"),
        ("기획재정부", "mofe"),
        ("문화재청", "khs"),
        ("관세청", "kcs"),
        ("코트라", "kotra"),
        ("kotra", "kotra"),
        ("대한무역투자진흥공사(KOTRA)", "kotra"),
        ("중진공", "kosme"),
        ("수은", "kexim"),
        ("aT", "at"),
        ("무역협회", "kita"),
        ("중소벤처기업부 가나다라과", "mss"),
    ],
)
def test_a_printed_name_leads_to_the_body_of_today(printed: str, publisher: str) -> None:
    body = REGISTRY.find(printed)

    assert body is not None
    assert body.id == publisher


@pytest.mark.parametrize(
    "printed", ["새정부", "", "()", "가나도", "가나시청", "다라교육청", "수출과"]
)
def test_a_name_nobody_goes_by_is_not_found(printed: str) -> None:
    assert REGISTRY.find(printed) is None


@pytest.mark.parametrize(
    ("printed", "ids", "unknown"),
    [
        ("과기정통부·환경부", ["msit", "mcee"], ()),
        ("환경부·농식품부·산업부", ["mcee", "mafra", "motir"], ()),
        ("산업통상자원부, 중소벤처기업부", ["motir", "mss"], ()),
        ("중소벤처기업부 / 창업진흥원", ["mss", "kised"], ()),
        ("기획재정부", ["mofe", "mpb"], ()),
        ("저출산·고령사회위원회", ["betterfuture"], ()),
        ("외교부·없는부", ["mofa"], ("없는부",)),
        ("없는부·없는부", [], ("없는부",)),
        ("", [], ()),
    ],
)
def test_a_joint_name_leads_to_several_bodies(
    printed: str, ids: list[str], unknown: tuple[str, ...]
) -> None:
    bodies, rest = REGISTRY.find_all(printed)

    assert [body.id for body in bodies] == ids
    assert rest == unknown


def test_a_former_name_has_its_first_and_last_day() -> None:
    former = REGISTRY.by_id("motir").former[0]

    assert former.name == "산업통상자원부"
    assert (former.since, former.until) == (date(2013, 3, 23), date(2025, 9, 30))


@pytest.mark.parametrize(
    ("publisher", "day", "name"),
    [
        ("motir", None, "산업통상부"),
        ("motir", date(2025, 10, 1), "산업통상부"),
        ("motir", date(2025, 9, 30), "산업통상자원부"),
        ("motir", date(2013, 3, 22), "지식경제부"),
        ("motir", date(2005, 5, 5), "산업자원부"),
        ("mss", date(2017, 7, 25), "중소기업청"),
        ("mss", date(1990, 1, 1), "중소기업청"),  # before its first name: the earliest known
        ("mofe", date(2026, 1, 1), "기획재정부"),
        ("mofe", date(2026, 1, 2), "재정경제부"),
        ("mofe", date(2001, 1, 2), "재정경제부"),
        ("mpb", date(2020, 1, 2), "기획재정부"),
        ("mois", date(2015, 1, 2), "행정자치부"),
        ("kasa", date(2020, 1, 1), "우주항공청"),
        ("kcs", date(1999, 1, 1), "관세청"),
    ],
)
def test_a_body_has_the_name_of_the_day(publisher: str, day: date | None, name: str) -> None:
    assert REGISTRY.name_on(REGISTRY.by_id(publisher), day) == name


@pytest.mark.parametrize(
    ("printed", "day", "text", "name"),
    [
        ("산업부", date(2017, 6, 1), "", "산업통상자원부"),
        ("산업부", date(2026, 6, 1), "", "산업통상부"),
        ("산업부", None, "", "산업통상부"),
        ("산업부", None, "산업통상자원부(장관 홍길동)는 밝혔다.", "산업통상자원부"),
        ("산업부", None, "산업통상부는 옛 산업통상자원부이다.", "산업통상부"),
        ("중기부", None, "중소기업청 시절과 견주면", "중소벤처기업부"),
        ("기재부", None, "", "기획재정부"),
        ("노동부", None, "", "고용노동부"),
        ("노동부", date(2009, 1, 1), "", "노동부"),
        ("지식경제부", None, "", "지식경제부"),
        ("코트라", None, "", "대한무역투자진흥공사"),
    ],
)
def test_a_short_name_means_the_full_one_of_its_time(
    printed: str, day: date | None, text: str, name: str
) -> None:
    body = REGISTRY.find(printed)
    assert body is not None
    assert REGISTRY.named(body, printed, day, text) == name


def test_a_body_printed_among_others_is_named_by_its_own_part() -> None:
    body = REGISTRY.by_id("mpb")

    assert REGISTRY.named(body, "외교부·기재부", None) == "기획재정부"


def test_names_hold_every_korean_spelling() -> None:
    assert {"산업통상부", "산업부", "산업통상자원부", "기재부", "중진공"} <= REGISTRY.names()


def test_names_hold_no_ordinary_words_and_nothing_in_latin_letters() -> None:
    assert REGISTRY.names().isdisjoint({"수은", "산은", "기보", "신보", "무보", "KOTRA", "MSS"})


def test_headlines_in_chinese_letters_have_their_meaning() -> None:
    hanja = REGISTRY.hanja()

    assert (hanja["中企"], hanja["産業部"], hanja["韓電"]) == ("중소기업", "산업부", "한국전력")
    assert not any(re.search("[가-힣]", word) for word in hanja)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("외교부와 KOTRA는 중진공과 함께", ["외교부", "KOTRA", "중진공"]),
        ("산업통상자원부는 산업부의 옛 이름", ["산업통상자원부", "산업부"]),
        ("「중기부-산업부 협의회」", ["중기부", "산업부"]),
        ("산업부문 예산처리, 서울지방경찰청, 수은 온도계", []),
        ("연합뉴스에 따르면", []),
    ],
)
def test_names_stand_in_a_text_as_words(text: str, printed: list[str]) -> None:
    spots = list(REGISTRY.spots(text))

    assert [spot.printed for spot in spots] == printed
    assert all(text[spot.start : spot.end] == spot.printed for spot in spots)


def test_hostile_text_is_searched_in_no_time() -> None:
    texts = [
        "산" + " " * 100_000,
        "산 " * 50_000,
        "산업통상자원" * 16_000,
        "중소벤처기업부" * 14_000,
        "a" * 100_000,
    ]
    started = time.process_time()

    for text in texts:
        list(REGISTRY.spots(text))
        REGISTRY.find_all(text)

    assert time.process_time() - started < 10


def test_no_text_makes_the_search_fail() -> None:
    chance = random.Random(3)
    for _ in range(300):
        text = "".join(chr(chance.randrange(1, 0x11000)) for _ in range(chance.randrange(40)))
        REGISTRY.find_all(text)
        list(REGISTRY.spots(text))
