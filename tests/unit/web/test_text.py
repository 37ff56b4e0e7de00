from __future__ import annotations

import time
from html import escape

import pytest

from service.web.text import PART, SHOWN, Block, blocks, parts


def test_lines_with_tabs_are_a_table_and_the_others_paragraphs() -> None:
    text = "첫 줄\n둘째 줄\n\n구분\t올해\n기업\t 75\n끝\n"

    assert blocks(text) == [
        Block(lines=["첫 줄", "둘째 줄"]),
        Block(rows=[["구분", "올해"], ["기업", " 75"]]),
        Block(lines=["끝"]),
    ]


def test_an_empty_line_parts_two_tables() -> None:
    assert blocks("가\t나\n\n다\t라") == [Block(rows=[["가", "나"]]), Block(rows=[["다", "라"]])]


def test_nothing_is_nothing() -> None:
    assert blocks("") == blocks("\n \n\t\n") == []


def test_parts_lose_nothing_and_each_is_light() -> None:
    lines = [f"{number} " + "가" * 500 for number in range(300)]
    cut = parts("\n".join(lines))
    assert "\n".join(cut).split("\n") == lines
    assert len(cut) > 1
    assert all(len(each.encode()) <= PART for each in cut)
    assert parts("") == [""]


@pytest.mark.parametrize("hostile", ["\t", "가\n", "가\t\n\n", "<", "가", '"\t', "\ud800"])
def test_a_hostile_text_is_cut_into_light_parts(hostile: str) -> None:
    began = time.process_time()

    cut = parts(hostile * 400_000)

    assert sum(map(len, cut)) <= SHOWN
    for each in (cut[0], cut[-1]):
        cells = sum(len(row) for block in blocks(each) for row in block.rows)
        assert cells * 10 + len(escape(each).encode("utf-8", "replace")) <= 2 * PART
    assert time.process_time() - began < 10
