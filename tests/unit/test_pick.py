from __future__ import annotations

import time
import unicodedata

import pytest

from service.pick import MOST, Place, places


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), ()),
        (("보도자료.hwpx",), ((0, 0),)),
        (("보도자료.pdf", "보도자료.hwpx"), ((0, 1), (0, 0))),
        (("가.pdf", "가.hwp", "가.hwpx"), ((0, 2), (0, 1), (0, 0))),
        (
            ("가.hwpx", "사진.JPG", "나.pdf", "표.xlsx", "영상.mp4"),
            ((0, 0), None, (1, 0), None, None),
        ),
        (("보도 자료.HWPX", "보도자료.pdf (123KB)"), ((0, 0), (0, 1))),
        (("자료.hwpx[1.2 MB]", "자료.pdf"), ((0, 0), (0, 1))),
        (("내려받기", "보도자료.v2"), ((0, 0), (1, 0))),
        (("첨부.hwpx", "첨부.hwpx"), ((0, 0), (1, 0))),
        (("붙임1. 서식.hwp", "보도자료.hwpx"), ((1, 0), (0, 0))),
        (("붙임1.hwp", "붙임2.hwp"), ((0, 0), (1, 0))),
        (("압축.zip",), (None,)),
    ],
)
def test_files_have_their_places(
    names: tuple[str, ...], expected: tuple[tuple[int, int] | None, ...]
) -> None:
    assert places(names) == expected


def test_at_most_five_documents_are_read_the_release_among_them() -> None:
    names = [f"붙임{n}.hwpx" for n in range(9)] + ["보도자료.hwpx", "보도자료.pdf"]

    found = places(names)

    assert found[-2:] == (Place(0, 0), Place(0, 1))
    assert {place.document for place in found if place} == set(range(MOST))
    assert sum(place is None for place in found) == 9 - (MOST - 1)


def test_a_name_typed_on_another_system_is_the_same_name() -> None:
    apart = unicodedata.normalize("NFD", "보도자료.pdf")

    assert places(["보도자료.hwpx", apart]) == (Place(0, 0), Place(0, 1))


@pytest.mark.parametrize(
    "hostile", [".a(" * 40_000, "." * 100_000, " " * 100_000, "\ud800.hwpx", ""]
)
def test_a_hostile_name_costs_nothing(hostile: str) -> None:
    began = time.process_time()

    assert len(places([hostile] * 50)) == 50
    assert time.process_time() - began < 10
