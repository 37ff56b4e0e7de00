"""The file that a backup or an export is written to."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from service.errors import UserError
from service.ops.backup import new_file


def _written(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_two_at_once_take_nothing_from_each_other(tmp_path: Path) -> None:
    place = tmp_path / "kept.zip"
    with new_file(place) as one:
        with suppress(ZeroDivisionError), new_file(place) as two:
            two.write(b"half")
            raise ZeroDivisionError
        one.write(b"whole")

    assert _written(tmp_path) == {"kept.zip": b"whole"}


def test_what_a_kill_left_stops_no_other(tmp_path: Path) -> None:
    with suppress(UserError), new_file(tmp_path / "kept.zip") as file:
        [part] = tmp_path.iterdir()
        file.write(b"half")
        part.rename(tmp_path / "kept.zip.part")
    with new_file(tmp_path / "kept.zip") as file:
        file.write(b"whole")

    assert _written(tmp_path) == {"kept.zip.part": b"half", "kept.zip": b"whole"}


def test_a_public_one_takes_the_place_of_the_one_before_once_it_is_whole(tmp_path: Path) -> None:
    place = tmp_path / "all.csv"
    for said in (b"old", b"new"):
        with new_file(place, public=True) as file:
            file.write(said)
    with suppress(ZeroDivisionError), new_file(place, public=True) as file:
        file.write(b"half")
        raise ZeroDivisionError

    assert _written(tmp_path) == {"all.csv": b"new"}


def test_where_no_file_can_be_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(UserError, match="Not a directory"), new_file(tmp_path / "file" / "a.zip"):
        pass


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    place = tmp_path / "pipe"
    os.mkfifo(place)

    with pytest.raises(UserError, match="is there already"), new_file(place, public=True):
        pass
    assert place.is_fifo()
