"""Text that nobody would write: readers take it, and in time that grows as it does."""

from __future__ import annotations

import random
import time
from datetime import date

import pytest

from service.reading import contacts, embargo
from service.reading.anatomy import _fold, dissect
from service.reading.mend import Line
from service.reading.parts import Part

NEAR = date(2026, 4, 13)


@pytest.mark.parametrize(
    "unit",
    [
        "담당 부서\n",
        "붙임 1\n가\n",
        "보도시점 ",
        "- 가 - ",
        "가. ",
        "044-000-0000 ",
        "가@",
        "<가>\n",
    ],
)
def test_monotonous_text_is_taken_apart_in_linear_time(unit: str) -> None:
    dissect(unit * (30_000 // len(unit)), unit * 100)


def test_many_headings_of_an_annex_cost_no_more_than_their_number() -> None:
    found = [Line("가" * 60), *[Line("붙임")] * 130_000]
    begun = time.process_time()

    assert _fold(found, [Part.TEXT] * len(found), range(len(found))) == len(found)
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    "piece",
    ["0", "044-", "a", "a@", "담당자 ", "<", "(", "가 ", " ", "과장 김가나 ", "044-200-0001/0002"],
)
def test_contacts_of_repeated_text_take_time_in_proportion(piece: str) -> None:
    begin = time.process_time()
    contacts.find((piece * 100_000)[:100_000])
    assert time.process_time() - begin < 10


def test_contacts_of_any_text_have_a_name_or_a_number() -> None:
    letters = "0123456789-–()/.~ \t\n,:담당부서책임자과장사무관김이박<>@a*☎\u3000\ud800²٣"
    chance = random.Random(3)
    for _ in range(1500):
        for one in contacts.find("".join(chance.choices(letters, k=chance.randrange(90)))):
            assert one.name or one.phone


@pytest.mark.parametrize(
    "piece", ["보도시점 ", "배포 ", "<", "조간 ", "4. ", "(온라인)", "\n", "이후보도", "시 "]
)
def test_an_embargo_of_repeated_text_takes_little_time(piece: str) -> None:
    begin = time.process_time()
    embargo.find(piece * 100_000, NEAR)
    embargo.distributed("보도시점 " + piece * 100_000, NEAR)
    assert time.process_time() - begin < 10


def test_an_embargo_is_sought_in_any_text() -> None:
    words = "보도시점,배포,즉시,이후,조간,석간,4. 13.(월),13일,월요일,12:00,낮,시,(,),<,>,\n,\t"
    chance = random.Random(5)
    for _ in range(1500):
        text = "".join(chance.choices(words.split(","), k=chance.randrange(14)))
        found = embargo.find(text, NEAR)
        embargo.distributed(text, None)
        assert found is None or "\n" not in found.sentence
