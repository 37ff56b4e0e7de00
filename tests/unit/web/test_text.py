from __future__ import annotations

import time

import pytest

from service.web.text import SHOWN, Block, blocks


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


@pytest.mark.parametrize("hostile", ["\t" * 300_000, "가\n" * 300_000, "가\t\n\n" * 100_000])
def test_a_hostile_text_is_shown_in_part(hostile: str) -> None:
    began = time.process_time()

    found = blocks(hostile)

    cells = sum(len(row) for each in found for row in each.rows)
    assert cells + sum(len(each.lines) for each in found) <= SHOWN + 1
    assert time.process_time() - began < 10
