import re
from datetime import date

import pytest

from service.reading.publishers import Registry

REGISTRY = Registry.load()


def test_every_body_of_the_portal_is_known_once() -> None:
    codes = [body.rep_code for body in REGISTRY if body.rep_code]
    ids = [body.id for body in REGISTRY]

    assert len(codes) == len(set(codes)) == 56  # 53 on the list and three in the search box only
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-E]\d{5}", code) for code in codes)
    assert all(re.fullmatch(r"[a-z]+", name) for name in ids)


def test_names_of_today_belong_to_one_body_only() -> None:
    today = [name for body in REGISTRY for name in (body.name, *body.short)]

    assert len(today) == len(set(today))
    assert not set(today) & {
        past for body in REGISTRY for f in body.former for past in (f.name, *f.short)
    }


@pytest.mark.parametrize(
    ("printed", "publisher"),
    [
        ("중소벤처기업부", "mss"),
        ("중기부", "mss"),
        ("중소벤처 기업부", "mss"),
        ("산업통상자원부", "motir"),
        ("산업부", "motir"),
        ("환경부", "mcee"),
        ("특허청", "moip"),
        ("통계청", "mods"),
        ("방송통신위원회", "kmcc"),
        ("여성가족부", "mogef"),
        ("기획재정부", "mofe"),
        ("문화재청", "khs"),
        ("관세청", "kcs"),
    ],
)
def test_a_printed_name_leads_to_the_body_of_today(printed: str, publisher: str) -> None:
    body = REGISTRY.find(printed)

    assert body is not None
    assert body.id == publisher


def test_a_name_nobody_goes_by_is_not_found() -> None:
    assert REGISTRY.find("새정부") is None
    assert REGISTRY.find("") is None


@pytest.mark.parametrize(
    ("printed", "ids", "unknown"),
    [
        ("과기정통부·환경부", ["msit", "mcee"], ()),
        ("환경부·농식품부·산업부", ["mcee", "mafra", "motir"], ()),
        ("산업통상자원부, 중소벤처기업부", ["motir", "mss"], ()),
        ("기획재정부", ["mofe", "mpb"], ()),
        ("저출산·고령사회위원회", ["betterfuture"], ()),
        ("외교부·없는부", ["mofa"], ("없는부",)),
        ("", [], ()),
    ],
)
def test_a_joint_name_leads_to_several_bodies(
    printed: str, ids: list[str], unknown: tuple[str, ...]
) -> None:
    bodies, rest = REGISTRY.find_all(printed)

    assert [body.id for body in bodies] == ids
    assert rest == unknown


def test_a_former_name_has_its_last_day() -> None:
    (former,) = REGISTRY.by_id("motir").former

    assert (former.name, former.until) == ("산업통상자원부", date(2025, 9, 30))


def test_names_hold_every_spelling() -> None:
    assert {"산업통상부", "산업부", "산업통상자원부", "기재부"} <= REGISTRY.names()
