from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import UserError
from service.jsonl import records


def test_every_line_is_an_object_and_empty_lines_are_nothing(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": 1}\n\n{"id": 2}\n', "utf-8")

    assert list(records(str(file))) == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize("line", ["{", "[1]", '"글"', "[" * 100_000])
def test_a_line_that_is_no_object_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": 1}\n' + line, "utf-8")

    with pytest.raises(UserError, match=r"in\.jsonl:2"):
        list(records(str(file)))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nothing\.jsonl"):
        list(records(str(tmp_path / "nothing.jsonl")))
